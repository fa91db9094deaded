"""Verifying files: each blob that an event names is there and is the one that was put; an erased subject's is not."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from eventstore.checking_chains import Checked
from eventstore.findings import Problem
from vault import blobs, keys
from vault.errors import BlobMissing, Tampered

_ID_BYTES = 16


@dataclass(slots=True)
class Files:
    """An event's files: how many were looked at, what is wrong with them, and a key for each that is as it was put."""

    looked_at: int
    problems: list[Problem] = field(default_factory=list)
    keys: list[UUID] = field(default_factory=list)


def blob_ids(packed: bytes) -> list[UUID]:
    """The ids in an event header's `blobs`. A remainder, which no append leaves, is the chain's to report."""
    whole = len(packed) - len(packed) % _ID_BYTES
    return [UUID(bytes=packed[at : at + _ID_BYTES]) for at in range(0, whole, _ID_BYTES)]


def check(checked: Checked, erased: Collection[UUID]) -> Files:
    """Look at the blobs of this event.

    Raises:
        KeyUnavailable: retry.
    """
    named = blob_ids(checked.place.blobs)
    files = Files(looked_at=len(named))
    for blob_id in named:
        found = _look(checked.place.subject, blob_id, erased)
        if isinstance(found, UUID):
            files.keys.append(found)
        elif found:
            files.problems.append(_problem(checked, found, blob_id))
    return files


def _look(subject: UUID | None, blob_id: UUID, erased: Collection[UUID]) -> UUID | str | None:
    """The key of a file that is as it was put, or what is wrong; None where it went in an erasure."""
    if subject in erased:
        return "blob_not_erased" if blobs.path_of(subject, blob_id).exists() else None
    try:
        return blobs.key_of(subject, blob_id)
    except Tampered:
        return "blob_changed"
    except BlobMissing:
        return None if _erased_meanwhile(subject) else "blob_missing"


def _erased_meanwhile(subject: UUID | None) -> bool:
    """Whoever is erased during the walk was not among the erased when it began; keys go before files."""
    return subject is not None and keys.is_erased(subject)


def _problem(checked: Checked, kind: str, blob_id: UUID) -> Problem:
    name = str(checked.name) if checked.name else None
    return Problem(kind, name, checked.place.version, checked.position, f"blob {blob_id}")
