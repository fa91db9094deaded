"""Declaring events, packing them, reading old shapes."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore import codec, event, upcast
from eventstore.errors import EventMalformed, UnknownEventType
from eventstore.event import part
from vault import packing


@part
class Sample:
    value: float
    label: str | None = None


@event.event("shape.everything.v1")
class Everything:
    text: str
    count: int
    share: float
    flag: bool
    raw: bytes
    ref: UUID
    at: datetime
    day: date
    nothing: None
    maybe: UUID | None
    choice: Literal["a", "b"]
    samples: tuple[Sample, ...]
    nested: tuple[tuple[int, ...], ...] = ()


@event.event("shape.renamed.v2")
class Renamed:
    name: str
    why: str


@upcast.upcaster("shape.renamed.v1", to="shape.renamed.v2")
def with_a_reason(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "why": "unknown"}


EVERYTHING = st.builds(
    Everything,
    text=st.text(),
    count=st.integers(-(2**63), 2**63 - 1),
    share=st.floats(allow_nan=False),
    flag=st.booleans(),
    raw=st.binary(),
    ref=st.uuids(),
    at=st.datetimes(timezones=st.just(UTC)),
    day=st.dates(),
    nothing=st.none(),
    maybe=st.none() | st.uuids(),
    choice=st.sampled_from(["a", "b"]),
    samples=st.lists(st.builds(Sample, value=st.floats(allow_nan=False), label=st.none() | st.text())).map(tuple),
    nested=st.lists(st.lists(st.integers(0, 9)).map(tuple)).map(tuple),
)


@given(EVERYTHING)
def test_what_is_packed_unpacks_to_the_same(happened: Everything) -> None:
    packed = event.type_of(Everything).codec.pack(happened)
    assert upcast.decode("shape.everything.v1", packed) == happened


def test_a_time_keeps_its_moment_whatever_its_zone() -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    assert codec._SCALARS[datetime].decode(codec._SCALARS[datetime].encode(moment)) == moment


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": True},
        {"count": 1.5},
        {"text": b"x"},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001  (naive on purpose)
        {"choice": "c"},
        {"samples": [Sample(value=1.0)]},
        {"ref": str(uuid4())},
        {"flag": 1},
        {"samples": (3,)},
    ],
)
def test_a_field_of_another_type_is_refused_without_its_value(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "text": "t", "count": 1, "share": 1.0, "flag": True, "raw": b"", "ref": uuid4(), "at": datetime.now(UTC),
        "day": date(2026, 1, 1), "nothing": None, "maybe": None, "choice": "a", "samples": (),
    }  # fmt: skip
    with pytest.raises(EventMalformed) as refused:
        event.type_of(Everything).codec.pack(Everything(**(right | wrong)))
    assert str(next(iter(wrong.values()))) not in str(refused.value)


def test_an_old_shape_reads_as_the_new_one() -> None:
    assert upcast.decode("shape.renamed.v1", packing.pack({"name": "x"})) == Renamed(name="x", why="unknown")
    assert upcast.stored_names("shape.renamed.v2") == ("shape.renamed.v2", "shape.renamed.v1")
    assert upcast.current_type("shape.renamed.v1").cls is Renamed
    assert upcast.is_readable("shape.renamed.v1")


def test_other_fields_than_declared_are_refused() -> None:
    for raw in ({"name": "x"}, {"name": "x", "why": "y", "who": "z"}):
        with pytest.raises(EventMalformed):
            upcast.decode("shape.renamed.v2", packing.pack(raw))


def test_an_unknown_type_is_refused() -> None:
    assert not upcast.is_readable("shape.renamed.v3")
    with pytest.raises(UnknownEventType):
        upcast.decode("shape.renamed.v3", packing.pack({}))


@pytest.mark.parametrize("name", ["session", "session.started", "Session.started.v1", "session.started.v0", "a.b.v1 "])
def test_a_malformed_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not an event name"):
        event.event(name)


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="already declared"):

        @event.event("shape.renamed.v2")
        class Other:
            name: str


@pytest.mark.parametrize("hint", [list[int], dict[str, int], tuple[int, str], int | str, object])
def test_a_field_that_cannot_be_stored_is_refused_at_declaration(hint: Any) -> None:
    with pytest.raises(TypeError, match="cannot hold"):
        codec._codec_of(hint)
