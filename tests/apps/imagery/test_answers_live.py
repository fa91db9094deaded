"""From a state to a picture in the log: real stores and engine, and a painter that is missing or fails."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from pytest_django import Settings

from apps.imagery import scheduling
from apps.imagery.events import ImageComposed, ImageRequested, ImageShown, RequestEnded
from apps.imagery.tasks import answering, painting, vetted
from apps.imagery.tasks.answering import ROUNDS
from eventstore import erasure
from eventstore.models import Job
from ml.imaging.order import Drawn
from ml.prompting import evolving
from ml.prompting.recorded import decide
from ml.prompting.triggers import named_in
from ml.safety.text import screen_text
from ml.safety.verdict import SafePrompt
from ml.scenes.library import VettedScene
from tests.apps.imagery.living import Living, events, jobs_of, run_jobs
from tests.apps.imagery.paired import plain
from tests.apps.imagery.showing import showing
from vault import blobs, cache

pytestmark = pytest.mark.usefixtures("no_painter")


def shown(patient: Living) -> list[ImageShown]:
    return [event for event in events(patient, ImageShown) if isinstance(event, ImageShown)]


def files_of(patient: Living) -> list[Path]:
    folder = blobs.path_of(patient.id, UUID(int=0)).parent
    return list(folder.iterdir()) if folder.exists() else []


def test_the_first_state_is_answered_with_a_picture(patient: Living) -> None:
    patient.feels(-4, 30)
    assert run_jobs() == 1
    (requested,), (composed,), (picture,) = (
        events(patient, kind) for kind in (ImageRequested, ImageComposed, ImageShown)
    )
    assert isinstance(requested, ImageRequested) and isinstance(composed, ImageComposed)
    assert isinstance(picture, ImageShown)
    assert picture.request_id == requested.request_id == composed.request_id
    assert picture.fallback == "PainterMissing"
    assert picture.alt and picture.line and picture.why
    assert blobs.open(patient.id, picture.image_id).media_type == "image/webp"


def test_a_job_delivered_twice_answers_once(patient: Living) -> None:
    from apps.imagery import tasks

    patient.feels(-4)
    (job,) = jobs_of()
    tasks.compose(str(job))
    tasks.compose(str(job))
    assert len(shown(patient)) == len(files_of(patient)) == 1


def test_the_deadline_answers_when_no_picture_came(patient: Living) -> None:
    patient.feels(3)
    run_jobs(scheduling.DEADLINE)
    (picture,) = shown(patient)
    assert picture.fallback == "late"
    run_jobs(scheduling.COMPOSE)
    assert len(shown(patient)) == len(files_of(patient)) == 1
    assert not Job.objects.exclude(kind=scheduling.MEASURE).exclude(status=Job.Status.DONE).exists()


def test_the_deadline_leaves_an_answered_request_alone(patient: Living) -> None:
    patient.feels(3)
    run_jobs(scheduling.COMPOSE)
    run_jobs(scheduling.DEADLINE)
    assert len(shown(patient)) == 1


def test_an_ended_session_gets_no_picture(patient: Living) -> None:
    patient.feels(-4)
    patient.ends()
    run_jobs()
    assert not shown(patient)
    assert not files_of(patient)
    (ended,) = events(patient, RequestEnded)
    assert isinstance(ended, RequestEnded) and ended.reason == "session_ended"


def test_without_consent_nothing_is_painted(patient: Living) -> None:
    patient.withdraws("images")
    patient.feels(-4)
    run_jobs()
    run_jobs(scheduling.DEADLINE)
    assert not shown(patient)
    assert not events(patient, ImageRequested)


def test_consent_taken_back_while_painting_shows_nothing(patient: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    patient.feels(-4)

    def withdrawn_meanwhile(*_: object, **__: object) -> None:
        patient.withdraws("images")
        raise painting.PainterFailed("late")

    monkeypatch.setattr(painting, "paint", withdrawn_meanwhile)
    run_jobs()
    assert not shown(patient)
    assert not files_of(patient)


def painter(*happens: Callable[[], object]) -> Callable[..., Any]:
    """Paints a plain picture of whatever it is asked for; while it paints the first, the second …, this happens."""
    left = list(happens)

    def paint(prompt: str, negative: str, seed: int, *_: object, **__: object) -> Any:
        safe, image = screen_text(prompt, negative), plain(40)
        assert isinstance(safe, SafePrompt)
        if left:
            left.pop(0)()
        return safe, painting.Painted(image, Drawn(image.pixels, 1, "painter@test", seed, 12, 3.5, prompt, (), ""))

    return paint


def told(patient: Living) -> list[dict[str, Any]]:
    """What the engine was told at each decision."""
    return [json.loads(one.inputs) for one in events(patient, ImageComposed)]


def test_what_the_patient_leaves_out_while_painting_is_decided_anew_and_only_that_is_shown(
    patient: Living, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(painting, "paint", painter(lambda: patient.avoids("water")))
    patient.feels(-4)
    run_jobs()
    assert [inputs["triggers"] for inputs in told(patient)] == [[], ["water"]]
    assert [one.attempt for one in events(patient, ImageComposed)] == [0, 1]
    [picture] = shown(patient)
    assert (picture.fallback, picture.template) == ("", events(patient, ImageComposed)[-1].template)
    assert len(files_of(patient)) == 1
    call_command("replay", str(patient.session_id), "--json")
    assert json.loads(capsys.readouterr().out)["identical"] == 2


def test_a_picture_that_upset_the_patient_while_the_next_is_painted_keeps_its_kind_out_of_it(
    patient: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = showing(patient.id, patient.actor)
    image_id = before.show(kind="lake")
    monkeypatch.setattr(painting, "paint", painter(lambda: before.upset(image_id)))
    patient.feels(-4)
    run_jobs()
    assert [inputs["blocked_kinds"] for inputs in told(patient)] == [[], ["lake"]]
    assert [one.kind for one in shown(patient)] != ["lake"]


def test_rules_that_change_with_every_picture_show_none_and_the_job_is_tried_again(
    patient: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = iter(("one", "two", "three", "four"))
    monkeypatch.setattr(painting, "paint", painter(*[lambda: patient.avoids(words=(next(words),))] * ROUNDS))
    patient.feels(-4)
    run_jobs()
    assert (shown(patient), files_of(patient)) == ([], [])
    assert Job.objects.get(kind=scheduling.COMPOSE).problem == "RulesChanged"
    run_jobs()
    assert told(patient)[-1]["triggers"] == ["three"]
    assert len(shown(patient)) == 1


@pytest.mark.parametrize("kind", [scheduling.COMPOSE, scheduling.DEADLINE])
def test_a_vetted_scene_obeys_what_was_left_out_while_it_was_drawn(
    patient: Living, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    drawn: list[VettedScene] = []

    def scene_like(*asked: Any) -> VettedScene:
        drawn.append(vetted.scene_like(*asked))
        if len(drawn) == 1:
            patient.avoids(words=(drawn[0].spec.kind,))
        return drawn[-1]

    monkeypatch.setattr(answering, "vetted", SimpleNamespace(scene_like=scene_like, SIDE=vetted.SIDE))
    patient.feels(-4)
    run_jobs(kind)
    [picture] = shown(patient)
    assert (len(drawn), len(files_of(patient))) == (2, 1)
    assert picture.kind == drawn[1].spec.kind != drawn[0].spec.kind


def test_a_scene_in_place_of_a_picture_is_chosen_by_the_rules_that_stand_then(
    patient: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        patient.avoids("water")
        raise painting.PainterFailed("PainterMissing")

    monkeypatch.setattr(painting, "paint", fails)
    patient.feels(-4)
    run_jobs()
    assert [inputs["triggers"] for inputs in told(patient)] == [[], ["water"]]
    [picture] = shown(patient)
    assert picture.technique == events(patient, ImageComposed)[-1].technique
    assert not named_in(f"{picture.alt} {picture.kind}", ("water",))


def test_a_shift_too_soon_waits_and_is_answered_later(patient: Living) -> None:
    patient.looks("sadness")
    run_jobs()
    patient.looks("happiness")
    run_jobs()
    assert [picture.emotion for picture in shown(patient)] == ["sadness"]
    patient.waits(seconds=21)
    run_jobs()
    assert [picture.emotion for picture in shown(patient)] == ["sadness", "happiness"]


def test_a_shift_that_waits_is_overtaken_by_the_next(patient: Living) -> None:
    patient.looks("sadness")
    run_jobs()
    patient.looks("happiness")
    run_jobs()
    patient.looks("fear")
    patient.waits(seconds=21)
    run_jobs()
    run_jobs()
    assert [picture.emotion for picture in shown(patient)] == ["sadness", "fear"]


def test_no_picture_touches_what_the_patient_avoids(patient: Living) -> None:
    patient.avoids("water", "dark", words=("meadow",))
    patient.feels(-4)
    run_jobs()
    (picture,) = shown(patient)
    assert not named_in(f"{picture.alt} {picture.kind}", ("water", "dark", "meadow"))


def test_when_everything_is_avoided_there_is_none(patient: Living) -> None:
    kinds = (
        "sea",
        "lake",
        "river",
        "forest",
        "meadow",
        "mountain",
        "garden",
        "path",
        "night",
        "desert",
        "room",
        "town",
    )
    patient.avoids(words=kinds)
    patient.feels(-4)
    run_jobs()
    assert {job.problem for job in Job.objects.all()} == {""}
    assert not shown(patient)
    (ended,) = events(patient, RequestEnded)
    assert isinstance(ended, RequestEnded) and ended.reason == "nothing_stands"


def test_jobs_that_wait_when_their_patient_is_erased_are_done(
    patient: Living, tmp_path: Path, settings: Settings
) -> None:
    """A picture that came, one put off for being too soon, and a state that nobody has looked at yet."""
    settings.ATTUNE_BLOB_DIR = str(tmp_path)
    patient.looks("fear")
    run_jobs()
    patient.waits(seconds=3)
    patient.looks("sadness")
    run_jobs()
    patient.looks("anger")
    patient.feels(-3, 30)
    waiting = Job.objects.filter(status=Job.Status.WAITING)
    assert {(job.kind, job.ids.get("reason")) for job in waiting} >= {
        (scheduling.COMPOSE, "shift"), (scheduling.COMPOSE, "later"), (scheduling.DEADLINE, "shift"),
        (scheduling.DEADLINE, "later"),
    }  # fmt: skip
    erasure.erase(patient.id)
    patient.seal()
    cache.clear()
    for kind in (scheduling.COMPOSE, scheduling.DEADLINE, scheduling.MEASURE):
        run_jobs(kind)
    assert set(Job.objects.values_list("status", "problem")) == {(Job.Status.DONE, "")}


def test_what_a_job_row_holds_says_nothing_of_the_patient(patient: Living) -> None:
    patient.feels(-4)
    row = Job.objects.filter(kind=scheduling.COMPOSE).get()
    assert set(row.ids) == {"request_id", "session_id", "patient_id", "reason", "shift_version"}
    assert row.ids["reason"] == "shift"


def test_a_vetted_scene_does_not_say_that_the_weather_clears(patient: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the nearest that the library has, which may be in any weather."""
    chosen = decide(
        {"state": {"emotion": "sadness"}, "history": [], "triggers": [], "kinds": [], "blocked_kinds": []}, 0
    )
    onward = (evolving.REASON,)
    clears = replace(chosen, reasons=(*chosen.reasons, *onward), of_the_scene=(*chosen.of_the_scene, *onward))
    monkeypatch.setattr(answering, "decide", lambda *_: clears)
    patient.feels(-4)
    run_jobs()
    (picture,) = shown(patient)
    assert (picture.template.partition(":")[0], picture.why) == ("library", chosen.reasons[:1])
