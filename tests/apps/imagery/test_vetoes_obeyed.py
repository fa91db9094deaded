"""The engine and the vetted library obey what was set aside for a patient, and follow the style that they chose."""

import json
from uuid import UUID, uuid4

import pytest

from access import caseload
from access.door import Permit, Purpose, Right, open_patient
from access.roles import Role
from apps.accounts.commands import create_user
from apps.imagery import keeping
from apps.imagery.events import CATEGORY, ImageComposed, ImageShown
from apps.imagery.tasks import vetted
from apps.imagery.tasks.deciding import seed_of
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName
from ml.prompting.choose import choose
from ml.prompting.library import by_id
from ml.prompting.recorded import decide
from ml.prompting.state import State
from ml.scenes.library import entries
from tests.apps.imagery.living import PASSWORD, Living, run_jobs

WHY = "agreed on together"


pytestmark = pytest.mark.usefixtures("no_painter")


def treating(patient: Living) -> Permit:
    clinician = create_user(f"{uuid4().hex[:8]}@example.org", PASSWORD, Role.PROVIDER)
    caseload.assign(clinician.id, patient.id, actor=Actor.system("test"))
    return open_patient(clinician.actor, patient.id, to=Right.SET_PREFERENCES, why=Purpose.TREATMENT)


def answered(patient: Living, valence: int = -4) -> tuple[ImageComposed, ImageShown]:
    """How the next picture came to be, and what was shown."""
    patient.waits(seconds=30)
    patient.feels(valence)
    run_jobs()
    patient.seal()
    log = [recorded.event for recorded in store.read(StreamName(CATEGORY, patient.session_id))]
    composed = next(event for event in reversed(log) if isinstance(event, ImageComposed))
    return composed, next(event for event in reversed(log) if isinstance(event, ImageShown))


def style_of(composed: ImageComposed) -> str:
    return decide(json.loads(composed.inputs), composed.seed).scene.style


def test_the_style_that_the_patient_chose_is_painted_and_shown(patient: Living) -> None:
    own = open_patient(patient.actor, patient.id, to=Right.SET_PREFERENCES, why=Purpose.SELF)
    keeping.set_style(own, "ink", command_id=uuid4())
    composed, _ = answered(patient)
    assert style_of(composed) == "ink"


def test_a_style_that_was_set_aside_is_neither_painted_nor_taken_from_the_library(patient: Living) -> None:
    permit = treating(patient)
    own = open_patient(patient.actor, patient.id, to=Right.SET_PREFERENCES, why=Purpose.SELF)
    keeping.set_style(own, "watercolour", command_id=uuid4())
    for style in ("watercolour", "photo", "gouache"):
        keeping.leave_out(permit, "style", style, reason=WHY, command_id=uuid4())
    composed, shown = answered(patient)
    assert style_of(composed) == shown.style == "ink"


def test_a_template_that_was_set_aside_is_not_chosen_even_with_the_same_seed(patient: Living) -> None:
    composed, shown = answered(patient)
    inputs = json.loads(composed.inputs)
    keeping.leave_out_of(treating(patient), shown.image_id, "picture", reason=WHY, command_id=uuid4())
    again = decide(inputs | {"blocked_templates": [composed.template]}, composed.seed)
    assert composed.template in by_id()
    assert again.template != composed.template
    _, next_shown = answered(patient, 4)
    assert next_shown.template != shown.template


def test_a_kind_that_was_set_aside_is_not_chosen(patient: Living) -> None:
    permit = treating(patient)
    composed, shown = answered(patient)
    keeping.leave_out_of(permit, shown.image_id, "kind", reason=WHY, command_id=uuid4())
    composed, next_shown = answered(patient, 4)
    assert shown.kind not in (by_id()[composed.template].kind, next_shown.kind)


def test_the_library_shows_no_scene_style_or_kind_that_was_set_aside() -> None:
    wanted = choose(State("neutral"), seed=5).scene
    best = vetted.scene_like(wanted, (), (), 1)
    for set_aside in (f"library:{best.id}", best.spec.style, best.spec.kind):
        other = vetted.scene_like(wanted, (), (set_aside,), 1)
        assert other.id != best.id
    with pytest.raises(LookupError):
        vetted.scene_like(wanted, (), {scene.spec.style for scene in entries()}, 1)


def test_a_decision_that_was_recorded_before_vetoes_is_made_again_as_it_was() -> None:
    state = {"emotion": "sadness", "intensity": 0.5}
    old = {"state": state, "history": [], "kinds": ["lake"], "blocked_kinds": ["sea"], "triggers": []}
    seed = seed_of(UUID(int=7), 0)
    assert decide(old, seed) == decide(old | {"styles": [], "blocked_templates": [], "blocked_styles": []}, seed)
