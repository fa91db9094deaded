"""What the API takes and gives; one serializer a view."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from access.api.given import Exact
from apps.patients.aggregate import Patient
from apps.patients.events import TRIGGERS, PlanSet
from apps.patients.selectors import PatientFacts
from apps.patients.understood import LANGUAGES


class Seen(Exact):
    """What replaces something that others write, too."""

    seen = serializers.IntegerField(
        min_value=0,
        required=False,
        allow_null=True,
        help_text="the `version` that the writer had before them; without it, what others wrote since is replaced",
    )


def _version(*, allow_null: bool = False) -> serializers.IntegerField:
    """The patient's, after which what is shown stands so."""
    return serializers.IntegerField(allow_null=allow_null, help_text="the patient's; what to send as `seen`")


class PlanIn(Seen):
    passed_over = frozenset({"version"})  # a plan could be sent back as it was read before plans had one

    most_pictures = serializers.IntegerField(
        allow_null=True, default=None, min_value=0, max_value=99, help_text="a session; null: any number"
    )
    intensity_ceiling = serializers.IntegerField(
        allow_null=True, default=None, min_value=0, max_value=100, help_text="a hard feeling above it is only steadied"
    )
    techniques_out = serializers.ListField(child=serializers.CharField(max_length=40), max_length=4, default=list)
    techniques_preferred = serializers.ListField(child=serializers.CharField(max_length=40), max_length=4, default=list)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class PlanOut(serializers.Serializer[Any]):
    most_pictures = serializers.IntegerField(allow_null=True)
    intensity_ceiling = serializers.IntegerField(allow_null=True)
    techniques_out = serializers.ListField(child=serializers.CharField())
    techniques_preferred = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField(help_text="the care team's; empty for the patient")


class PlanNowOut(PlanOut):
    """The plan by itself, straight from the log."""

    version = _version()


class SettingsIn(Exact):
    language = serializers.ChoiceField(choices=["", *LANGUAGES], default="")
    time_zone = serializers.CharField(max_length=64, allow_blank=True, default="")


class SettingsOut(serializers.Serializer[Any]):
    language = serializers.CharField()
    time_zone = serializers.CharField()


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
    reached = serializers.DictField(child=serializers.DateTimeField(), help_text="of the goals: since when")
    language = serializers.CharField(help_text='a tag such as "de"; empty where none is set')
    time_zone = serializers.CharField(help_text="of the tz database; empty where none is set")
    plan = PlanOut(help_text="what a clinician limits and prefers")
    version = _version(allow_null=True)


class ConsentIn(Exact):
    given = serializers.BooleanField()
    version = serializers.IntegerField(
        required=False, allow_null=True, help_text="of the text that was read; the newest unless told"
    )


class ConsentOut(serializers.Serializer[Any]):
    consents = serializers.ListField(child=serializers.CharField(), help_text="the purposes agreed to now")


class TriggersIn(Seen):
    triggers = serializers.ListField(child=serializers.ChoiceField(choices=TRIGGERS), allow_empty=True)
    words = serializers.ListField(child=serializers.CharField(max_length=80), max_length=24, default=list)


class PreferencesIn(Seen):
    liked_places = serializers.ListField(child=serializers.CharField(max_length=80), max_length=24, default=list)
    goals = serializers.ListField(child=serializers.CharField(max_length=80), max_length=24, default=list)


class GoalIn(serializers.Serializer[Any]):
    goal = serializers.CharField(max_length=80, help_text="one of the goals, word for word")


class WishesOut(serializers.Serializer[Any]):
    triggers = serializers.ListField(child=serializers.CharField())
    words = serializers.ListField(child=serializers.CharField())
    liked_places = serializers.ListField(child=serializers.CharField())
    goals = serializers.ListField(child=serializers.CharField())
    reached = serializers.DictField(child=serializers.DateTimeField(), help_text="of the goals: since when")
    version = _version()


def of_plan(plan: PlanSet, *, with_note: bool) -> dict[str, Any]:
    """A plan as `PlanOut` shows it; the note is for the care team."""
    return asdict(plan) | ({} if with_note else {"note": ""})


def plan_now(patient: Patient) -> dict[str, Any]:
    """A plan as `PlanNowOut` shows it to the care team, straight from the stream."""
    return of_plan(patient.plan, with_note=True) | {"version": patient.version}


def of_facts(facts: PatientFacts, *, to_patient: bool) -> dict[str, Any]:
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
        "reached": {goal: at.isoformat() for goal, at in facts.reached.items()},
        "language": facts.language,
        "time_zone": facts.time_zone,
        "plan": of_plan(facts.plan, with_note=not to_patient),
        "version": facts.version,
    }


def wishes(patient: Patient) -> dict[str, Any]:
    """What the patient wants and doesn't want to see, straight from the stream."""
    return {
        "triggers": list(patient.triggers.tags),
        "words": list(patient.triggers.words),
        "liked_places": list(patient.preferences.liked_places),
        "goals": list(patient.preferences.goals),
        "reached": {goal: at.isoformat() for goal, at in patient.reached.items()},
        "version": patient.version,
    }
