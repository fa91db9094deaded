"""Data keys: made, found, destroyed. One 256-bit key a subject and generation, wrapped in the key database."""

import os
import uuid
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from vault import cache, kek, wrapping
from vault.envelope import DataKey
from vault.errors import KeyLost, SubjectErased, SubjectUnknown
from vault.keydb import ALIAS, reached
from vault.models import Subject, WrappedKey

_NAMESPACE = uuid.UUID("5b9f7a0e-3a55-5d0c-9b52-6c1c0a7e57d1")
SYSTEM = uuid.uuid5(_NAMESPACE, "system")
BLIND_INDEX = uuid.uuid5(_NAMESPACE, "blind-index")
_OWN = frozenset({SYSTEM, BLIND_INDEX})


def create(subject: UUID) -> None:
    """Give a subject a first key. Does nothing for one that has a key.

    Raises:
        SubjectErased: erasure is final, an id is never used again.
        KeyUnavailable: retry.
    """
    with reached(), transaction.atomic(using=ALIAS):
        Subject.objects.using(ALIAS).bulk_create([Subject(id=subject)], ignore_conflicts=True)
        row = _locked(subject)
        if not row.keys.using(ALIAS).exists():
            _add_generation(row, 1)


def renew(subject: UUID) -> None:
    """A new generation for what is sealed from now on; what older generations sealed still opens.

    Raises:
        SubjectErased, SubjectUnknown; KeyUnavailable: retry.
    """
    with reached(), transaction.atomic(using=ALIAS):
        row = _locked(subject)
        last = row.keys.using(ALIAS).order_by("-generation").values_list("generation", flat=True).first() or 0
        _add_generation(row, last + 1)
    cache.forget(subject)


def destroy(subject: UUID) -> None:
    """Erase: delete every key of the subject, for good. Does nothing twice.

    Other processes may go on for the few seconds that their cache lives; what they seal then nobody can open.
    """
    if subject in _OWN:
        raise ValueError("the system's own keys are not erased")
    with reached(), transaction.atomic(using=ALIAS):
        Subject.objects.using(ALIAS).bulk_create([Subject(id=subject)], ignore_conflicts=True)
        row = Subject.objects.using(ALIAS).select_for_update().get(id=subject)
        row.keys.using(ALIAS).all().delete()
        if row.erased_at is None:
            row.erased_at = timezone.now()
            row.save(using=ALIAS, update_fields=["erased_at"])
    cache.forget(subject)


def is_erased(subject: UUID) -> bool:
    with reached():
        return Subject.objects.using(ALIAS).filter(id=subject, erased_at__isnull=False).exists()


def erased_subjects() -> set[UUID]:
    with reached():
        return set(Subject.objects.using(ALIAS).filter(erased_at__isnull=False).values_list("id", flat=True))


def missing(key_ids: Collection[UUID]) -> set[UUID]:
    """Those of these keys that are no more."""
    with reached():
        there = WrappedKey.objects.using(ALIAS).filter(id__in=list(key_ids)).values_list("id", flat=True)
        return set(key_ids) - set(there)


def not_destroyed(subjects: Collection[UUID]) -> set[UUID]:
    """Those of these whose erasure is not done here: not marked, or with a key all the same."""
    with reached():
        done = Subject.objects.using(ALIAS).filter(id__in=list(subjects), erased_at__isnull=False, keys__isnull=True)
        return set(subjects) - set(done.values_list("id", flat=True))


def for_sealing(subject: UUID | None) -> DataKey:
    """The subject's newest key; None is the system.

    Raises:
        SubjectErased, SubjectUnknown, KeyLost: retrying won't help.
        KeyUnavailable: retry.
    """
    owner = subject or SYSTEM
    cached = cache.newest_of(owner)
    if cached is not None:
        return cached
    if owner in _OWN:
        create(owner)
    with reached():
        row = WrappedKey.objects.using(ALIAS).filter(subject=owner).order_by("-generation").first()
    if row is None:
        raise _absent(owner)
    key = wrapping.unwrap(row)
    cache.keep([key], newest=True)
    return key


def for_opening(key_id: UUID, subject: UUID | None) -> DataKey:
    """The key that an envelope of this subject names.

    Raises:
        SubjectErased, KeyLost, SubjectUnknown: it will never open.
        KeyUnavailable: retry.
    """
    found = find({key_id}).get(key_id)
    if found is None:
        raise _absent(subject or SYSTEM)
    return found


def find_living(key_ids: Collection[UUID]) -> dict[UUID, DataKey]:
    """Those of these keys that exist at this moment, in one query. The cache, which may hold what another process
    destroyed a moment ago, spares the unwrapping alone.
    """
    with reached():
        rows = list(WrappedKey.objects.using(ALIAS).filter(id__in=list(key_ids)))
    living = [cache.get(row.id) or wrapping.unwrap(row) for row in rows]
    return {key.key_id: key for key in living}


def find(key_ids: Collection[UUID]) -> dict[UUID, DataKey]:
    """Those of these keys that exist, in one query for all that the cache lacks."""
    found = {key_id: key for key_id in key_ids if (key := cache.get(key_id))}
    missing = [key_id for key_id in key_ids if key_id not in found]
    if missing:
        with reached():
            rows = list(WrappedKey.objects.using(ALIAS).filter(id__in=missing))
        fetched = [wrapping.unwrap(row) for row in rows]
        cache.keep(fetched)
        found |= {key.key_id: key for key in fetched}
    return found


def prefetch(subjects: Collection[UUID]) -> None:
    """Fetch the keys of many subjects at once, before a page opens a column of each."""
    with reached():
        rows = list(WrappedKey.objects.using(ALIAS).filter(subject__in=subjects))
    cache.keep([wrapping.unwrap(row) for row in rows])


def _locked(subject: UUID) -> Subject:
    row = Subject.objects.using(ALIAS).select_for_update().filter(id=subject).first()
    if row is None:
        raise SubjectUnknown(f"no key was ever made for {subject}")
    if row.erased_at is not None:
        raise SubjectErased(f"{subject} was erased")
    return row


def _add_generation(row: Subject, generation: int) -> None:
    key_id, newest = uuid.uuid4(), kek.current().newest
    wrapping.use(newest)
    wrapped = wrapping.wrap(newest, key_id, row.id, os.urandom(32))
    WrappedKey.objects.using(ALIAS).create(
        id=key_id, subject=row, generation=generation, kek_version=newest.version, wrapped=wrapped
    )


def _absent(subject: UUID) -> SubjectErased | SubjectUnknown | KeyLost:
    with reached():
        row = Subject.objects.using(ALIAS).filter(id=subject).first()
    if row is None:
        return SubjectUnknown(f"no key was ever made for {subject}: vault.keys.create(subject) makes one")
    if row.erased_at is not None:
        return SubjectErased(f"{subject} was erased")
    return KeyLost(f"a key of {subject} is gone")
