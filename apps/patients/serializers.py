"""What the API takes and gives; one serializer a view."""

from typing import Any

from rest_framework import serializers

from apps.patients.aggregate import Patient
from apps.patients.events import TRIGGERS
from apps.patients.selectors import PatientFacts


class PatientOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]  # the API's word, which Field uses, too
    name = serializers.CharField()
    registered_at = serializers.DateTimeField()
    consents = serializers.DictField(child=serializers.DateTimeField(), help_text="purpose: since when")
    triggers = serializers.ListField(child=serializers.CharField())
    words = serializers.ListField(child=serializers.CharField())
    liked_places = serializers.ListField(child=serializers.CharField())
    goals = serializers.ListField(child=serializers.CharField())


class ConsentIn(serializers.Serializer[Any]):
    given = serializers.BooleanField()


class ConsentOut(serializers.Serializer[Any]):
    consents = serializers.ListField(child=serializers.CharField(), help_text="the purposes agreed to now")


class TriggersIn(serializers.Serializer[Any]):
    triggers = serializers.ListField(child=serializers.ChoiceField(choices=TRIGGERS), allow_empty=True)
    words = serializers.ListField(child=serializers.CharField(max_length=80), max_length=24, default=list)


class PreferencesIn(serializers.Serializer[Any]):
    liked_places = serializers.ListField(child=serializers.CharField(max_length=80), max_length=24, default=list)
    goals = serializers.ListField(child=serializers.CharField(max_length=80), max_length=24, default=list)


class WishesOut(serializers.Serializer[Any]):
    triggers = serializers.ListField(child=serializers.CharField())
    words = serializers.ListField(child=serializers.CharField())
    liked_places = serializers.ListField(child=serializers.CharField())
    goals = serializers.ListField(child=serializers.CharField())


def of_facts(facts: PatientFacts) -> dict[str, Any]:
    """A row as `PatientOut` shows it."""
    return {
        "id": str(facts.id),
        "label": facts.label,
        "name": facts.name,
        "registered_at": facts.registered_at.isoformat(),
        "consents": {purpose: at.isoformat() for purpose, at in facts.consents.items()},
        "triggers": list(facts.triggers),
        "words": list(facts.words),
        "liked_places": list(facts.liked_places),
        "goals": list(facts.goals),
    }


def wishes(patient: Patient) -> dict[str, Any]:
    """What the patient wants and doesn't want to see, straight from the stream."""
    return {
        "triggers": list(patient.triggers.tags),
        "words": list(patient.triggers.words),
        "liked_places": list(patient.preferences.liked_places),
        "goals": list(patient.preferences.goals),
    }
