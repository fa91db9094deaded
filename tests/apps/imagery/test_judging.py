"""A picture is judged against its technique and the patient's triggers, by what the settings name; else by nothing."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from apps.imagery import vitals
from apps.imagery.events import ImageRefused, ImageShown
from apps.imagery.tasks import judging, painting, pulse
from apps.imagery.vitals import Vitals
from ml.safety import concepts, thresholds
from ml.safety import image as image_safety
from ml.safety.against import Look
from ml.safety.concepts_clip import ClipMissing
from ml.safety.verdict import Verdict, passed
from tests.apps.imagery.living import Living, events, run_jobs


@pytest.fixture(autouse=True)
def installed_anew() -> Iterator[None]:
    judging.unjudged.cache_clear()
    yield
    judging.unjudged.cache_clear()
    concepts.install(None)
    thresholds.install(None)


@pytest.fixture
def fresh_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a worker that has painted nothing yet, whatever the tests before did in this process."""
    monkeypatch.setattr(painting, "_service", cache(painting._service.__wrapped__))


def test_the_layers_are_told_technique_and_triggers_and_the_event_holds_scores_and_limits(
    patient: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Look] = []

    def note(look: Look) -> Verdict:
        asked.append(look)
        return passed("note", "seen")

    monkeypatch.setattr(image_safety, "_LAYERS", (*image_safety._LAYERS, ("note", note)))
    patient.avoids("water")
    patient.feels(-4, 30)
    run_jobs()
    [shown] = events(patient, ImageShown)
    refusals = events(patient, ImageRefused)
    assert isinstance(shown, ImageShown)
    assert shown.fallback == "" or len(refusals) == 2
    limits = {score.label: score.refused_from for one in (*refusals, shown) for score in one.scores}  # type: ignore[attr-defined]
    assert limits["picture:unpleasant"] is not None
    for look in asked:
        assert look.against.triggers == ("water",)
        assert look.against.technique == shown.technique


def test_a_clip_that_is_not_there_leaves_the_patient_a_vetted_scene(
    patient: Living, settings: Any, tmp_path: Path, fresh_worker: None
) -> None:
    settings.ATTUNE_SAFETY_CLIP = str(tmp_path)
    with pytest.raises(ClipMissing):
        judging.unjudged()
    patient.feels(-4, 30)
    run_jobs()
    [shown] = events(patient, ImageShown)
    assert isinstance(shown, ImageShown)
    assert shown.fallback == "ClipMissing"
    assert shown.model.startswith("library:")


def test_a_worker_whose_clip_is_not_there_goes_on_saying_so(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_worker: None
) -> None:
    settings.ATTUNE_SAFETY_CLIP = str(tmp_path)
    said, twice = list[Vitals](), Event()

    def report(one: Vitals) -> None:
        said.append(one)
        if len(said) == 2:
            twice.set()

    monkeypatch.setattr(vitals, "report", report)
    stopped = pulse.begin(0.01)
    heard = twice.wait(30)
    stopped.set()
    assert heard
    assert {(one.model, one.resting) for one in said} == {("", "ClipMissing")}


def test_refitted_thresholds_are_taken_over(settings: Any, tmp_path: Path) -> None:
    refitted = tmp_path / "refitted.toml"
    refitted.write_text("[refused_from]\nsexual = 0.1\n", encoding="utf-8")
    settings.ATTUNE_SAFETY_THRESHOLDS = str(refitted)
    assert judging.unjudged() == image_safety.NOT_JUDGED
    assert thresholds.refused_from("sexual", 0.2) == 0.1
