"""AES-256-GCM with a random nonce, authenticated context and key commitment, in one frozen layout.

version 0x01 ‖ key id (16) ‖ nonce (12) ‖ commitment (32) ‖ ciphertext ‖ tag (16)

GCM alone does not commit to its key (one ciphertext can open under two); the commitment, derived from the data key,
does. Nonces are random, never counters: a command that is retried after a conflict seals again under the same key.
"""

import hmac
import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault import derive
from vault.errors import Tampered

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_AT, NONCE_AT, COMMITMENT_AT, CIPHERTEXT_AT = 1, 17, 29, 61
TAG_BYTES = 16
OVERHEAD = CIPHERTEXT_AT + TAG_BYTES
BLOCK = 32


@dataclass(frozen=True, slots=True)
class DataKey:
    """A subject's key, unwrapped. Lives in memory for seconds; its repr names it and shows nothing."""

    key_id: UUID
    subject: UUID
    generation: int
    secret: bytes = field(repr=False)
    cipher: AESGCM = field(repr=False)
    commitment: bytes = field(repr=False)

    @classmethod
    def of(cls, key_id: UUID, subject: UUID, generation: int, secret: bytes) -> "DataKey":
        return cls(key_id, subject, generation, secret, AESGCM(secret), derive.derive(secret, "commit/v1"))


def seal(key: DataKey, plaintext: bytes, aad: bytes) -> bytes:
    """An envelope that opens only with the same key and the same `aad`."""
    nonce = os.urandom(NONCE_BYTES)
    return b"".join((VERSION, key.key_id.bytes, nonce, key.commitment, key.cipher.encrypt(nonce, plaintext, aad)))


def open_envelope(key: DataKey, sealed: bytes, aad: bytes) -> bytes:
    """The plaintext of an envelope.

    Raises:
        Tampered: other bytes, another key or another context than it was sealed with.
    """
    if len(sealed) < OVERHEAD or sealed[:1] != VERSION or sealed[KEY_AT:NONCE_AT] != key.key_id.bytes:
        raise Tampered("not an envelope of this key")
    if not hmac.compare_digest(sealed[COMMITMENT_AT:CIPHERTEXT_AT], key.commitment):
        raise Tampered("the envelope commits to another key")
    try:
        return key.cipher.decrypt(sealed[NONCE_AT:COMMITMENT_AT], sealed[CIPHERTEXT_AT:], aad)
    except InvalidTag:
        raise Tampered("the envelope does not open in this place") from None


def key_id_of(sealed: bytes) -> UUID:
    """Which key sealed this envelope.

    Raises:
        Tampered: too short to be an envelope.
    """
    if len(sealed) < OVERHEAD or sealed[:1] != VERSION:
        raise Tampered("not an envelope")
    return UUID(bytes=bytes(sealed[KEY_AT:NONCE_AT]))


def pad(plaintext: bytes) -> bytes:
    """Up to a whole number of 32-byte blocks (ISO/IEC 7816-4), so that lengths of words do not show."""
    return plaintext + b"\x80" + b"\x00" * (-(len(plaintext) + 1) % BLOCK)


def unpad(padded: bytes) -> bytes:
    """The inverse of `pad`.

    Raises:
        Tampered: no padding there.
    """
    plaintext, mark, zeros = padded.rpartition(b"\x80")
    if not mark or zeros.strip(b"\x00"):
        raise Tampered("no padding")
    return plaintext
