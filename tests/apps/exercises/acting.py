"""What several tests of exercises do: the people's permits, a filled-in record, a ladder."""

from uuid import UUID, uuid4

from access.door import Permit, Purpose, Right, open_patient
from apps.exercises import commands
from apps.exercises.events import LadderWritten, Step
from tests.apps.practice import Practice

RECORD = {
    "situation": "The team met without me",
    "thought": "They don't want me there",
    "belief": 85,
    "feeling_1": "hurt",
    "feeling_1_before": 70,
    "evidence_for": "Nobody called",
    "evidence_against": "They asked me last week",
    "balanced": "It is true that I was not asked and it is also true that it was a short call",
    "belief_after": 40,
    "feeling_1_after": 35,
}
LADDER = LadderWritten(
    title="Taking the lift",
    steps=(Step(text="Look at the lift", expected=30), Step(text="Ride one floor", expected=60)),
    limit=80,
    times=1,
)


def planning(practice: Practice) -> Permit:
    who = practice.provider
    return open_patient(who.actor, practice.patient.id, to=Right.SCHEDULE, why=Purpose.TREATMENT)


def begun(practice: Practice, worksheet: str = "thought_record", values: dict[str, object] | None = None) -> UUID:
    permit = practice.own()
    exercise = commands.begin(permit, worksheet, command_id=uuid4())
    commands.save(permit, exercise, values or {}, seen=1, command_id=uuid4())
    return exercise


def ladder(practice: Practice, *, agreed: bool = True) -> UUID:
    made = commands.write_ladder(planning(practice), LADDER, command_id=uuid4())
    if agreed:
        commands.agree(practice.own(), made, command_id=uuid4())
    return made
