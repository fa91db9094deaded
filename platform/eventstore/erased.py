"""Whether a subject is erased. The log says so a moment before the keys go, and longer where that was interrupted."""

from uuid import UUID

from eventstore import upcast, wire
from vault import keys

_SAID = """SELECT EXISTS (SELECT 1 FROM eventstore.stream s JOIN eventstore.event e USING (stream_id)
    WHERE s.subject_id = %b::uuid AND e.type = ANY(%b::text[]))"""


def is_erased(subject: UUID) -> bool:
    """Whether the keys were destroyed, or the log says that they are to be.

    Raises:
        KeyUnavailable, OperationalError: retry.
    """
    if keys.is_erased(subject):
        return True
    return bool(wire.fetchall(_SAID, [subject, sorted(upcast.erasing_names())])[0][0])
