"""Erasing a subject: what holds a patient's data, and who removes it.

Each table, cache and folder with patient data is declared here with its eraser; a test fails on one that is not. The
log itself is erased by destroying keys. Projections forget the subject at the erasing event, and again when the keys
are gone.

An erasure is begun in the transaction of its event and finished when nothing is left; in between, `finish_all` goes on
with it, whoever was cut off.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from eventstore import erased, followers, rebuilding
from eventstore.models import Erasure
from vault import blobs, keys

log = logging.getLogger(__name__)

Eraser = Callable[[UUID], None]


@dataclass(frozen=True, slots=True)
class PatientData:
    """A place that holds patients' data; kind is "table", "cache" or "folder"."""

    kind: str
    what: str
    eraser: str


_erasers: dict[str, Eraser] = {}
_patient_data: dict[tuple[str, str], PatientData] = {}
_free_of_it: dict[str, str] = {}


def register_eraser(name: str, erase: Eraser, models: tuple[type[Model], ...] = ()) -> None:
    """Called in AppConfig.ready(): `erase(subject)` removes what is kept of a subject, and may run twice.

    `models` are declared at once as tables that this eraser clears.
    """
    _erasers[name] = erase
    for model in models:
        register_patient_data("table", model._meta.db_table, name)


def register_patient_data(kind: str, what: str, eraser: str) -> None:
    """Declare a place of patient data and the name of the eraser that clears it."""
    _patient_data[kind, what] = PatientData(kind, what, eraser)


def register_free_of_patient_data(table: str, reason: str) -> None:
    """Declare that a table says nothing about any patient, and why."""
    _free_of_it[table] = reason


def begin(subject: UUID) -> None:
    """Note that this subject is to be erased: in the transaction that appends the erasing event, or once more."""
    begun = {"begun_at": timezone.now(), "finished_at": None}
    Erasure.objects.update_or_create(subject_id=subject, defaults=begun)


def erase(subject: UUID) -> None:
    """Destroy the keys, drop the rows of read models and of rebuilds that broke off, then run every eraser, and note
    that all is done. Append the erasing event and `begin` first; repeat this until it succeeds.

    Rows are dropped here as well as at the erasing event: between the two a patient may have gone on, for long where
    this was interrupted. Erasers run from the top floor down, as a house is left: an account that opens meanwhile may
    still put its patient on a caseload. Files go last, so that a disk which fails leaves no account open.

    Raises:
        KeyUnavailable, OperationalError, OSError: retry.
    """
    keys.destroy(subject)
    followers.forget(subject)
    rebuilding.drop_left_over()
    of_files = {place.eraser for place in _patient_data.values() if place.kind == "folder"}
    from_the_top = list(reversed(_erasers))
    for name in sorted(from_the_top, key=of_files.__contains__):
        _erasers[name](subject)
    now = timezone.now()
    Erasure.objects.update_or_create(
        subject_id=subject, defaults={"finished_at": now}, create_defaults={"begun_at": now, "finished_at": now}
    )


def unfinished(subjects: Collection[UUID]) -> set[UUID]:
    """Those of these whose erasure nobody noted as done."""
    done = Erasure.objects.filter(subject_id__in=list(subjects), finished_at__isnull=False)
    return set(subjects) - set(done.values_list("subject_id", flat=True))


def finish_all() -> int:
    """Go on with each erasure that was begun and not finished, and with each whose keys came back with an older key
    database. How many are finished now; one that fails is tried again at the next call, and keeps no other waiting.

    Raises:
        KeyUnavailable, OperationalError: nothing was tried; retry.
    """
    stands = dict(Erasure.objects.values_list("subject_id", "finished_at"))
    left = {subject for subject, finished_at in stands.items() if finished_at is None} | keys.not_destroyed(stands)
    # The log decides, never this table alone: whoever could write here would have keys destroyed.
    return sum(_finish(subject) for subject in sorted(erased.said_of(left)))


def _finish(subject: UUID) -> bool:
    try:
        erase(subject)
    except Exception as error:  # noqa: BLE001  (named by its class: nobody else's erasure waits for this one)
        log.error("the erasure of %s is not finished: %s", subject, type(error).__name__)  # noqa: TRY400
        return False
    return True


def erasers() -> dict[str, Eraser]:
    return dict(_erasers)


def patient_data() -> tuple[PatientData, ...]:
    return tuple(_patient_data.values())


def free_of_patient_data() -> dict[str, str]:
    return dict(_free_of_it)


def register_own() -> None:
    """The store's and the vault's own places."""
    register_eraser("vault.blobs", blobs.drop_subject)
    register_patient_data("folder", "blobs", "vault.blobs")
    for table, reason in (
        ("eventstore_erasure", "identifiers and times only; the row says that the rest is gone"),
        ("eventstore_follower", "places in the log"),
        ("eventstore_job", "identifiers only"),
        ("vault_keyencryptionkey", "versions of keys"),
        ("vault_subject", "identifiers only; the row says that the keys were destroyed"),
        ("vault_wrappedkey", "keys, which erasure deletes"),
    ):
        register_free_of_patient_data(table, reason)
