"""What a log line may not carry."""

import logging
import sys

import pytest

from config.logs import PlainLine, masked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("sign-in of ada@clinic.example failed", "sign-in of <address> failed"),
        ("GET /recover/?token=abc HTTP/1.1", "GET /recover/?<query> HTTP/1.1"),
        ("from 203.0.113.7 on 127.0.0.1", "from <address> on 127.0.0.1"),
    ],
)
def test_addresses_and_queries_are_masked(text: str, kept: str) -> None:
    assert masked(text) == kept


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
