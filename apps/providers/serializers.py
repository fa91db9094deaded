"""What the API gives and takes; one serializer a view."""

from typing import Any

from rest_framework import serializers

from apps.providers.ledger import ANSWER, NOTE, PAIR, PICTURE
from apps.providers.line import Line, Measure, Need
from apps.providers.selectors import PatientAlert


class ReviewOut(serializers.Serializer[Any]):
    by = serializers.UUIDField()
    role = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class AlertOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    patient_id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]  # the API's word, which Field uses, too
    kind = serializers.ChoiceField(
        choices=[ANSWER, PICTURE, PAIR, NOTE],
        help_text="an answer, a picture or one of a pair that upset the patient, or a note that a person should read",
    )
    assessment_id = serializers.UUIDField(allow_null=True, help_text="null but for an answer")
    item = serializers.IntegerField(allow_null=True, help_text="null but for an answer")
    image_id = serializers.UUIDField(allow_null=True, help_text="null but for a picture")
    note_of = serializers.CharField(allow_null=True, help_text="session, picture or exercise; null but for a note")
    note_id = serializers.UUIDField(allow_null=True, help_text="that session, picture or exercise")
    grade = serializers.IntegerField(
        help_text="1 to 3, the highest answer so far; 0 for a picture or a pair; for a note, how it is sorted: 3 or 1"
    )
    raised_at = serializers.DateTimeField()
    raised_again_at = serializers.DateTimeField(allow_null=True)
    as_of = serializers.CharField(help_text="changes when the alert is raised higher or more is written")
    review = ReviewOut(allow_null=True, help_text="null until a person acknowledged it")


class AcknowledgementIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)
    seen = serializers.CharField(
        max_length=60, required=False, help_text="`as_of` of the alert that was read; 409 if it has been raised since"
    )


class AcknowledgementOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    acknowledged = serializers.BooleanField()


class MeasureOut(serializers.Serializer[Any]):
    total = serializers.IntegerField(allow_null=True)
    severity = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    missing = serializers.IntegerField()
    change = serializers.IntegerField(allow_null=True, help_text="latest total minus first")
    course = serializers.CharField(allow_null=True, help_text="null beside thoughts of death where it is good news")


class LineOut(serializers.Serializer[Any]):
    patient_id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]  # the API's word, which Field uses, too
    name = serializers.CharField()
    need = serializers.ChoiceField(choices=[need.name.lower() for need in Need])
    alerts_waiting = serializers.IntegerField()
    phq_9 = MeasureOut(allow_null=True)
    gad_7 = MeasureOut(allow_null=True)
    last_session_at = serializers.DateTimeField(allow_null=True)
    due = serializers.DictField(child=serializers.DateTimeField(allow_null=True), help_text="null: never answered")


def of_line(line: Line) -> dict[str, Any]:
    """A line as `LineOut` shows it."""
    return {
        "patient_id": str(line.patient_id),
        "label": line.label,
        "name": line.name,
        "need": line.need.name.lower(),
        "alerts_waiting": len(line.waiting),
        "phq_9": _measure(line.phq),
        "gad_7": _measure(line.gad),
        "last_session_at": line.session.opened_at.isoformat() if line.session else None,
        "due": {one.instrument.key: one.since.isoformat() if one.since else None for one in line.due},
    }


def of_alert(found: PatientAlert) -> dict[str, Any]:
    """An alert as `AlertOut` shows it."""
    alert, review = found.alert, found.alert.review
    return {
        "id": alert.id,
        "patient_id": str(found.patient_id),
        "label": found.label,
        "kind": alert.kind,
        "assessment_id": alert.assessment_id,
        "item": alert.item,
        "image_id": alert.image_id,
        "note_of": alert.note_of,
        "note_id": alert.note_id,
        "grade": alert.grade,
        "raised_at": alert.raised_at,
        "raised_again_at": alert.raised_again_at,
        "as_of": alert.as_of,
        "review": review and {"by": review.by, "role": review.role, "at": review.at, "reason": review.reason},
    }


def _measure(measure: Measure) -> dict[str, Any] | None:
    latest = measure.latest
    if latest is None:
        return None
    return {
        "total": latest.total,
        "severity": latest.severity,
        "at": latest.at.isoformat(),
        "missing": latest.missing,
        "change": measure.change.points if measure.change else None,
        "course": measure.change.course.value if measure.change and measure.change.course else None,
    }
