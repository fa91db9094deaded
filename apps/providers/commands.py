"""What a clinician may do about an alert, and what a machine read. The only writer of `review-…` and `note-…`."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from access.door import Permit, Right
from apps.providers import aggregate, notes, selectors
from apps.providers.events import CATEGORY, NOTE, Finding, NoteScreened
from apps.providers.notes import Written
from apps.providers.projections import Caseload
from eventstore import store
from eventstore.actor import Actor
from eventstore.projection import catch_up
from eventstore.stream import StreamName


def acknowledge(permit: Permit, alert_id: UUID, *, reason: str, command_id: UUID, seen: str | None = None) -> int:
    """Take note of an alert of the permit's patient. Returns the version to wait for.

    What the ledger did not show when this was called is not taken note of: it waits on, as an alert of its own.

    Args:
        seen: the alert's `as_of` when they looked; None does not ask.

    Raises:
        AlertUnknown: this patient has no such alert (or it isn't projected yet).
        RaisedMeanwhile: it is no longer what was seen; look again.
        LedgerBehind: whether it still is what was seen cannot be said; retry later.
        AlreadyReviewed, ReasonMissing: the rules say no; retrying won't help.
        WrongExpectedVersion: someone was first.
    """
    permit.require(Right.ACKNOWLEDGE)
    behind = seen is not None and not catch_up(Caseload.name)  # what is behind would show them what they saw
    alert = selectors.alert(permit, alert_id)
    stream = StreamName(CATEGORY, alert_id)
    if (version := store.done(stream, command_id)) is not None:
        return version
    if seen not in (None, alert.as_of) and alert.review is None:
        raise aggregate.RaisedMeanwhile
    history = [recorded.event for recorded in store.read(stream)]
    events = aggregate.acknowledge(history, alert_id=alert_id, reason=reason, as_of=alert.as_of)
    if behind:
        raise aggregate.LedgerBehind
    return store.append(
        stream, events, expected=0, actor=permit.actor, command_id=command_id, subject=permit.patient_id
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What is new in one stream since a machine read it. `at` is the version of its `note` stream."""

    category: str
    entity_id: UUID
    notes: tuple[Written, ...]
    through: int
    at: int

    @property
    def stream(self) -> StreamName:
        return StreamName(NOTE, notes.stream_id(self.category, self.entity_id))


def unread(category: str, entity_id: UUID) -> Reading:
    """What nobody has read yet of a session's, its pictures' or an exercise's stream."""
    screened = store.read(StreamName(NOTE, notes.stream_id(category, entity_id)))
    history = store.read(StreamName(category, entity_id))
    found = notes.written(history, entity_id, after=notes.read_through(screened))
    return Reading(category, entity_id, tuple(found), len(history), len(screened))


def note_screened(
    reading: Reading, found: Mapping[UUID, tuple[Finding, ...]], *, reader: str, patient_id: UUID, actor: Actor,
    command_id: UUID,
) -> int:  # fmt: skip
    """Note of each text that it was read, and what it names. Nothing where nothing was new.

    Raises:
        WrongExpectedVersion: someone read it meanwhile; look again for what is new.
        SubjectErased: retrying won't help.
    """
    events = [
        NoteScreened(
            of=notes.OF[reading.category], note_id=one.note_id, through=reading.through, findings=found[one.note_id],
            reader=reader,
        )
        for one in reading.notes
    ]  # fmt: skip
    if not events:
        return reading.at
    return store.append(
        reading.stream, events, expected=reading.at, actor=actor, command_id=command_id, subject=patient_id
    )
