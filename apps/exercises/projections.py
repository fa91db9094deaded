"""Events in, `ExerciseRow` and `LadderRow` out. The only writer of those tables."""

from typing import Any
from uuid import UUID

from apps.exercises.aggregate import with_entries
from apps.exercises.events import (
    ExerciseBegun,
    ExerciseFinished,
    ExerciseSaved,
    ExerciseSetAside,
    ExerciseTakenUp,
    LadderWritten,
)
from apps.exercises.models import SEALED, ExerciseRow, LadderRow
from eventstore.projection import Projection, on, register_projection
from eventstore.recorded import Recorded
from vault import columns


class Exercises(Projection):
    """Each exercise with what stands in it, and whether it's open, finished or put away."""

    name = "exercises.exercise"
    version = 1
    models = (ExerciseRow,)

    @on(ExerciseBegun)
    def begun(self, happened: ExerciseBegun, meta: Recorded) -> None:
        patient_id = _patient(meta)
        facts = {
            "worksheet": happened.worksheet,
            "worksheet_version": happened.worksheet_version,
            "values": {},
            "status": "open",
        }
        ExerciseRow.objects.create(
            id=meta.stream.entity_id,
            patient_id=patient_id,
            begun_at=meta.recorded_at,
            changed_at=meta.recorded_at,
            sealed=columns.seal(patient_id, facts, column=SEALED),
        )

    @on(ExerciseSaved)
    def saved(self, happened: ExerciseSaved, meta: Recorded) -> None:
        row, facts = self._load(meta)
        facts["values"] = with_entries(facts["values"], happened.entries)
        self._keep(row, facts, meta)

    @on(ExerciseFinished)
    def finished(self, _: ExerciseFinished, meta: Recorded) -> None:
        row, facts = self._load(meta)
        row.closed_at = meta.recorded_at
        self._keep(row, facts | {"status": "finished"}, meta)

    @on(ExerciseSetAside)
    def set_aside(self, _: ExerciseSetAside, meta: Recorded) -> None:
        row, facts = self._load(meta)
        row.closed_at = meta.recorded_at
        self._keep(row, facts | {"status": "set_aside"}, meta)

    @on(ExerciseTakenUp)
    def taken_up(self, _: ExerciseTakenUp, meta: Recorded) -> None:
        row, facts = self._load(meta)
        row.closed_at = None
        self._keep(row, facts | {"status": "open"}, meta)

    def _load(self, meta: Recorded) -> tuple[ExerciseRow, dict[str, Any]]:
        row = ExerciseRow.objects.select_for_update().get(id=meta.stream.entity_id)
        return row, columns.open(row.patient_id, bytes(row.sealed), column=SEALED)

    def _keep(self, row: ExerciseRow, facts: dict[str, Any], meta: Recorded) -> None:
        row.changed_at = meta.recorded_at
        row.sealed = columns.seal(row.patient_id, facts, column=SEALED)
        row.save(update_fields=["sealed", "changed_at", "closed_at"])


class Ladders(Projection):
    """Which ladders each patient has, by the day each was last written."""

    name = "exercises.ladder"
    version = 1
    models = (LadderRow,)

    @on(LadderWritten)
    def written(self, _: LadderWritten, meta: Recorded) -> None:
        LadderRow.objects.update_or_create(
            id=meta.stream.entity_id, defaults={"patient_id": _patient(meta), "written_at": meta.recorded_at}
        )


def _patient(meta: Recorded) -> UUID:
    assert meta.subject is not None, "these streams have the patient as their subject"  # noqa: S101 - an invariant
    return meta.subject


def register() -> None:
    """Called once when the process starts."""
    register_projection(Exercises)
    register_projection(Ladders)
