"""What no program would send is refused in the API's own words, and is no failure of ours."""

import pytest
from django.test import Client

from access.api.parsing import DEEPEST
from access.roles import Role
from apps.accounts.commands import create_user

JSON = "application/json"


@pytest.fixture
def client(db: None) -> Client:
    signed_in = Client(raise_request_exception=False)
    signed_in.force_login(create_user("a@example.org", "quiet-lake-at-dawn-7", Role.PATIENT))
    return signed_in


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"camera": ' + "[" * 100_000,
        *('{"camera": false, "more": ' + "[" * depth + "]" * depth + "}" for depth in (DEEPEST, 500, 900, 950, 980)),
        '{"camera": ' + "9" * 5000 + "}",
    ],
    ids=lambda body: f"{body[:12]}x{len(body)}",
)
def test_a_body_that_is_too_deep_or_too_long_a_number_is_malformed(client: Client, body: str) -> None:
    answer = client.post("/api/v1/sessions/", body, content_type=JSON, headers={"Idempotency-Key": "one"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_a_body_as_deep_as_allowed_is_read(client: Client) -> None:
    deep = "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)
    answer = client.post("/api/v1/sessions/", f'{{"camera": "what", "more": {deep}}}', content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("digits", [10, 5000])
def test_a_page_of_a_senseless_size_is_refused(client: Client, digits: int) -> None:
    answer = client.get(f"/api/v1/instruments/?page_size={'9' * digits}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert client.get("/api/v1/instruments/?page_size=999999999").status_code == 200
