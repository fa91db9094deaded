"""Events in, `PatientRow` out. The only writer of that table."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from apps.patients.events import (
    ConsentGiven,
    ConsentWithdrawn,
    GoalReached,
    GoalResumed,
    PatientRegistered,
    PlanSet,
    PreferencesSet,
    SettingsSet,
    TriggersSet,
)
from apps.patients.goals import still_reached
from apps.patients.models import SEALED, PatientRow
from eventstore.projection import Projection, on, register_projection
from eventstore.recorded import Recorded
from vault import columns


class Patients(Projection):
    """A patient's name, consents, triggers, preferences, goals reached, settings and plan, as of which version."""

    name = "patients.patient"
    version = 4
    models = (PatientRow,)

    @on(PatientRegistered)
    def registered(self, happened: PatientRegistered, meta: Recorded) -> None:
        patient_id = _patient(meta)
        facts = {"name": happened.name, "label": happened.label, "consents": {}, "version": meta.version}
        sealed = columns.seal(patient_id, facts, column=SEALED)
        PatientRow.objects.create(patient_id=patient_id, registered_at=meta.recorded_at, sealed=sealed)

    @on(ConsentGiven)
    def consent_given(self, happened: ConsentGiven, meta: Recorded) -> None:
        facts = self._facts(meta)
        facts["consents"][happened.purpose] = {
            "version": happened.text_version,
            "at": meta.recorded_at.isoformat(),
        }
        self._keep(meta, facts)

    @on(ConsentWithdrawn)
    def consent_withdrawn(self, happened: ConsentWithdrawn, meta: Recorded) -> None:
        facts = self._facts(meta)
        facts["consents"].pop(happened.purpose, None)
        self._keep(meta, facts)

    @on(TriggersSet)
    def triggers_set(self, happened: TriggersSet, meta: Recorded) -> None:
        self._keep(meta, self._facts(meta) | {"triggers": list(happened.tags), "words": list(happened.words)})

    @on(PreferencesSet)
    def preferences_set(self, happened: PreferencesSet, meta: Recorded) -> None:
        facts = self._facts(meta)
        reached = still_reached(facts.get("reached", {}), happened.goals)
        liked = {"liked_places": list(happened.liked_places), "goals": list(happened.goals), "reached": reached}
        self._keep(meta, facts | liked)

    @on(GoalReached)
    def goal_reached(self, happened: GoalReached, meta: Recorded) -> None:
        facts = self._facts(meta)
        reached = {**facts.get("reached", {}), happened.goal: happened.reached_at.isoformat()}
        self._keep(meta, facts | {"reached": reached})

    @on(GoalResumed)
    def goal_resumed(self, happened: GoalResumed, meta: Recorded) -> None:
        facts = self._facts(meta)
        facts.get("reached", {}).pop(happened.goal, None)
        self._keep(meta, facts)

    @on(SettingsSet)
    def settings_set(self, happened: SettingsSet, meta: Recorded) -> None:
        self._keep(meta, self._facts(meta) | {"language": happened.language, "time_zone": happened.time_zone})

    @on(PlanSet)
    def plan_set(self, happened: PlanSet, meta: Recorded) -> None:
        self._keep(meta, self._facts(meta) | {"plan": asdict(happened)})

    def _facts(self, meta: Recorded) -> dict[str, Any]:
        row = PatientRow.objects.select_for_update().get(patient_id=_patient(meta))
        facts: dict[str, Any] = columns.open(row.patient_id, bytes(row.sealed), column=SEALED)
        return facts

    def _keep(self, meta: Recorded, facts: dict[str, Any]) -> None:
        patient_id = _patient(meta)
        sealed = columns.seal(patient_id, facts | {"version": meta.version}, column=SEALED)
        PatientRow.objects.filter(patient_id=patient_id).update(sealed=sealed)


def _patient(meta: Recorded) -> UUID:
    assert meta.subject is not None, "a patient's stream has the patient as its subject"  # noqa: S101 - an invariant
    return meta.subject


def register() -> None:
    """Called once when the process starts."""
    register_projection(Patients)
