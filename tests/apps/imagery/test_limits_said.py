"""A limit of the clinician's, as the patient meets it."""

from uuid import uuid4

import pytest

from apps.imagery import messages
from apps.imagery.events import ImageShown
from apps.patients import commands as patients
from apps.patients.events import PlanSet
from apps.sessions.socket import SocketContext, SocketRefusal
from eventstore.actor import Actor
from ml.scenes.spec import STYLES
from tests.apps.imagery.living import Living, events, run_jobs

pytestmark = pytest.mark.usefixtures("no_painter")


def plans(patient: Living, most: int | None, out: tuple[str, ...] = ()) -> None:
    wanted = PlanSet(most_pictures=most, intensity_ceiling=None, techniques_out=out, techniques_preferred=(), note="")
    patients.set_plan(patient.id, wanted, actor=Actor.system("test"), command_id=uuid4())


def test_who_asks_for_more_than_was_planned_is_told_so(patient: Living) -> None:
    plans(patient, 0)
    context = SocketContext(session_id=patient.session_id, patient_id=patient.id, actor=patient.actor)
    with pytest.raises(SocketRefusal) as refused:
        messages._more(context, {}, uuid4())
    assert refused.value.code == "enough"


def test_a_scene_shown_where_no_template_stands_is_of_no_technique_that_was_ruled_out(patient: Living) -> None:
    plans(patient, None, ("mindfulness",))
    patient.avoids(words=STYLES)  # each prompt names its style, so no template stands
    patient.looks("fear")
    run_jobs()
    [shown] = events(patient, ImageShown)
    assert (shown.fallback, shown.technique) == ("nothing_stands", "behavioural_activation")
