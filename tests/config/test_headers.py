"""What each page tells the browser."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_page_loads_only_its_own_and_asks_for_the_camera_alone(client: Client) -> None:
    response = client.get("/sign-in/")
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "camera=(self)" in response["Permissions-Policy"]
    assert "microphone=()" in response["Permissions-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_cookies_are_for_us_alone(client: Client) -> None:
    cookies = client.get("/sign-in/").cookies
    for cookie in cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] in {"Lax", "Strict"}, cookie.key


def test_probes_need_no_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"alive": True}


@pytest.mark.django_db
def test_the_probe_of_readiness_names_its_parts(client: Client, valkey: object) -> None:
    assert client.get("/readyz").json() == {
        "ready": True,
        "parts": {"database": True, "keys": True, "valkey": True},
    }
