"""Values at rest in read models: sealed under their subject's key, for their column only."""

from typing import Any
from uuid import UUID

from vault import aad, envelope, keys, packing


def seal(subject: UUID | None, value: Any, *, column: str) -> bytes:
    """A value of str, int, float, bool, bytes, None, lists and dicts of them, padded to 32-byte blocks.

    `column` names the place ("patients.patient.name"); the bytes open nowhere else. None as subject: the system's.

    Raises:
        SubjectErased, SubjectUnknown: retrying won't help. KeyUnavailable: retry.
    """
    key = keys.for_sealing(subject)
    return envelope.seal(key, envelope.pad(packing.pack(value)), _context(subject, column))


def open(subject: UUID | None, sealed: bytes | memoryview, *, column: str) -> Any:  # noqa: A001  (the verb of `seal`; called as a module\'s function)
    """The value that was sealed for this subject and column. Tuples come back as lists.

    Raises:
        SubjectErased, KeyLost, Tampered: retrying won't help. KeyUnavailable: retry.
    """
    sealed = bytes(sealed)
    key = keys.for_opening(envelope.key_id_of(sealed), subject)
    return packing.unpack(envelope.unpad(envelope.open_envelope(key, sealed, _context(subject, column))))


def _context(subject: UUID | None, column: str) -> bytes:
    return aad.encode("attune.column.v1", subject, column)
