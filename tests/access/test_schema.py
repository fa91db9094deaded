"""The OpenAPI document: made without a warning, true of errors and of writes."""

from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from access.roles import Role
from apps.accounts.commands import create_user


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def test_it_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    SchemaGenerator().get_schema(request=None, public=True)
    assert "Warning" not in capsys.readouterr().err


def test_it_keeps_to_openapi(document: dict[str, Any]) -> None:
    validate_schema(document)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            named = Counter((one["in"], one["name"]) for one in operation.get("parameters", []))
            assert set(named.values()) <= {1}, f"{method} {path}"


def test_each_list_is_a_page(document: dict[str, Any]) -> None:
    for path in ("sessions", "images"):
        operation = document["paths"][f"/api/v1/{path}/"]["get"]
        assert set(_answer(document, operation)) == {"next", "results"}
        assert {"cursor", "page_size"} <= {parameter["name"] for parameter in operation["parameters"]}
    for operations in document["paths"].values():
        given = operations.get("get", {}).get("responses", {}).get("200", {"content": {}})["content"]
        assert given.get("application/json", {}).get("schema", {}).get("type") != "array"


@pytest.mark.parametrize(
    ("path", "sent", "answered"),
    [
        ("patients/{patient_id}/goals/reached", {"goal"}, "goals"),
        ("patients/{patient_id}/vetoes/{veto_id}", {"reason"}, "lifted"),
        ("album/{image_id}", set(), "kept"),
    ],
)
def test_what_a_delete_takes_and_answers(document: dict[str, Any], path: str, sent: set[str], answered: str) -> None:
    operation = document["paths"][f"/api/v1/{path}/"]["delete"]
    body = operation.get("requestBody")
    assert (set(_fields(document, body)) if body else set()) == sent
    assert answered in _answer(document, operation)
    assert "204" not in operation["responses"]


def test_a_timeline_has_its_pictures(document: dict[str, Any]) -> None:
    assert "images" in _answer(document, document["paths"]["/api/v1/sessions/{session_id}/timeline/"]["get"])


def test_the_cookie_is_the_one_that_is_set(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["cookieAuth"]["name"] == settings.SESSION_COOKIE_NAME
    with override_settings(SESSION_COOKIE_NAME="__Host-another"):
        other = SchemaGenerator().get_schema(request=None, public=True)
    assert other["components"]["securitySchemes"]["cookieAuth"]["name"] == "__Host-another"


def _answer(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    return _fields(document, operation["responses"]["200"])


def _fields(document: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """The properties of the JSON object that is sent or answered."""
    name = content["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    fields: dict[str, Any] = document["components"]["schemas"][name]["properties"]
    return fields


def test_each_operation_may_answer_with_a_problem_and_each_write_takes_a_key(document: dict[str, Any]) -> None:
    operations = [(m, o) for path in document["paths"].values() for m, o in path.items()]
    assert operations
    for method, operation in operations:
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        assert ("Idempotency-Key" in names) is (method != "get")


def test_everything_is_under_the_version_and_signed_in(document: dict[str, Any]) -> None:
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert document["components"]["securitySchemes"]["cookieAuth"]["in"] == "cookie"


def test_whoever_signed_in_can_read_it(client, db: None) -> None:
    assert client.get("/api/schema/").status_code == 401
    client.force_login(create_user("a@example.org", "quiet-lake-at-dawn-7", Role.PROVIDER))
    assert client.get("/api/schema/").status_code == 200
    assert client.get("/api/docs/").status_code == 200
