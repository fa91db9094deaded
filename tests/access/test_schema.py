"""The OpenAPI document: made without a warning, true of errors and of writes."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from access.roles import Role
from apps.accounts.commands import create_user


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def test_it_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    SchemaGenerator().get_schema(request=None, public=True)
    assert "Warning" not in capsys.readouterr().err


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
