"""Verifying files: each blob that an event names is there and is the one that was put; an erased subject's is not."""

from collections.abc import Collection
from uuid import UUID

from eventstore.checking_chains import Checked
from eventstore.findings import Problem
from vault import blobs, keys
from vault.errors import BlobMissing

_ID_BYTES = 16


def blob_ids(packed: bytes) -> list[UUID]:
    """The ids in an event header's `blobs`. A remainder, which no append leaves, is the chain's to report."""
    whole = len(packed) - len(packed) % _ID_BYTES
    return [UUID(bytes=packed[at : at + _ID_BYTES]) for at in range(0, whole, _ID_BYTES)]


def check(checked: Checked, erased: Collection[UUID]) -> tuple[int, list[Problem]]:
    """How many blobs of this event were looked at, and what is wrong with them.

    Raises:
        KeyUnavailable: retry.
    """
    subject, found = checked.place.subject, blob_ids(checked.place.blobs)
    faults = ((blob_id, _fault(subject, blob_id, erased)) for blob_id in found)
    return len(found), [_problem(checked, kind, blob_id) for blob_id, kind in faults if kind]


def _fault(subject: UUID | None, blob_id: UUID, erased: Collection[UUID]) -> str | None:
    if subject in erased:
        return "blob_not_erased" if blobs.path_of(subject, blob_id).exists() else None
    try:
        return None if blobs.is_intact(subject, blob_id) else "blob_changed"
    except BlobMissing:
        return None if _erased_meanwhile(subject) else "blob_missing"


def _erased_meanwhile(subject: UUID | None) -> bool:
    """Whoever is erased during the walk was not among the erased when it began; keys go before files."""
    return subject is not None and keys.is_erased(subject)


def _problem(checked: Checked, kind: str, blob_id: UUID) -> Problem:
    name = str(checked.name) if checked.name else None
    return Problem(kind, name, checked.place.version, checked.position, f"blob {blob_id}")
