"""Whose a stream is: said at its first event, fixed from then on, remembered by the process."""

from uuid import UUID

from django.db import connection

from eventstore import wire
from eventstore.errors import SubjectDiffers, SubjectMissing
from eventstore.stream import StreamName

_SUBJECT = "SELECT subject_id, version FROM eventstore.stream WHERE stream_id = %b::uuid"
_ENTITIES = "SELECT entity_id FROM eventstore.stream WHERE subject_id = %b::uuid AND category = %b::text"
_system_categories: set[str] = set()
_REMEMBERED = 10_000
_subjects: dict[UUID, UUID | None] = {}


def register_system_category(*categories: str) -> None:
    """Declare categories whose streams may belong to no patient. All others must name their subject at first, since
    what is sealed under the system's key survives an erasure."""
    _system_categories.update(categories)


def subject_of(stream: StreamName, given: UUID | None) -> UUID | None:
    """The stream's subject: the recorded one, or for a new stream the one given now.

    Raises:
        SubjectDiffers: another than recorded was given. SubjectMissing: a new stream of no system category has none.
    """
    known, recorded = _recorded(stream.stream_id)
    if known and given is not None and given != recorded:
        raise SubjectDiffers(f"{stream} belongs to another subject")
    if not known and given is None and stream.category not in _system_categories:
        raise SubjectMissing(
            f"{stream} is new: name its subject, or declare the category with register_system_category"
        )
    return recorded if known else given


def entities_of(subject: UUID, category: str) -> list[UUID]:
    """Whose streams of a category a subject has. From the log, so it holds after read models forgot the subject."""
    return [entity_id for (entity_id,) in wire.fetchall(_ENTITIES, [subject, category])]


def _recorded(stream_id: UUID) -> tuple[bool, UUID | None]:
    if stream_id in _subjects:
        return True, _subjects[stream_id]
    rows = wire.fetchall(_SUBJECT, [stream_id])
    if not rows or rows[0][1] == 0:
        return False, None
    if not connection.in_atomic_block:
        _remember(stream_id, rows[0][0])
    return True, rows[0][0]


def _remember(stream_id: UUID, subject: UUID | None) -> None:
    """Only what is committed: a stream made in a transaction that rolls back was never anybody's."""
    if len(_subjects) >= _REMEMBERED:
        _subjects.clear()
    _subjects[stream_id] = subject
