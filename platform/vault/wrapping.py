"""A data key under a key-encryption key: wrapping, unwrapping, and the record of which versions are in use."""

import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import transaction

from vault import aad, kek
from vault.envelope import NONCE_BYTES, DataKey
from vault.errors import KekRefused, Tampered
from vault.keydb import ALIAS, reached
from vault.models import KeyEncryptionKey, WrappedKey


def wrap(with_kek: kek.Kek, key_id: UUID, subject: UUID, secret: bytes) -> bytes:
    """nonce (12) ‖ AES-256-GCM of the 32-byte key, bound to its id, its subject and the wrapping version."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + with_kek.wrapping.encrypt(nonce, secret, _context(key_id, subject, with_kek.version))


def unwrap(row: WrappedKey) -> DataKey:
    """The data key of a row.

    Raises:
        KekRefused: this process does not hold the version that wrapped it.
        Tampered: the row was changed, or the key-encryption key is another of the same version.
    """
    held = kek.current().keks.get(row.kek_version)
    if held is None:
        raise KekRefused(f"key-encryption key {row.kek_version} is missing")
    wrapped, context = bytes(row.wrapped), _context(row.id, row.subject_id, row.kek_version)
    try:
        secret = held.wrapping.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
    except InvalidTag:
        raise Tampered(f"the wrapped key {row.id} does not open") from None
    return DataKey.of(row.id, row.subject_id, row.generation, secret)


def use(used: kek.Kek) -> None:
    """Before wrapping: record a version at its first use, and hold its row so that it is not retired meanwhile.

    Raises:
        KekRefused: the version was retired, or another key once bore its number.
    """
    defaults = {"check_value": used.check}
    KeyEncryptionKey.objects.using(ALIAS).get_or_create(version=used.version, defaults=defaults)
    known = KeyEncryptionKey.objects.using(ALIAS).select_for_update(no_key=True).get(version=used.version)
    if known.retired_at is not None:
        raise KekRefused(f"key-encryption key {used.version} is retired")
    _compare(known, used)


def refuse_wrong_keks() -> None:
    """Boot check: every version that wraps a key is held and is the right one; the newest is not retired.

    Raises:
        KekRefused: with what is wrong, in one line. KeyUnavailable: retry.
    """
    ring = kek.current()
    with reached(), transaction.atomic(using=ALIAS):
        in_use = set(WrappedKey.objects.using(ALIAS).values_list("kek_version", flat=True).distinct())
        missing = sorted(in_use - ring.keks.keys())
        if missing:
            raise KekRefused(f"key-encryption key {missing[0]} is missing")
        use(ring.newest)
        for known in KeyEncryptionKey.objects.using(ALIAS).filter(version__in=in_use):
            _compare(known, ring.keks[known.version])


def _compare(known: KeyEncryptionKey, held: kek.Kek) -> None:
    if not hmac.compare_digest(bytes(known.check_value), held.check):
        raise KekRefused(f"key-encryption key {held.version} is not the one that was used before")


def _context(key_id: UUID, subject: UUID, version: int) -> bytes:
    return aad.encode("attune.wrap.v1", key_id, subject, version)
