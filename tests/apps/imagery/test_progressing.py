"""What the engine is told of a patient's progress: with their consent alone, in words and shares, from the log."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from access.door import Purpose, Right, open_patient
from access.roles import Role
from apps.assessments import commands as assessments
from apps.exercises import commands as exercises
from apps.imagery import reviewing, scene_templates, selectors
from apps.imagery.events import ImageComposed
from apps.imagery.reviews import APPROVED
from apps.imagery.tasks import deciding
from apps.imagery.tasks.progressing import LATELY, REACHED
from apps.patients import commands as patients
from eventstore.actor import Actor
from ml.prompting.course import REACHED_REASON, WORSE_REASON
from ml.prompting.recorded import decide
from tests.apps.imagery.living import Living, events
from tests.apps.imagery.showing import showing
from tests.apps.imagery.test_deciding import told
from tests.apps.imagery.test_replay import note

pytestmark = pytest.mark.usefixtures("no_painter")
ITEMS = {"phq-9": 9, "gad-7": 7}


def agrees(patient: Living) -> None:
    patients.give_consent(patient.id, purpose="progress", actor=patient.actor, command_id=uuid4())
    patient.seal()


def fills(patient: Living, key: str, *answers: int, item_9: int = 0, after: int = 0) -> None:
    """Forms one after the other, each answered with the same number throughout, but for PHQ-9's item 9."""
    who: dict[str, Any] = {"actor": patient.actor}
    for ordinal, value in enumerate(answers, after):
        form = assessments.start(patient.id, key=key, ordinal=ordinal, command_id=uuid4(), **who)
        for item in range(1, ITEMS[key] + 1):
            assessments.answer(
                patient.id, form, item=item, answer=item_9 if item == 9 else value, command_id=uuid4(), **who
            )
        assessments.submit(patient.id, form, as_it_is=False, command_id=uuid4(), **who)
    patient.seal()


def practises(patient: Living, worksheet: str, *, finish: bool = True, **values: object) -> None:
    permit = open_patient(patient.actor, patient.id, to=Right.ANSWER, why=Purpose.SELF)
    exercise = exercises.begin(permit, worksheet, command_id=uuid4())
    exercises.save(permit, exercise, values, seen=1, command_id=uuid4())
    if finish:
        exercises.finish(permit, exercise, command_id=uuid4())
    patient.seal()


def test_the_engine_knows_of_progress_while_the_patient_agrees_to_that_and_at_no_other_time(patient: Living) -> None:
    fills(patient, "phq-9", 0, 2)
    fills(patient, "gad-7", 2, 2)
    practises(patient, "grounding", distress_before=80, distress_after=40)
    assert told(patient)["progress"] == {}
    agrees(patient)
    assert told(patient)["progress"] == {
        "questionnaires": {"phq-9": "worse", "gad-7": "same"},
        "exercises": {"mindfulness": 0.4},
    }
    patient.withdraws("progress")
    assert told(patient)["progress"] == {}


def test_what_is_long_ago_or_was_done_once_or_is_not_finished_tells_nothing(patient: Living) -> None:
    agrees(patient)
    fills(patient, "phq-9", 2)
    practises(patient, "breathing", finish=False, distress_before=80, distress_after=10)
    assert told(patient)["progress"] == {"questionnaires": {}, "exercises": {}}
    fills(patient, "gad-7", 2, 0)
    practises(patient, "breathing", distress_before=50, distress_after=60)
    practises(patient, "grounding", distress_before=50, distress_after=20)
    assert told(patient)["progress"] == {"questionnaires": {"gad-7": "better"}, "exercises": {"mindfulness": 0.1}}
    patient.waits(seconds=LATELY / timedelta(seconds=1) + 60)
    assert told(patient)["progress"] == {"questionnaires": {}, "exercises": {}}


def test_no_questionnaire_is_said_to_go_better_beside_thoughts_of_death(patient: Living) -> None:
    agrees(patient)
    fills(patient, "gad-7", 2, 0)
    fills(patient, "phq-9", 2, 0, item_9=1)
    assert told(patient)["progress"]["questionnaires"] == {}
    fills(patient, "phq-9", 0, after=2)
    assert told(patient)["progress"]["questionnaires"] == {"gad-7": "better", "phq-9": "better"}


