"""What the API of exercises takes and gives; one serializer a view."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from apps.exercises.aggregate import Exercise
from apps.exercises.selectors import ExerciseFacts
from apps.exercises.worksheets import WORKSHEETS, Field, Worksheet

MOST_FIELDS = 60


class FieldOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["text", "scale", "choice", "date", "time"])
    label = serializers.CharField()  # type: ignore[assignment]  # the API's word, which Field uses, too
    most = serializers.IntegerField(help_text="longest text, or the highest point of a scale")
    choices = serializers.DictField(child=serializers.CharField(), help_text="value → words")


class WorksheetOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    purpose = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # as above
    needed = serializers.ListField(child=serializers.CharField(), help_text="finishing needs these fields")
    questions = FieldOut(many=True)


class ExerciseBeginIn(serializers.Serializer[Any]):
    worksheet = serializers.ChoiceField(choices=sorted(WORKSHEETS))


class EntriesIn(serializers.Serializer[Any]):
    seen = serializers.IntegerField(
        min_value=0, max_value=1_000_000, help_text="the version that the writer started from"
    )
    entries = serializers.DictField(
        child=serializers.JSONField(allow_null=True), help_text="field → value; null empties it"
    )

    def validate_entries(self, entries: dict[str, Any]) -> dict[str, Any]:
        if len(entries) > MOST_FIELDS:
            raise serializers.ValidationError(f"at most {MOST_FIELDS} fields")
        return entries


class StateIn(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["open", "finished", "set_aside"])


class ExerciseOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    worksheet = serializers.CharField()
    state = serializers.ChoiceField(choices=["open", "finished", "set_aside"])
    version = serializers.IntegerField(required=False, help_text="what to send as `seen`; not in lists")
    begun_at = serializers.DateTimeField(required=False)
    changed_at = serializers.DateTimeField(required=False)
    closed_at = serializers.DateTimeField(allow_null=True, required=False)
    values = serializers.DictField(child=serializers.JSONField())


def of_worksheet(one: Worksheet) -> dict[str, Any]:
    """A worksheet as `WorksheetOut` shows it."""
    return {
        "key": one.key,
        "version": one.version,
        "title": one.title,
        "purpose": one.purpose,
        "source": one.source,
        "needed": list(one.needed),
        "questions": [_of_field(field) for field in one.fields()],
    }


def _of_field(field: Field) -> dict[str, Any]:
    choices = {choice.value: choice.text for choice in field.choices}
    return {"name": field.name, "kind": field.kind, "label": field.label, "most": field.most, "choices": choices}


def of_facts(facts: ExerciseFacts) -> dict[str, Any]:
    """A row as `ExerciseOut` shows it."""
    return {
        "id": str(facts.id),
        "worksheet": facts.worksheet.key,
        "state": facts.status,
        "begun_at": facts.begun_at.isoformat(),
        "changed_at": facts.changed_at.isoformat(),
        "closed_at": facts.closed_at.isoformat() if facts.closed_at else None,
        "values": facts.values,
    }


def of_exercise(exercise_id: UUID, exercise: Exercise) -> dict[str, Any]:
    """An exercise straight from its stream, as `ExerciseOut` shows it (without times)."""
    return {
        "id": str(exercise_id),
        "worksheet": exercise.worksheet.key if exercise.worksheet else None,
        "state": exercise.status,
        "version": exercise.version,
        "values": exercise.values,
    }
