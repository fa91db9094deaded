"""Bytes on a short hop in memory (Valkey, a Celery message): sealed without the key database, and soon stale.

version 0x01 ‖ key-encryption key's version (4) ‖ sealed at, Unix ms (8) ‖ nonce (12) ‖ ciphertext ‖ tag (16)
"""

import os
import time

from cryptography.exceptions import InvalidTag

from vault import aad, kek
from vault.envelope import NONCE_BYTES
from vault.errors import Expired, KekRefused, Tampered

VERSION = b"\x01"
HEAD_BYTES = 13
CLOCK_SKEW_S = 5.0


def seal(data: bytes, *, context: str) -> bytes:
    """Seal for a reader who knows `context` (name the hop and its session)."""
    newest, nonce = kek.current().newest, os.urandom(NONCE_BYTES)
    head = VERSION + newest.version.to_bytes(4, "big") + int(time.time() * 1000).to_bytes(8, "big")
    return head + nonce + newest.transit.encrypt(nonce, data, _aad(head, context))


def open(sealed: bytes, *, context: str, max_age_s: float) -> bytes:  # noqa: A001  (the verb of `seal`; called as a module\'s function)
    """What was sealed for this context no longer than `max_age_s` seconds ago.

    Raises:
        Expired: too old, or from more than 5 s ahead. Tampered: changed, or of another context.
        KekRefused: sealed under a version that this process does not hold.
    """
    head, body = sealed[:HEAD_BYTES], sealed[HEAD_BYTES:]
    if head[:1] != VERSION or len(body) < NONCE_BYTES + 16:
        raise Tampered("not a sealed hop")
    held = kek.current().keks.get(int.from_bytes(head[1:5], "big"))
    if held is None:
        raise KekRefused("sealed under a key-encryption key that is missing here")
    try:
        data = held.transit.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], _aad(head, context))
    except InvalidTag:
        raise Tampered("the sealed hop does not open in this context") from None
    age_s = time.time() - int.from_bytes(head[5:13], "big") / 1000
    if not -CLOCK_SKEW_S <= age_s <= max_age_s:
        raise Expired("the sealed hop is too old")
    return data


def _aad(head: bytes, context: str) -> bytes:
    return aad.encode("attune.transit.v1", head, context)
