"""Questions about patients. Those on a person's behalf demand a Permit; those by id are for the system's own work."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from access.door import Permit
from apps.patients import aggregate, understood
from apps.patients.aggregate import Patient, PatientUnknown
from apps.patients.events import CATEGORY, PlanSet
from apps.patients.local_time import LocalTime, latitudes, local_time
from apps.patients.models import SEALED, PatientRow
from apps.patients.plan import NO_PLAN
from eventstore import store
from eventstore.stream import StreamName
from vault import columns, keys
from vault.errors import SubjectErased


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientFacts:
    """A patient as they stand now. `consents` maps each purpose agreed to, `reached` each goal reached, onto when.

    `version` is the one at which they stood so, as somebody who is shown this has seen it; None in a row from before.
    """

    id: UUID
    name: str
    label: str
    registered_at: datetime
    consents: dict[str, datetime]
    triggers: tuple[str, ...]
    words: tuple[str, ...]
    liked_places: tuple[str, ...]
    goals: tuple[str, ...]
    reached: dict[str, datetime]
    language: str
    time_zone: str
    plan: PlanSet
    version: int | None

    @property
    def towards(self) -> list[tuple[str, datetime | None]]:
        """Each goal, and when it was reached; None while it's open."""
        return [(goal, self.reached.get(goal)) for goal in self.goals]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What the choice of pictures follows: the patient's wishes, and what their clinician limits and prefers.

    `goals` and `places` are words of `wishes.toml`, never the patient's own; `language` is "" where none is set. A goal
    that was reached is none of them: `reached_at` says when the last one was.
    """

    places: tuple[str, ...]
    goals: tuple[str, ...]
    reached_at: datetime | None
    language: str
    plan: PlanSet


def get_patient(permit: Permit) -> PatientFacts:
    """The patient that the permit opens. Raises PatientRow.DoesNotExist when the row isn't there (yet)."""
    return _facts(PatientRow.objects.get(patient_id=permit.patient_id))


def get_patients(permits: Sequence[Permit]) -> list[PatientFacts]:
    """Those of the permits' patients whose row is there, by label; without whoever was erased meanwhile."""
    wanted = [permit.patient_id for permit in permits]
    keys.prefetch(wanted)
    found: list[PatientFacts] = []
    for row in PatientRow.objects.filter(patient_id__in=wanted):
        with suppress(SubjectErased):
            found.append(_facts(row))
    return sorted(found, key=lambda one: (one.label, str(one.id)))


def now(permit: Permit) -> Patient:
    """The patient straight from the stream, so that what was just saved is there."""
    return _logged(permit.patient_id)


def consents(patient: Permit | UUID) -> frozenset[str]:
    """The purposes agreed to, straight from the log: one taken back counts at once, however far projections are.

    Empty for someone unknown or erased, so that doubt means no.
    """
    return agreed(_id(patient)).consents


@dataclass(frozen=True, slots=True)
class Agreed:
    """The purposes agreed to as of one version of the patient's stream."""

    consents: frozenset[str]
    version: int


def agreed(patient_id: UUID, known: Agreed | None = None) -> Agreed:
    """As `consents`, for who asks again and again: the log is opened anew only where it grew since `known`.

    Erasing makes it grow as well, and opens to no consent.
    """
    if known is not None and store.version_of(StreamName(CATEGORY, patient_id)) == known.version:
        return known
    found = _logged(patient_id)
    return Agreed(frozenset(found.consents), found.version)


def triggers(patient: Permit | UUID) -> tuple[str, ...]:
    """Tags first, then the patient's own words, straight from the log; all of them are hard exclusions.

    Raises PatientUnknown for someone unknown or erased: without knowing what to leave out, nothing may be painted.
    """
    found = _logged(_id(patient))
    if not found.name:
        raise PatientUnknown
    return (*found.triggers.tags, *found.triggers.words)


def wishes(patient_id: UUID) -> Wishes:
    """What pictures follow, straight from the log: a limit counts at once, however far projections are."""
    found = _logged(patient_id)
    return Wishes(
        places=understood.places(found.preferences.liked_places),
        goals=understood.goals(found.open_goals),
        reached_at=max(found.reached.values(), default=None),
        language=found.settings.language,
        plan=found.plan,
    )


def most_pictures(patient_id: UUID) -> int | None:
    """How many pictures a session may have for this patient; None where nobody limited them."""
    return _logged(patient_id).plan.most_pictures


def local_time_of(patient_id: UUID, at: datetime) -> LocalTime:
    """Season and time of day where the patient lives, else where the installation does; unknown where neither says."""
    return local_time(_logged(patient_id).settings.time_zone or settings.TIME_ZONE, at)


def time_zones() -> tuple[str, ...]:
    """The zones that a patient may choose, by name."""
    return tuple(sorted(latitudes()))


def languages() -> dict[str, str]:
    """The languages that a patient may ask for: tag → the language's own name."""
    return dict(understood.LANGUAGES)


def _logged(patient_id: UUID) -> Patient:
    return aggregate.replay(one.event for one in store.read(StreamName(CATEGORY, patient_id)))


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
        reached={goal: datetime.fromisoformat(at) for goal, at in facts.get("reached", {}).items()},
        language=facts.get("language", ""),
        time_zone=facts.get("time_zone", ""),
        plan=_plan(facts.get("plan")),
        version=facts.get("version"),
    )


def _plan(kept: dict[str, Any] | None) -> PlanSet:
    """A plan as the row has it, which knows no tuples."""
    if kept is None:
        return NO_PLAN
    found: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return PlanSet(**found)
