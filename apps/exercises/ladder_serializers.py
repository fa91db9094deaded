"""What the API of ladders takes and gives; one serializer a view."""

from typing import Any

from rest_framework import serializers

from apps.exercises.events import LadderWritten, Step
from apps.exercises.exposure import LONGEST, MOST_STEPS, MOST_TIMES
from apps.exercises.ladder import Attempt
from apps.exercises.selectors import LadderFacts


class StepShape(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST)
    expected = serializers.IntegerField(min_value=0, max_value=100, help_text="distress that both expect")


class LadderIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=LONGEST)
    steps = StepShape(many=True, help_text=f"easiest first, at most {MOST_STEPS}")
    limit = serializers.IntegerField(min_value=0, max_value=100, help_text="distress above which a step ends at once")
    times = serializers.IntegerField(min_value=1, max_value=MOST_TIMES, default=2)


class NewLadderIn(LadderIn):
    patient = serializers.UUIDField()


class AsRead(serializers.Serializer[Any]):
    writing = serializers.IntegerField(
        min_value=0, required=False, help_text="`writing` of the ladder that was read; 409 if it was written anew since"
    )


class AgreementIn(AsRead):
    agreed = serializers.BooleanField()


class StepIn(AsRead):
    step = serializers.IntegerField(min_value=0, max_value=MOST_STEPS)
    distress = serializers.IntegerField(min_value=0, max_value=100)


class DistressIn(serializers.Serializer[Any]):
    distress = serializers.IntegerField(min_value=0, max_value=100)
    done = serializers.BooleanField(default=False, help_text="the patient is done with the step")


class EndIn(serializers.Serializer[Any]):
    distress = serializers.IntegerField(min_value=0, max_value=100, allow_null=True, default=None)


class AttemptOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    step = serializers.IntegerField()
    before = serializers.IntegerField()
    highest = serializers.IntegerField()
    last = serializers.IntegerField()
    ended_by = serializers.ChoiceField(choices=["done", "limit", "stopped"], allow_null=True)
    after = serializers.IntegerField(allow_null=True)


class LadderOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    written_at = serializers.DateTimeField()
    writing = serializers.IntegerField(help_text="changes when it is written anew")
    title = serializers.CharField()
    steps = StepShape(many=True)
    limit = serializers.IntegerField()
    times = serializers.IntegerField()
    agreed = serializers.BooleanField()
    closed = serializers.BooleanField()
    step = serializers.IntegerField(help_text="the step that is open, from 0")
    resting = serializers.BooleanField(help_text="a clinician must write the ladder anew")
    phase = serializers.ChoiceField(choices=["idle", "step", "calm"])
    attempt = AttemptOut(allow_null=True)
    attempts = AttemptOut(many=True)


def wanted_ladder(given: dict[str, Any]) -> LadderWritten:
    """What a `LadderIn` asks to be written."""
    steps = tuple(Step(text=step["text"].strip(), expected=step["expected"]) for step in given["steps"])
    return LadderWritten(title=given["title"].strip(), steps=steps, limit=given["limit"], times=given["times"])


def of_ladder(facts: LadderFacts) -> dict[str, Any]:
    """A ladder as `LadderOut` shows it."""
    ladder, written = facts.ladder, facts.ladder.written
    assert written is not None, "a ladder that was found was written"  # noqa: S101 - an invariant
    return {
        "id": str(facts.id),
        "written_at": facts.written_at.isoformat(),
        "writing": ladder.writing,
        "title": written.title,
        "steps": [{"text": step.text, "expected": step.expected} for step in written.steps],
        "limit": written.limit,
        "times": written.times,
        "agreed": ladder.agreed,
        "closed": ladder.closed,
        "step": ladder.place.step,
        "resting": ladder.place.resting,
        "phase": "idle" if ladder.now is None else "step" if ladder.on_a_step else "calm",
        "attempt": _of_attempt(ladder.now) if ladder.now else None,
        "attempts": [_of_attempt(one.attempt) for one in facts.tried],
    }


def _of_attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": str(attempt.attempt_id),
        "step": attempt.step,
        "before": attempt.before,
        "highest": attempt.highest,
        "last": attempt.last,
        "ended_by": attempt.why,
        "after": attempt.after,
    }
