"""What each page tells the browser."""

import pytest
from django.conf import LazySettings
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


@pytest.mark.django_db
def test_a_scraper_inside_may_call_the_service_by_its_own_name_and_nobody_else_sees_the_page(
    client: Client, valkey: object, settings: LazySettings
) -> None:
    settings.ALLOWED_HOSTS = ["attune.example"]
    scraped = client.get("/metrics", headers={"host": "web:8000"}, REMOTE_ADDR="172.18.0.9")
    assert scraped.status_code == 200
    assert b"python_info" in scraped.content
    public = {"host": "attune.example"}
    assert client.get("/metrics", headers={**public, "x-forwarded-for": "172.18.0.9"}).status_code == 404
    assert client.get("/metrics", headers=public, REMOTE_ADDR="8.8.8.8").status_code == 404
    assert client.get("/metrics", headers={"host": "web:8000", "x-forwarded-for": "172.18.0.9"}).status_code == 400
