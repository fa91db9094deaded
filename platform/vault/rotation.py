"""Rotation: every data key wrapped anew under the newest key-encryption key. What the data keys sealed is untouched.

A restored older backup of the key database opens only with an older key-encryption key: destroy that, and nobody who
was erased since comes back.
"""

from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vault import kek, wrapping
from vault.errors import KekRefused
from vault.keydb import ALIAS, reached
from vault.models import KeyEncryptionKey, WrappedKey

BATCH = 500


def add_version() -> int:
    """Append a fresh key-encryption key to the key file and give its version.

    Raises:
        KekRefused: the keys come from ATTUNE_KEK, where only the operator can add one.
    """
    if settings.ATTUNE_KEK or not settings.ATTUNE_KEK_FILE:
        raise KekRefused("ATTUNE_KEK is not a file: add the new version there, as version:base64")
    version = kek.current().newest.version + 1
    path = Path(settings.ATTUNE_KEK_FILE)
    temporary = path.with_suffix(".new")
    lines = [line for line in path.read_text().replace(",", "\n").split("\n") if line.strip()]
    numbered = [line if ":" in line else f"1:{line.strip()}" for line in lines]
    temporary.touch(mode=0o600)
    temporary.write_text("\n".join([*numbered, kek.new_entry(version)]) + "\n")
    temporary.replace(path)
    return version


def rewrap() -> int:
    """Retire all versions but the newest, then wrap under it every data key that is under another. How many keys.

    In batches, each in its own transaction: processes that hold both versions go on meanwhile.

    Raises:
        KekRefused: an older version is missing, so its keys cannot be read. KeyUnavailable: run it again.
    """
    newest, done = kek.current().newest, 0
    with reached(), transaction.atomic(using=ALIAS):
        wrapping.use(newest)
        older = KeyEncryptionKey.objects.using(ALIAS).exclude(version=newest.version).filter(retired_at=None)
        older.update(retired_at=timezone.now())
    while batch := _rewrap_batch(newest):
        done += batch
    return done


def _rewrap_batch(newest: kek.Kek) -> int:
    with reached(), transaction.atomic(using=ALIAS):
        rows = list(
            WrappedKey.objects.using(ALIAS)
            .select_for_update()
            .exclude(kek_version=newest.version)
            .order_by("id")[:BATCH]
        )
        for row in rows:
            secret = wrapping.unwrap(row).secret
            row.wrapped = wrapping.wrap(newest, row.id, row.subject_id, secret)
            row.kek_version = newest.version
        WrappedKey.objects.using(ALIAS).bulk_update(rows, ["wrapped", "kek_version"])
    return len(rows)
