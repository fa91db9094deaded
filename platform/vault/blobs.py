"""Files (images) at rest: one sealed file each, in a folder a subject, named by what it holds.

A blob's id is the first 122 bits of its file's SHA-256, laid out as a UUID of version 8 (RFC 9562). Key and nonce are
random, so the name is as good as random; and whoever holds the name (an event in the chain does) can tell whether the
bytes are the ones that were put, without a key and without a table.
"""

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from uuid import UUID

from django.conf import settings

from vault import aad, durable, envelope, keys, packing
from vault.errors import BlobMissing, Tampered

SYSTEM_FOLDER = "system"


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A stored blob: its name, the SHA-256 of its sealed bytes, and their number."""

    id: UUID
    digest: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Blob:
    """An opened blob."""

    data: bytes
    media_type: str


def put(subject: UUID | None, data: bytes, *, media_type: str) -> BlobRef:
    """Seal and store, durably: when this returns, the file survives a crash; before, there is none.

    Raises:
        SubjectErased, SubjectUnknown: retrying won't help. KeyUnavailable, OSError (disk full): retry later.
    """
    content = packing.pack({"media_type": media_type, "data": data})
    sealed = envelope.seal(keys.for_sealing(subject), content, _context(subject))
    digest = hashlib.sha256(sealed).digest()
    blob_id = name_of(digest)
    durable.write(path_of(subject, blob_id), sealed)
    return BlobRef(blob_id, digest, len(sealed))


def get(subject: UUID | None, blob_id: UUID) -> bytes:
    """The stored data. Raises as `open` does."""
    return open(subject, blob_id).data


def open(subject: UUID | None, blob_id: UUID) -> Blob:  # noqa: A001  (the verb of `seal`; called as a module\'s function)
    """The stored data and its media type.

    Raises:
        BlobMissing, SubjectErased, KeyLost, Tampered: retrying won't help. KeyUnavailable: retry.
    """
    sealed = _untouched(subject, blob_id)
    key = keys.for_opening(envelope.key_id_of(sealed), subject)
    content = packing.unpack(envelope.open_envelope(key, sealed, _context(subject)))
    return Blob(content["data"], content["media_type"])


def key_of(subject: UUID | None, blob_id: UUID) -> UUID:
    """Which key opens the file, whose bytes are looked at first: that they are those that were put. Needs no key.

    Raises:
        BlobMissing: there is no such file.
        Tampered: its bytes are others.
    """
    return envelope.key_id_of(_untouched(subject, blob_id))


def drop(subject: UUID | None, blob_id: UUID) -> None:
    """Delete one blob, if it is there (retention)."""
    path_of(subject, blob_id).unlink(missing_ok=True)


def drop_subject(subject: UUID) -> None:
    """Delete everything stored for a subject (erasure). Another who does so at the same time is no failure.

    Raises:
        OSError: retry.
    """
    rmtree(_folder(subject), onerror=_unless_it_is_gone)


def name_of(digest: bytes) -> UUID:
    """The id of the blob whose sealed bytes have this SHA-256."""
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | (8 << 76)
    return uuid.UUID(int=number & ~(0x3 << 62) | (0x2 << 62))


def path_of(subject: UUID | None, blob_id: UUID) -> Path:
    return _folder(subject) / str(blob_id)


def _folder(subject: UUID | None) -> Path:
    return Path(settings.ATTUNE_BLOB_DIR) / (str(subject) if subject else SYSTEM_FOLDER)


def _unless_it_is_gone(
    _function: object, _path: str, failure: tuple[type[BaseException], BaseException, object]
) -> None:
    if not isinstance(failure[1], FileNotFoundError):
        raise failure[1]


def _context(subject: UUID | None) -> bytes:
    return aad.encode("attune.blob.v1", subject)


def _untouched(subject: UUID | None, blob_id: UUID) -> bytes:
    sealed = _read(path_of(subject, blob_id))
    if name_of(hashlib.sha256(sealed).digest()) != blob_id:
        raise Tampered(f"blob {blob_id} is not what was stored")
    return sealed


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BlobMissing(f"no blob {path.name}") from None
