"""`manage.py export_finetune`: what is trained is what is asked, and of patients only what they agreed to give."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from access.models import AccessRow
from apps.imagery import reviewing, scene_templates
from apps.imagery.events import ImageComposed, ImageReworded
from apps.imagery.management.commands.export_finetune import ACTOR
from apps.imagery.reviews import WITHDRAWN
from apps.imagery.tasks import deciding
from apps.patients import commands as patients
from ml.prompting.rewriting import KEYS, messages, read_answer
from ml.prompting.state import State
from tests.apps.imagery.consenting import CLINICIAN, STATE, agree, approve, decided, inputs, note
from tests.apps.imagery.showing import Showing, showing
from tests.apps.practice import Practice

Seal = Callable[[], None]
Out = pytest.CaptureFixture[str]


def exported(capsys: Out) -> list[dict[str, Any]]:
    call_command("export_finetune")
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def scene_of(lesson: dict[str, Any]) -> dict[str, Any]:
    scene: dict[str, Any] = json.loads(lesson["messages"][1]["content"])
    return scene


def of_winter_ink(lessons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What can only come of a decision above, since templates by themselves are shown in another style."""
    return [one for one in lessons if scene_of(one)["style"] == "ink"]


@pytest.fixture
def ada(practice: Practice) -> Showing:
    return showing(practice.patient.id, practice.patient.actor)


def test_each_lesson_asks_as_the_live_path_does_and_answers_as_it_would_be_taken(
    practice: Practice, ada: Showing, seal_now: Seal, capsys: Out
) -> None:
    agree(practice.patient)
    choice, _ = decided(ada, 1)
    approve(choice.template)
    seal_now()
    lessons = exported(capsys)
    assert [[said["role"] for said in one["messages"]] for one in lessons] == [["system", "user", "assistant"]] * len(
        lessons
    )
    (lesson,) = of_winter_ink(lessons)
    assert lesson["messages"][:2] == messages(choice, State(**STATE))
    answer = json.loads(lesson["messages"][2]["content"])
    assert (set(answer), answer["alt"], answer["line"]) == (set(KEYS), choice.alt, choice.line)
    assert choice.prompt.endswith(answer["text"])
    for one in lessons:
        read_answer(one["messages"][2]["content"])
    emotions = scene_templates.by_id()[choice.template].emotions
    assert sorted(scene_of(one)["emotion"] for one in lessons if one != lesson) == sorted(emotions)


def test_a_language_models_words_that_did_good_are_the_answer(
    practice: Practice, ada: Showing, seal_now: Seal, capsys: Out
) -> None:
    agree(practice.patient)
    choice, request_id = decided(ada, 1)
    approve(choice.template)
    own = {"alt": "A quiet place in the evening.", "line": "What do you notice first?"}
    text = "Quietly the evening settles on the place, and nothing has to be done."
    head = choice.prompt.partition(". ")[0]
    note(ada, ImageReworded(request_id=request_id, attempt=0, model="m", outcome="taken", prompt=f"{head}. {text}",
                            ms=1, **own))  # fmt: skip
    seal_now()
    (lesson,) = of_winter_ink(exported(capsys))
    assert json.loads(lesson["messages"][2]["content"]) == {"text": text} | own


def test_no_line_holds_anything_of_who_the_patient_is(
    practice: Practice, ada: Showing, seal_now: Seal, capsys: Out
) -> None:
    agree(practice.patient)
    choice, request_id = decided(ada, 1)
    approve(choice.template)
    seal_now()
    call_command("export_finetune")
    said = capsys.readouterr().out
    ids = (practice.patient.id, ada.session_id, request_id, choice.template)
    assert of_winter_ink([json.loads(line) for line in said.splitlines()])
    assert not [
        known for known in (*map(str, ids), "Ada", "Canary", "Patient 014", "Rosalind", "2026") if known in said
    ]


def test_who_did_not_agree_or_took_it_back_is_not_in_it(
    practice: Practice, ada: Showing, seal_now: Seal, capsys: Out
) -> None:
    choice, _ = decided(ada, 1)
    approve(choice.template)
    seal_now()
    assert of_winter_ink(exported(capsys)) == []
    agree(practice.patient)
    seal_now()
    assert len(of_winter_ink(exported(capsys))) == 1
    patients.withdraw_consent(practice.patient.id, purpose="research", actor=practice.patient.actor, command_id=uuid4())
    seal_now()
    assert of_winter_ink(exported(capsys)) == []


def test_a_decision_whose_own_picture_did_no_good_is_not_in_it(
    practice: Practice, ada: Showing, seal_now: Seal, capsys: Out
) -> None:
    agree(practice.patient)
    no_good: list[dict[str, Any]] = [
        {"rating": 0}, {"upset": True}, {"fallback": "late"}, {"template": "library:sea-00"}
    ]  # fmt: skip
    for seed, facts in enumerate(no_good):
        approve(decided(ada, seed, **facts)[0].template)
    seal_now()
    assert of_winter_ink(exported(capsys)) == []


def test_a_decision_in_words_that_the_template_does_not_give_is_not_in_it(
    practice: Practice, ada: Showing, seal_now: Seal, capsys: Out
) -> None:
    agree(practice.patient)
    choice, request_id = decided(ada, 1)
    approve(choice.template)
    told = deciding.composed(request_id, 1, choice, inputs())
    assert isinstance(told, ImageComposed)
    note(ada, replace(told, prompt=f"{told.prompt} Rosalind's roses are there."))
    seal_now()
    assert of_winter_ink(exported(capsys)) == []


def test_only_templates_approved_in_their_present_words_are_in_it(
    practice: Practice, ada: Showing, seal_now: Seal, capsys: Out
) -> None:
    agree(practice.patient)
    decided(ada, 1)  # of a draft
    approved, withdrawn = (one.id for one in scene_templates.templates()[:2])
    approve(approved, withdrawn)
    digest = scene_templates.by_id()[withdrawn].digest
    reviewing.review(withdrawn, WITHDRAWN, seen=digest, comment="unclear", actor=CLINICIAN, command_id=uuid4())
    seal_now()
    known = scene_templates.by_id()[approved]
    assert {scene_of(one)["text"] for one in exported(capsys)} == {known.text}


def test_whose_decisions_were_read_stands_in_the_access_trail(
    practice: Practice, ada: Showing, seal_now: Seal, capsys: Out
) -> None:
    agree(practice.patient)
    showing(practice.other.id, practice.other.actor).show()
    choice, _ = decided(ada, 1)
    approve(choice.template)
    seal_now()
    exported(capsys)
    seal_now()
    rows = AccessRow.objects.filter(actor_id=ACTOR.id)
    assert [(row.patient_id, row.right, row.purpose, row.route) for row in rows] == [
        (practice.patient.id, "export", "research", "export_finetune")
    ]


def test_without_an_approved_template_there_is_nothing_to_export(fresh_db: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError) as no:
        call_command("export_finetune", out=tmp_path / "lessons.jsonl")
    assert no.value.returncode == 1
    assert not (tmp_path / "lessons.jsonl").exists()


def test_a_file_is_readable_by_its_owner_alone(fresh_db: str, tmp_path: Path) -> None:
    approve(scene_templates.templates()[0].id)
    path = tmp_path / "out" / "lessons.jsonl"
    call_command("export_finetune", out=path)
    assert path.stat().st_mode & 0o077 == 0
    assert all(json.loads(line)["messages"] for line in path.read_text("utf-8").splitlines())
