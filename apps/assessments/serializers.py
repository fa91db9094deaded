"""What the API takes and gives; one serializer a view."""

from typing import Any

from rest_framework import serializers

from apps.assessments.aggregate import Assessment, open_items
from apps.assessments.selectors import AssessmentFacts


class ChoiceOut(serializers.Serializer[Any]):
    value = serializers.IntegerField()
    text = serializers.CharField()
    code = serializers.CharField(allow_null=True, help_text="LOINC answer code")


class ItemOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    text = serializers.CharField()
    code = serializers.CharField(allow_null=True, help_text="LOINC")


class BandOut(serializers.Serializer[Any]):
    lowest = serializers.IntegerField()
    word = serializers.CharField()


class ScaleOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    items = serializers.ListField(child=serializers.IntegerField())
    factor = serializers.IntegerField()
    tolerated = serializers.IntegerField(help_text="missing answers that the source allows")
    bands = BandOut(many=True)


class InstrumentOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    stem = serializers.CharField()
    panel_code = serializers.CharField(allow_null=True)
    total_code = serializers.CharField(allow_null=True)
    items = ItemOut(many=True)
    choices = ChoiceOut(many=True)
    total = ScaleOut(allow_null=True)
    subscales = ScaleOut(many=True)
    after = ItemOut(allow_null=True, help_text="asked at the end, never scored")
    after_choices = ChoiceOut(many=True)
    watched = serializers.ListField(child=serializers.IntegerField(), help_text="above zero, a person is needed")
    source = serializers.CharField()  # type: ignore[assignment]  # the API's word, which Field uses, too
    credit = serializers.CharField()


class InstrumentListed(serializers.Serializer[Any]):
    key = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    panel_code = serializers.CharField(allow_null=True)


class AssessmentStartIn(serializers.Serializer[Any]):
    instrument = serializers.CharField(max_length=32)


class AnswerIn(serializers.Serializer[Any]):
    item = serializers.IntegerField(min_value=1, max_value=100)
    answer = serializers.IntegerField(min_value=0, max_value=100)


class SubmissionIn(serializers.Serializer[Any]):
    as_it_is = serializers.BooleanField(default=False, help_text="hand it in although questions are open")


class ScaleScoreOut(serializers.Serializer[Any]):
    total = serializers.IntegerField(allow_null=True)
    severity = serializers.CharField(allow_null=True)


class AssessmentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    instrument = serializers.CharField()
    started_at = serializers.DateTimeField(required=False)
    closed_at = serializers.DateTimeField(allow_null=True, required=False)
    status = serializers.ChoiceField(choices=["open", "scored"])
    answers = serializers.DictField(child=serializers.IntegerField())
    open_items = serializers.ListField(child=serializers.IntegerField())
    attention = serializers.IntegerField(help_text="0, or the highest grade of an answer that needs a person")
    total = serializers.IntegerField(allow_null=True)
    severity = serializers.CharField(allow_null=True)
    subscales = serializers.DictField(child=ScaleScoreOut())
    flags = serializers.ListField(child=serializers.CharField())
    missing = serializers.IntegerField()


def of_facts(facts: AssessmentFacts) -> dict[str, Any]:
    """A row as `AssessmentOut` shows it."""
    items = [item.number for item in facts.instrument.items if item.number not in facts.answers]
    return {
        "id": str(facts.id),
        "instrument": facts.instrument.key,
        "started_at": facts.started_at.isoformat(),
        "closed_at": facts.closed_at.isoformat() if facts.closed_at else None,
        "status": "scored" if facts.closed_at else "open",
        "answers": {str(item): answer for item, answer in facts.answers.items()},
        "open_items": items,
        "attention": facts.attention,
        "total": facts.total,
        "severity": facts.severity,
        "subscales": {n: {"total": p[0], "severity": p[1]} for n, p in facts.subscales.items()},
        "flags": list(facts.flags),
        "missing": facts.missing,
    }


def of_form(assessment_id: object, form: Assessment) -> dict[str, Any]:
    """A form straight from its stream, as `AssessmentOut` shows it (without times)."""
    scored = form.scored
    return {
        "id": str(assessment_id),
        "instrument": form.instrument.key if form.instrument else None,
        "status": "scored" if scored else "open",
        "answers": {str(item): answer for item, answer in form.answers.items()},
        "open_items": list(open_items(form)),
        "attention": form.attention,
        "total": scored.total if scored else None,
        "severity": scored.severity if scored else None,
        "subscales": {p.name: {"total": p.total, "severity": p.severity} for p in scored.subscales} if scored else {},
        "flags": list(scored.flags) if scored else [],
        "missing": scored.missing if scored else len(open_items(form)),
    }
