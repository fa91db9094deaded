"""Objects for the sweep over roles × routes."""

from typing import Any
from uuid import UUID, uuid4

from apps.assessments import commands
from apps.imagery.keeping_events import CHOOSING, LeftOut
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName


def make_alert(patient_id: UUID, actor: Actor) -> UUID:
    """An alert bears the id of the answer that raised it."""
    form = commands.start(patient_id, key="phq-9", ordinal=0, actor=actor, command_id=uuid4())
    commands.answer(patient_id, form, item=9, answer=1, actor=actor, command_id=uuid4())
    return store.read(StreamName("assessment", form))[-1].event_id


def make_veto(patient_id: UUID, actor: Actor) -> UUID:
    """Something set aside for the patient."""
    veto = LeftOut(veto_id=uuid4(), what="kind", value="sea", image_id=None, template="", reason="a test of routes")
    stream = StreamName(CHOOSING, patient_id)
    store.append(stream, [veto], expected=None, actor=actor, command_id=uuid4(), subject=patient_id)
    return veto.veto_id


MAKERS: dict[str, Any] = {"alert": make_alert, "veto": make_veto}
