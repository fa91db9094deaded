"""What a log line may not carry."""

import io
import logging
import sys
from collections.abc import Iterator
from typing import NoReturn

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts import tokens
from config.logs import PlainLine, masked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("sign-in of ada@clinic.example failed", "sign-in of <address> failed"),
        ("GET /recover/?token=abc HTTP/1.1", "GET /recover/?<query> HTTP/1.1"),
        ("GET https://attune.example/join/a-B_9/ HTTP/1.1", "GET https://attune.example/join/<token>/ HTTP/1.1"),
        ("at '/recover/a-B_9'", "at '/recover/<token>'"),
        ("/recover/ /recover/new/ /join/", "/recover/ /recover/new/ /join/"),
        ("from 203.0.113.7 on 127.0.0.1", "from <address> on 127.0.0.1"),
    ],
)
def test_addresses_and_queries_are_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log's own formatter writes of all records while a test runs."""
    handler = logging.StreamHandler(lines := io.StringIO())
    handler.setFormatter(PlainLine("%(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("route", "found_by"),
    [("accounts:follow_recovery", "find_link"), ("accounts:follow_invitation", "find_invitation")],
)
def test_a_link_that_ends_in_a_failure_is_still_a_secret(
    route: str, found_by: str, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was not used, so whoever reads it in the log can."""

    def failing(_: str) -> NoReturn:
        raise OSError("the database is away")

    monkeypatch.setattr(f"apps.accounts.views.{found_by}", failing)
    token = tokens.fresh()
    answer = Client(raise_request_exception=False).get(reverse(route, args=[token]))
    assert answer.status_code == 500
    assert "Internal Server Error: " in written.getvalue()
    assert token not in written.getvalue()


def test_a_traceback_keeps_places_and_loses_values() -> None:
    secret = "she said she cannot sleep"
    try:
        raise ValueError(secret)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "Internal Server Error: %s", ("/me/",), sys.exc_info())
    line = PlainLine("%(message)s").format(record)
    assert secret not in line
    assert "ValueError" in line
    assert "test_logs.py" in line


def test_a_chained_exception_shows_no_value_either() -> None:
    said = ["she cannot sleep", "nor eat"]
    try:
        try:
            raise ValueError(said[0])
        except ValueError as first:
            raise RuntimeError(said[1]) from first
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    line = PlainLine("%(message)s").format(record)
    assert not [value for value in said if value in line]