def test_thoughts_of_death_count_from_when_they_were_said_on_whichever_form(patient: Living) -> None:
    agrees(patient)
    who: dict[str, Any] = {"actor": patient.actor}
    left_open = assessments.start(patient.id, key="phq-9", ordinal=7, command_id=uuid4(), **who)
    fills(patient, "phq-9", 2, 0)
    assert told(patient)["progress"]["questionnaires"] == {"phq-9": "better"}
    assessments.answer(patient.id, left_open, item=9, answer=3, command_id=uuid4(), **who)
    patient.seal()
    assert told(patient)["progress"]["questionnaires"] == {}


def reaches(patient: Living, goal: str) -> None:
    """The patient has this goal and reaches it now."""
    who: dict[str, Any] = {"actor": patient.actor}
    patients.set_preferences(patient.id, goals=[goal], command_id=uuid4(), **who)
    patients.reach_goal(patient.id, goal=goal, at=timezone.now(), command_id=uuid4(), **who)


def test_a_goal_reached_is_told_for_four_weeks_whatever_was_agreed_to_and_never_in_the_patients_words(
    patient: Living,
) -> None:
    reaches(patient, "sleep like in 1987")
    inputs = told(patient)
    assert (inputs["progress"], inputs["goals"]) == ({"goal_reached": True}, [])
    assert "1987" not in json.dumps(inputs)
    agrees(patient)
    assert told(patient)["progress"] == {"goal_reached": True, "questionnaires": {}, "exercises": {}}
    patient.waits(seconds=REACHED / timedelta(seconds=1) - 3600)
    assert told(patient)["progress"]["goal_reached"]
    patient.waits(seconds=3600)
    assert told(patient)["progress"] == {"questionnaires": {}, "exercises": {}}


def test_a_goal_taken_up_again_leans_nothing_and_pictures_take_it_up(patient: Living) -> None:
    reaches(patient, "sleep better")
    doing = [decide(told(patient, "neutral"), seed) for seed in range(9)]
    assert any(REACHED_REASON in one.reasons for one in doing)
    patients.resume_goal(patient.id, goal="sleep better", actor=patient.actor, command_id=uuid4())
    assert (told(patient)["progress"], told(patient)["goals"]) == ({}, ["rest"])


def test_a_decision_after_worse_answers_steadies_says_so_and_is_made_the_same_again(
    patient: Living, capsys: pytest.CaptureFixture[str]
) -> None:
    agrees(patient)
    fills(patient, "phq-9", 0, 3)
    inputs = told(patient, "neutral")
    for seed in range(6):
        note(patient, deciding.composed(uuid4(), 0, decide(inputs, seed), inputs))
    decided = events(patient, ImageComposed)
    assert {json.dumps(json.loads(one.inputs)["progress"]["questionnaires"]) for one in decided} == {
        '{"phq-9": "worse"}'
    }
    steadied = [one for one in decided if one.technique == "mindfulness"]
    assert steadied and all(WORSE_REASON in one.reasons for one in steadied)
    call_command("replay", str(patient.session_id), "--json")
    assert json.loads(capsys.readouterr().out) == {"decisions": 6, "identical": 6, "differences": []}


def test_the_engine_is_told_how_long_ago_each_picture_was(patient: Living) -> None:
    showing(patient.id, patient.actor).show()
    patient.seal()
    (seen,) = told(patient)["history"]
    assert 180 <= seen["age_s"] < 240  # `show` shows it three minutes ago
    patient.waits(seconds=3600)
    assert 3780 <= told(patient)["history"][0]["age_s"] < 3840


def test_whichever_are_fewer_of_open_and_closed_templates_stand_in_the_record(
    patient: Living, settings: Settings
) -> None:
    some = [one.id for one in scene_templates.templates() if one.technique == "mindfulness"][:3]
    clinician = Actor(uuid4(), Role.PROVIDER.value)
    for template in some:
        digest = scene_templates.by_id()[template].digest
        reviewing.review(template, APPROVED, seen=digest, comment="", actor=clinician, command_id=uuid4())
    assert told(patient)["closed_templates"] == {}
    settings.ATTUNE_DEMANDS_APPROVED = True
    inputs = told(patient)
    assert "closed_templates" not in inputs
    assert len(json.dumps(inputs)) < 2000
    assert {decide(inputs, seed).template for seed in range(9)} == set(some)


def test_the_record_of_templates_stays_small_even_where_half_of_them_are_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    every = [one.id for one in scene_templates.templates()]
    monkeypatch.setattr(selectors, "closed_templates", lambda: every[::2])
    assert len(json.dumps(deciding._in_use(), separators=(",", ":"))) < 14_000
