"""Objects for the sweep over roles × routes."""

from typing import Any
from uuid import UUID, uuid4

from access.door import Purpose, Right, open_patient
from apps.exercises import commands
from apps.exercises.events import LADDER, LadderWritten, Step
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName


def make_exercise(patient_id: UUID, actor: Actor) -> UUID:
    permit = open_patient(actor, patient_id, to=Right.ANSWER, why=Purpose.SELF)
    return commands.begin(permit, "thought_record", command_id=uuid4())


def make_ladder(patient_id: UUID, _: Actor) -> UUID:
    """Written straight into the log: which clinician treats the patient isn't known here."""
    ladder_id = uuid4()
    written = LadderWritten(title="Lifts", steps=(Step(text="Look at one", expected=30),), limit=80, times=1)
    writer = Actor.system("test")
    stream = StreamName(LADDER, ladder_id)
    store.append(stream, [written], expected=0, actor=writer, command_id=uuid4(), subject=patient_id)
    return ladder_id


MAKERS: dict[str, Any] = {"exercise": make_exercise, "ladder": make_ladder}
