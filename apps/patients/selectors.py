"""Questions about patients. Those on a person's behalf demand a Permit; those by id are for the system's own work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from access.door import Permit
from apps.patients import aggregate
from apps.patients.aggregate import Patient
from apps.patients.events import CATEGORY
from apps.patients.models import SEALED, PatientRow
from eventstore import store
from eventstore.stream import StreamName
from vault import columns, keys


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientFacts:
    """A patient as they stand now. `consents` maps each purpose agreed to onto when."""

    id: UUID
    name: str
    label: str
    registered_at: datetime
    consents: dict[str, datetime]
    triggers: tuple[str, ...]
    words: tuple[str, ...]
    liked_places: tuple[str, ...]
    goals: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preferences:
    """What the choice of pictures may follow."""

    liked_places: tuple[str, ...]
    goals: tuple[str, ...]


def get_patient(permit: Permit) -> PatientFacts:
    """The patient that the permit opens. Raises PatientRow.DoesNotExist when the row isn't there (yet)."""
    return _facts(PatientRow.objects.get(patient_id=permit.patient_id))


def get_patients(permits: Sequence[Permit]) -> list[PatientFacts]:
    """Those of the permits' patients whose row is there, by label."""
    wanted = [permit.patient_id for permit in permits]
    keys.prefetch(wanted)
    found = [_facts(row) for row in PatientRow.objects.filter(patient_id__in=wanted)]
    return sorted(found, key=lambda one: (one.label, str(one.id)))


def now(permit: Permit) -> Patient:
    """The patient straight from the stream, so that what was just saved is there."""
    return aggregate.replay(one.event for one in store.read(StreamName(CATEGORY, permit.patient_id)))


def consents(patient: Permit | UUID) -> frozenset[str]:
    """The purposes agreed to; empty for someone unknown, so that doubt means no."""
    found = _find(patient)
    return frozenset() if found is None else frozenset(found.consents)


def triggers(patient: Permit | UUID) -> tuple[str, ...]:
    """Tags first, then the patient's own words; all of them are hard exclusions.

    Raises PatientRow.DoesNotExist for someone unknown: without knowing what to leave out, nothing may be painted.
    """
    found = _facts(PatientRow.objects.get(patient_id=_id(patient)))
    return (*found.triggers, *found.words)


def preferences(patient: Permit | UUID) -> Preferences:
    """Liked places and goals; empty for someone unknown."""
    found = _find(patient)
    if found is None:
        return Preferences(liked_places=(), goals=())
    return Preferences(liked_places=found.liked_places, goals=found.goals)


def _find(patient: Permit | UUID) -> PatientFacts | None:
    row = PatientRow.objects.filter(patient_id=_id(patient)).first()
    return None if row is None else _facts(row)


def _id(patient: Permit | UUID) -> UUID:
    return patient if isinstance(patient, UUID) else patient.patient_id


def _facts(row: PatientRow) -> PatientFacts:
    facts: dict[str, Any] = columns.open(row.patient_id, bytes(row.sealed), column=SEALED)
    return PatientFacts(
        id=row.patient_id,
        name=facts["name"],
        label=facts["label"],
        registered_at=row.registered_at,
        consents={purpose: datetime.fromisoformat(given["at"]) for purpose, given in facts["consents"].items()},
        triggers=tuple(facts.get("triggers", ())),
        words=tuple(facts.get("words", ())),
        liked_places=tuple(facts.get("liked_places", ())),
        goals=tuple(facts.get("goals", ())),
    )
