"""Event payloads as msgpack maps: field name → value, by the declared types and nothing else.

UUID: 16 bytes. datetime: microseconds since 1970 UTC. date: days since 0001-01-01 (proleptic ordinal). tuple: array.
part: map. Decoding ignores nothing: an unknown or missing field (one without a default) is an error, since shapes only
change by a new event version.
"""

import dataclasses
import types
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from eventstore.errors import EventMalformed
from vault import packing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Codec:
    """To and from msgpack's own types; `name` is how the type stands in the event catalogue."""

    name: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class RecordCodec:
    """A dataclass as a map of its fields."""

    cls: type
    fields: dict[str, Codec]
    optional: frozenset[str]

    def pack(self, instance: Any) -> bytes:
        """Raises EventMalformed when a field's value is not of its declared type."""
        return packing.pack(self.encode(instance))

    def encode(self, instance: Any) -> dict[str, Any]:
        try:
            return {name: codec.encode(getattr(instance, name)) for name, codec in self.fields.items()}
        except (TypeError, ValueError, AttributeError) as error:
            raise EventMalformed(f"{self.cls.__qualname__}: {type(error).__name__} in a field") from None

    def decode(self, raw: dict[str, Any]) -> Any:
        """Raises EventMalformed when fields are missing or too many."""
        if raw.keys() - self.fields.keys() or self.fields.keys() - raw.keys() - self.optional:
            raise EventMalformed(f"{self.cls.__qualname__}: stored with other fields")
        return self.cls(**{name: self.fields[name].decode(value) for name, value in raw.items()})


def record(cls: type) -> RecordCodec:
    """The codec of a dataclass.

    Raises:
        TypeError: a field's type cannot be stored.
    """
    hints = get_type_hints(cls)
    fields = {field.name: _codec_of(hints[field.name]) for field in dataclasses.fields(cls)}
    optional = frozenset(f.name for f in dataclasses.fields(cls) if f.default is not dataclasses.MISSING)
    return RecordCodec(cls, fields, optional)


def _codec_of(hint: Any) -> Codec:
    origin = get_origin(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    if origin in (Union, types.UnionType):
        return _optional(hint)
    if origin is tuple and len(get_args(hint)) == 2 and get_args(hint)[1] is Ellipsis:
        return _tuple_of(_codec_of(get_args(hint)[0]))
    if origin is Literal and all(isinstance(choice, str) for choice in get_args(hint)):
        return _one_of(get_args(hint))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _nested(record(hint))
    raise TypeError(f"an event cannot hold {hint!r}")


def _optional(hint: Any) -> Codec:
    inner = [arg for arg in get_args(hint) if arg is not types.NoneType]
    if len(inner) != 1 or len(get_args(hint)) != 2:
        raise TypeError(f"an event cannot hold {hint!r}: only X or None")
    some = _codec_of(inner[0])
    return Codec(
        f"{some.name} | None",
        lambda value: None if value is None else some.encode(value),
        lambda raw: None if raw is None else some.decode(raw),
    )


def _tuple_of(item: Codec) -> Codec:
    def encode(value: Any) -> list[Any]:
        if not isinstance(value, tuple):
            raise TypeError("not a tuple")
        return [item.encode(one) for one in value]

    return Codec(f"tuple[{item.name}, ...]", encode, lambda raw: tuple(item.decode(one) for one in raw))


def _one_of(choices: tuple[str, ...]) -> Codec:
    def check(value: Any) -> str:
        if value not in choices:
            raise ValueError("not one of the choices")
        return str(value)

    return Codec("Literal[" + ", ".join(choices) + "]", check, check)


def _nested(inner: RecordCodec) -> Codec:
    shape = ", ".join(f"{name}: {codec.name}" for name, codec in inner.fields.items())
    return Codec("{" + shape + "}", inner.encode, inner.decode)


def _exactly(kind: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TypeError(f"not {kind.__name__}")
        return str(value) if kind is str else value

    return check


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    return float(value)


def _microseconds(value: Any) -> int:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError("not an aware datetime")
    return (value - _EPOCH) // _MICROSECOND


def _ordinal(value: Any) -> int:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("not a date")
    return value.toordinal()


def _same(raw: Any) -> Any:
    return raw


_SCALARS: dict[Any, Codec] = {
    str: Codec("str", _exactly(str), _same),
    int: Codec("int", _exactly(int), _same),
    float: Codec("float", _number, _same),
    bool: Codec("bool", _exactly(bool), _same),
    bytes: Codec("bytes", _exactly(bytes), _same),
    UUID: Codec("UUID", lambda value: _exactly(UUID)(value).bytes, lambda raw: UUID(bytes=raw)),
    datetime: Codec("datetime", _microseconds, lambda raw: _EPOCH + raw * _MICROSECOND),
    date: Codec("date", _ordinal, date.fromordinal),
    types.NoneType: Codec("None", lambda value: None, lambda raw: None),
}
