"""Events of several apps in, `CaseloadRow` out. The only writer of that table."""

from typing import Any
from uuid import UUID

from apps.assessments.events import AssessmentScored, AssessmentStarted, ItemAnswered
from apps.imagery.events import ImageWithdrawn
from apps.imagery.pair_events import UPSET, PairChosen
from apps.patients.events import PatientRegistered
from apps.providers import ledger, notes
from apps.providers.events import NoteScreened, ReviewRecorded
from apps.providers.models import SEALED, CaseloadRow
from eventstore.projection import Projection, on, register_projection
from eventstore.recorded import Recorded
from vault import columns


class Caseload(Projection):
    """Label, scores and alerts of each patient."""

    name = "providers.caseload"
    version = 4
    models = (CaseloadRow,)

    @on(PatientRegistered)
    def registered(self, happened: PatientRegistered, meta: Recorded) -> None:
        facts = self._facts(meta)
        facts |= {"name": happened.name, "label": happened.label, "since": meta.recorded_at.isoformat()}
        self._keep(meta, facts)

    @on(AssessmentStarted)
    def form_started(self, happened: AssessmentStarted, meta: Recorded) -> None:
        facts = self._facts(meta)
        facts["forms"][str(meta.stream.entity_id)] = happened.instrument
        self._keep(meta, facts)

    @on(ItemAnswered)
    def item_answered(self, happened: ItemAnswered, meta: Recorded) -> None:
        if not happened.attention:
            return
        facts = self._facts(meta)
        alerts = ledger.answered(
            ledger.unpack(facts["alerts"]),
            event_id=meta.event_id,
            assessment_id=meta.stream.entity_id,
            item=happened.item,
            grade=happened.attention,
            at=meta.recorded_at.isoformat(),
        )
        facts["alerts"] = ledger.pack(alerts)
        self._keep(meta, facts)

    @on(ImageWithdrawn)
    def picture_upset(self, happened: ImageWithdrawn, meta: Recorded) -> None:
        facts, at = self._facts(meta), meta.recorded_at.isoformat()
        alerts = ledger.upset(ledger.unpack(facts["alerts"]), event_id=meta.event_id, image_id=happened.image_id, at=at)
        facts["alerts"] = ledger.pack(alerts)
        self._keep(meta, facts)

    @on(PairChosen)
    def pair_upset(self, happened: PairChosen, meta: Recorded) -> None:
        if happened.answer != UPSET:
            return
        facts, at = self._facts(meta), meta.recorded_at.isoformat()
        facts["alerts"] = ledger.pack(ledger.compared(ledger.unpack(facts["alerts"]), event_id=meta.event_id, at=at))
        self._keep(meta, facts)

    @on(NoteScreened)
    def note_screened(self, happened: NoteScreened, meta: Recorded) -> None:
        grade = notes.grade_of(happened.findings)
        if not grade:
            return
        facts = self._facts(meta)
        alerts = ledger.noted(
            ledger.unpack(facts["alerts"]),
            event_id=meta.event_id,
            of=happened.of,
            note_id=happened.note_id,
            grade=grade,
            at=meta.recorded_at.isoformat(),
        )
        facts["alerts"] = ledger.pack(alerts)
        self._keep(meta, facts)

    @on(AssessmentScored)
    def form_scored(self, happened: AssessmentScored, meta: Recorded) -> None:
        facts = self._facts(meta)
        score = {
            "instrument": facts["forms"].pop(str(meta.stream.entity_id)),
            "total": happened.total,
            "severity": happened.severity,
            "missing": happened.missing,
            "at": meta.recorded_at.isoformat(),
        }
        facts["scores"].append(score)
        self._keep(meta, facts)

    @on(ReviewRecorded)
    def review_recorded(self, happened: ReviewRecorded, meta: Recorded) -> None:
        facts = self._facts(meta)
        review = ledger.Review(
            by=str(meta.actor_id), role=meta.actor_role, at=meta.recorded_at.isoformat(), reason=happened.reason
        )
        alerts = ledger.reviewed(
            ledger.unpack(facts["alerts"]),
            event_id=meta.event_id,
            alert_id=happened.alert_id,
            review=review,
            as_of=happened.as_of,
        )
        facts["alerts"] = ledger.pack(alerts)
        self._keep(meta, facts)

    def _facts(self, meta: Recorded) -> dict[str, Any]:
        patient_id = _patient(meta)
        row = CaseloadRow.objects.select_for_update().filter(patient_id=patient_id).first()
        if row is None:
            return {"name": "", "label": "", "since": None, "forms": {}, "scores": [], "alerts": []}
        facts: dict[str, Any] = columns.open(patient_id, bytes(row.sealed), column=SEALED)
        return facts

    def _keep(self, meta: Recorded, facts: dict[str, Any]) -> None:
        patient_id = _patient(meta)
        sealed = columns.seal(patient_id, facts, column=SEALED)
        CaseloadRow.objects.update_or_create(patient_id=patient_id, defaults={"sealed": sealed})


def _patient(meta: Recorded) -> UUID:
    assert meta.subject is not None, "a patient's streams have the patient as their subject"  # noqa: S101 - an invariant
    return meta.subject


def register() -> None:
    """Called once when the process starts."""
    register_projection(Caseload)
