"""Events in, `AssessmentRow` out. The only writer of that table."""

from typing import Any
from uuid import UUID

from apps.assessments.events import AssessmentScored, AssessmentStarted, ItemAnswered
from apps.assessments.models import SEALED, AssessmentRow
from eventstore.projection import Projection, on, register_projection
from eventstore.recorded import Recorded
from vault import columns


class Assessments(Projection):
    """Each form with its answers, the highest grade that needed a person, and its score once it was handed in."""

    name = "assessments.assessment"
    version = 2
    models = (AssessmentRow,)

    @on(AssessmentStarted)
    def started(self, happened: AssessmentStarted, meta: Recorded) -> None:
        patient_id = _patient(meta)
        facts = {
            "instrument": happened.instrument,
            "version": happened.instrument_version,
            "answers": {},
            "attention": 0,
            "raised_at": None,
            "score": None,
        }
        AssessmentRow.objects.create(
            id=meta.stream.entity_id,
            patient_id=patient_id,
            started_at=meta.recorded_at,
            sealed=columns.seal(patient_id, facts, column=SEALED),
        )

    @on(ItemAnswered)
    def answered(self, happened: ItemAnswered, meta: Recorded) -> None:
        row, facts = self._load(meta)
        facts["answers"][str(happened.item)] = happened.answer
        if happened.attention > facts["attention"]:
            facts["attention"], facts["raised_at"] = happened.attention, meta.recorded_at.isoformat()
        self._keep(row, facts)

    @on(AssessmentScored)
    def scored(self, happened: AssessmentScored, meta: Recorded) -> None:
        row, facts = self._load(meta)
        facts["score"] = {
            "total": happened.total,
            "severity": happened.severity,
            "subscales": {part.name: [part.total, part.severity] for part in happened.subscales},
            "flags": list(happened.flags),
            "missing": happened.missing,
        }
        row.closed_at = meta.recorded_at
        self._keep(row, facts)

    def _load(self, meta: Recorded) -> tuple[AssessmentRow, dict[str, Any]]:
        row = AssessmentRow.objects.select_for_update().get(id=meta.stream.entity_id)
        return row, columns.open(row.patient_id, bytes(row.sealed), column=SEALED)

    def _keep(self, row: AssessmentRow, facts: dict[str, Any]) -> None:
        row.sealed = columns.seal(row.patient_id, facts, column=SEALED)
        row.save(update_fields=["sealed", "closed_at"])


def _patient(meta: Recorded) -> UUID:
    assert meta.subject is not None, "a form's stream has the patient as its subject"  # noqa: S101 - an invariant
    return meta.subject


def register() -> None:
    """Called once when the process starts."""
    register_projection(Assessments)
