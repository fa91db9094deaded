"""Erasing a subject: what holds a patient's data, and who removes it.

Each table, cache and folder with patient data is declared here with its eraser; a test fails on one that is not. The
log itself is erased by destroying keys. Projections forget the subject at the erasing event, and again when the keys
are gone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model

from eventstore import followers
from vault import blobs, keys

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


def erase(subject: UUID) -> None:
    """Destroy the keys, drop the rows of read models, then run every eraser. Append the erasing event first; repeat
    this until it succeeds.

    Rows are dropped here as well as at the erasing event: between the two a patient may have gone on, for long where
    this was interrupted. Files go last, so that a disk which fails leaves no account open.

    Raises:
        KeyUnavailable, OperationalError, OSError: retry.
    """
    keys.destroy(subject)
    followers.forget(subject)
    of_files = {place.eraser for place in _patient_data.values() if place.kind == "folder"}
    for name in sorted(_erasers, key=of_files.__contains__):
        _erasers[name](subject)


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
        ("eventstore_follower", "places in the log"),
        ("eventstore_job", "identifiers only"),
        ("vault_keyencryptionkey", "versions of keys"),
        ("vault_subject", "identifiers only; the row says that the keys were destroyed"),
        ("vault_wrappedkey", "keys, which erasure deletes"),
    ):
        register_free_of_patient_data(table, reason)
