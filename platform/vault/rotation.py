"""Rotation: every data key wrapped anew under the newest key-encryption key. What the data keys sealed is untouched.

A restored older backup of the key database opens only with an older key-encryption key: destroy that, and nobody who
was erased since comes back.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vault import durable, kek, wrapping
from vault.errors import KekRefused
from vault.keydb import ALIAS, reached
from vault.models import KeyEncryptionKey, WrappedKey

BATCH = 500


def add_version() -> int:
    """Append a fresh key-encryption key to the key file and give its version. When this returns, the file is on the
    disk and this process has read it again: what is wrapped from now on will open after a power cut.

    Raises:
        KekRefused: the keys come from ATTUNE_KEK, where only the operator can add one; or the file can't be written.
    """
    if settings.ATTUNE_KEK or not settings.ATTUNE_KEK_FILE:
        raise KekRefused("ATTUNE_KEK is not a file: add the new version there, as version:base64")
    path = Path(settings.ATTUNE_KEK_FILE).resolve()
    try:
        with _alone_at(path):
            return _append_version(path)
    except OSError as error:
        raise KekRefused(f"the key file cannot be written: {error.strerror}") from None


def _append_version(path: Path) -> int:
    before = kek.current().keks.keys()
    version = max(before) + 1
    lines = [line for line in path.read_text().replace(",", "\n").split("\n") if line.strip()]
    numbered = [line if ":" in line else f"1:{line.strip()}" for line in lines]
    text = "\n".join([*numbered, kek.new_entry(version)]) + "\n"
    durable.write(path, text.encode(), like=path.stat())
    if kek.current().keks.keys() != {*before, version}:
        raise KekRefused("the key file does not hold what was written to it")
    return version


@contextmanager
def _alone_at(path: Path) -> Iterator[None]:
    """One run at a time between reading the key file and replacing it; a second waits, and reads what the first wrote.

    The lock's file stays: a lock on a file that is taken away holds nobody.
    """
    with os.fdopen(os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def rewrap() -> int:
    """Retire all versions but the newest, then wrap under it every data key that is under another. How many keys.

    In batches, each in its own transaction: processes that hold both versions go on meanwhile. A run beside it that
    holds a newer version wins: what that one wrapped stays.

    Raises:
        KekRefused: an older version is missing, so its keys cannot be read, or a newer one is in use already.
        KeyUnavailable: run it again.
    """
    newest, done = kek.current().newest, 0
    with reached(), transaction.atomic(using=ALIAS):
        wrapping.use(newest)
        if WrappedKey.objects.using(ALIAS).filter(kek_version__gt=newest.version).exists():
            raise KekRefused(f"a key-encryption key newer than {newest.version} is in use and missing here")
        older = KeyEncryptionKey.objects.using(ALIAS).filter(version__lt=newest.version, retired_at=None)
        older.update(retired_at=timezone.now())
    while batch := _rewrap_batch(newest):
        done += batch
    return done


def _rewrap_batch(newest: kek.Kek) -> int:
    with reached(), transaction.atomic(using=ALIAS):
        rows = list(
            WrappedKey.objects.using(ALIAS)
            .select_for_update()
            .filter(kek_version__lt=newest.version)
            .order_by("id")[:BATCH]
        )
        for row in rows:
            secret = wrapping.unwrap(row).secret
            row.wrapped = wrapping.wrap(newest, row.id, row.subject_id, secret)
            row.kek_version = newest.version
        WrappedKey.objects.using(ALIAS).bulk_update(rows, ["wrapped", "kek_version"])
    return len(rows)
