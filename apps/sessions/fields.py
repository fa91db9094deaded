"""The fields of a message, each with its type and range; what is wrong is named, so that a client can mend it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from apps.sessions.socket import SocketRefusal

INVALID: Final = "invalid"


def whole(body: Mapping[str, Any], name: str, least: int, most: int) -> int:
    """A required whole number; neither ``true`` nor ``1.0`` is one."""
    value = body.get(name)
    if type(value) is not int or not least <= value <= most:
        raise SocketRefusal(INVALID, f"{name} must be a whole number from {least} to {most}")
    return value


def whole_or_none(body: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    """An optional whole number; absent and null say the same."""
    return None if body.get(name) is None else whole(body, name, least, most)


def text(body: Mapping[str, Any], name: str, most: int) -> str:
    """An optional text of at most ``most`` characters; absent and null are the empty text."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or not _writable(value):
        raise SocketRefusal(INVALID, f"{name} must be text of at most {most} characters")
    return value.strip()


def one_of(body: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    """A required word from a list."""
    value = body.get(name)
    if not isinstance(value, str) or value not in choices:
        raise SocketRefusal(INVALID, f"{name} must be one of {', '.join(choices)}")
    return value


def identity(body: Mapping[str, Any], name: str) -> UUID:
    """A required UUID."""
    try:
        return UUID(str(body.get(name)))
    except ValueError:
        raise SocketRefusal(INVALID, f"{name} must be a UUID") from None


def _writable(value: str) -> bool:
    """Lone surrogates are legal JSON and cannot be encoded; NUL cannot be stored."""
    return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
