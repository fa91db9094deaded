"""Whether a subject is erased. The log says so a moment before the keys go, and longer where that was interrupted."""

from collections.abc import Collection
from uuid import UUID

from eventstore import upcast, wire
from vault import keys

_SAID = """SELECT DISTINCT s.subject_id FROM eventstore.stream s JOIN eventstore.event e USING (stream_id)
    WHERE s.subject_id = ANY(%b::uuid[]) AND e.type = ANY(%b::text[])"""


def is_erased(subject: UUID) -> bool:
    """Whether the keys were destroyed, or the log says that they are to be.

    Raises:
        KeyUnavailable, OperationalError: retry.
    """
    if keys.is_erased(subject):
        return True
    return bool(said_of({subject}))


def said_of(subjects: Collection[UUID]) -> set[UUID]:
    """Those of these whom the log calls erased."""
    return {subject for (subject,) in wire.fetchall(_SAID, [list(subjects), sorted(upcast.erasing_names())])}
