"""Appending and reading back."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from eventstore import store
from eventstore.actor import Actor
from eventstore.errors import SubjectDiffers, SubjectMissing, WrongExpectedVersion
from eventstore.event import event
from eventstore.recorded import Tombstone
from eventstore.stream import StreamName
from vault import keys

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")


@event("specimen.measured.v1")
class Measured:
    at: datetime
    values: tuple[int, ...] = ()
    by: UUID | None = None


def measured(*values: int) -> Measured:
    return Measured(at=datetime(2026, 1, 2, tzinfo=UTC), values=values)


def test_what_was_appended_reads_back_in_order(subject: UUID, stream: StreamName) -> None:
    version = store.append(
        stream, [measured(1), measured(2)], expected=0, actor=ACTOR, command_id=uuid4(), subject=subject
    )
    found = store.read(stream)
    assert version == 2
    assert [one.event.values for one in found] == [(1,), (2,)]
    assert [one.version for one in found] == [1, 2]
    assert {one.subject for one in found} == {subject}
    assert found[0].stream == stream
    assert found[0].position is None


def test_a_later_append_needs_no_subject(subject: UUID, stream: StreamName) -> None:
    store.append(stream, [measured(1)], expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    assert store.append(stream, [measured(2)], expected=1, actor=ACTOR, command_id=uuid4()) == 2
    assert store.read(stream)[1].subject == subject


def test_a_wrong_expected_version_writes_nothing(subject: UUID, stream: StreamName) -> None:
    store.append(stream, [measured(1)], expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    with pytest.raises(WrongExpectedVersion) as refused:
        store.append(stream, [measured(2)], expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    assert refused.value.actual == 1
    assert len(store.read(stream)) == 1


def test_a_conflict_on_an_unknown_stream_leaves_no_stream(subject: UUID, stream: StreamName) -> None:
    with pytest.raises(WrongExpectedVersion):
        store.append(stream, [measured(1)], expected=3, actor=ACTOR, command_id=uuid4(), subject=subject)
    assert store.version_of(stream) == 0


def test_a_repeated_command_returns_the_first_result(subject: UUID, stream: StreamName) -> None:
    command = uuid4()
    first = store.append(
        stream, [measured(1), measured(2)], expected=0, actor=ACTOR, command_id=command, subject=subject
    )
    store.append(stream, [measured(3)], expected=2, actor=ACTOR, command_id=uuid4())
    again = store.append(stream, [measured(9)], expected=0, actor=ACTOR, command_id=command)
    assert first == again == store.done(stream, command) == 2
    assert store.version_of(stream) == 3


def test_one_command_may_write_to_two_streams(subject: UUID) -> None:
    one, two, command = StreamName("specimen", uuid4()), StreamName("specimen", uuid4()), uuid4()
    for stream in (one, two):
        store.append(stream, [measured(1)], expected=0, actor=ACTOR, command_id=command, subject=subject)
    assert store.version_of(one) == store.version_of(two) == 1


def test_observations_are_appended_whatever_the_version(subject: UUID, stream: StreamName) -> None:
    for value in range(3):
        store.append(stream, [measured(value)], expected=None, actor=ACTOR, command_id=uuid4(), subject=subject)
    assert [one.event.values for one in store.read(stream)] == [(0,), (1,), (2,)]


def test_an_append_to_several_streams_is_all_or_nothing(subject: UUID) -> None:
    one, two = StreamName("specimen", uuid4()), StreamName("specimen", uuid4())
    with pytest.raises(WrongExpectedVersion):
        store.append_many(
            [(one, [measured(1)], 0, subject), (two, [measured(1)], 7, subject)], actor=ACTOR, command_id=uuid4()
        )
    assert store.version_of(one) == store.version_of(two) == 0


def test_a_new_stream_of_a_patient_names_the_patient(stream: StreamName) -> None:
    with pytest.raises(SubjectMissing):
        store.append(stream, [measured(1)], expected=0, actor=ACTOR, command_id=uuid4())


def test_a_stream_never_changes_hands(subject: UUID, stream: StreamName) -> None:
    store.append(stream, [measured(1)], expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    other = uuid4()
    keys.create(other)
    with pytest.raises(SubjectDiffers):
        store.append(stream, [measured(1)], expected=1, actor=ACTOR, command_id=uuid4(), subject=other)


def test_a_subjects_events_are_read_from_all_their_streams_at_once_sealed_or_not(
    subject: UUID, stream: StreamName
) -> None:
    other = StreamName(stream.category, uuid4())
    for one, value in ((stream, 1), (other, 2)):
        store.append(one, [measured(value)], expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    found = store.read_of(subject, stream.category, types=[Measured])
    assert [(one.stream, one.event.values) for one in found] == [(stream, (1,)), (other, (2,))]
    assert {one.position for one in found} == {None}
    assert store.read_of(subject, "elsewhere", types=[Measured]) == []
    assert store.read_of(uuid4(), stream.category, types=[Measured]) == []


def test_several_streams_are_read_at_once_for_what_is_wanted_of_them(subject: UUID, stream: StreamName) -> None:
    other, third = StreamName(stream.category, uuid4()), StreamName(stream.category, uuid4())
    for one, value in ((stream, 1), (other, 2), (third, 3), (stream, 4)):
        store.append(one, [measured(value)], expected=None, actor=ACTOR, command_id=uuid4(), subject=subject)
    found = store.read_each({stream, other}, types=[Measured])
    assert [(one.stream, one.event.values) for one in found] == [(stream, (1,)), (other, (2,)), (stream, (4,))]
    assert store.read_each({stream}, types=[]) == store.read_each(set(), types=[Measured]) == []


def test_erased_events_read_as_tombstones(subject: UUID, stream: StreamName) -> None:
    store.append(stream, [measured(1)], expected=0, actor=ACTOR, command_id=uuid4(), subject=subject)
    keys.destroy(subject)
    assert [one.event for one in store.read(stream)] == [Tombstone("erased")]


def test_the_log_is_read_in_the_order_of_positions(
    subject: UUID, stream: StreamName, seal_now: Callable[[], None]
) -> None:
    for value in range(5):
        store.append(stream, [measured(value)], expected=value, actor=ACTOR, command_id=uuid4(), subject=subject)
    before = store.read_from(0, limit=10_000)
    assert not [one for one in before if one.stream == stream]
    seal_now()
    mine = [one for one in store.read_from(0, types=[Measured], limit=10_000) if one.stream == stream]
    assert [one.event.values for one in mine] == [(value,) for value in range(5)]
    positions = [one.position or 0 for one in mine]
    assert positions == list(range(positions[0], positions[0] + 5))
    assert [one.position for one in store.read_streams([stream], positions[1])] == positions[2:]
