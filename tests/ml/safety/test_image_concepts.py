"""The concept layer: a CLIP is put to the test before it judges, and what nobody can judge is said."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ml.safety import concepts
from ml.safety.against import Against
from ml.safety.concepts_check import proof_scenes
from ml.safety.concepts_clip import ClipMissing, views_of
from ml.safety.image import NOT_JUDGED, not_judged, screen_image
from ml.safety.verdict import Refusal, SafeImage
from tests.ml.safety import tiny_clip


@pytest.fixture(autouse=True)
def nothing_installed() -> Iterator[None]:
    yield
    concepts.install(None)


@pytest.fixture(scope="module")
def able(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP that was taught scenes, and the words of all concepts with a red wash for a picture."""
    rules = concepts.rules()
    lesson = tiny_clip.scenes()
    for name, concept in rules["concepts"].items():
        shown = [tiny_clip.bloody(n) for n in range(12)] if name == "gore" else []
        lesson[name] = ([*concept["texts"], *concept["proof"]], shown)
    lesson["harmless"] = (rules["neutral"]["proof"], [])
    return tiny_clip.build(tmp_path_factory.mktemp("able"), lesson, steps=110)


@pytest.fixture(scope="module")
def of_calm_scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP that knows our scenes and nothing else."""
    return tiny_clip.build(tmp_path_factory.mktemp("calm"), tiny_clip.scenes(), steps=100)


def scene(kind: str = "lake") -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    return next(one for one in proof_scenes() if one.spec.kind == kind).pixels(96, 96)


def test_without_a_clip_nothing_dangerous_is_judged_and_that_is_said() -> None:
    answer = screen_image(scene(), Against(triggers=("water", "uncle Bob")))
    assert isinstance(answer, SafeImage)
    assert not_judged() == NOT_JUDGED == ("violence", "gore", "weapons", "self_harm")
    assert {*NOT_JUDGED, "triggers"} <= set(answer.verdict.not_judged)


def test_a_clip_of_calm_scenes_names_them_and_judges_nothing_dangerous(of_calm_scenes: Path) -> None:
    eyes = concepts.install(of_calm_scenes)
    assert eyes is not None
    assert eyes.sees, eyes.proof
    assert not eyes.judged, eyes.proof
    assert not_judged() == NOT_JUDGED


def test_an_untrained_clip_judges_nothing(tmp_path: Path) -> None:
    eyes = concepts.install(tiny_clip.build(tmp_path, tiny_clip.scenes(), steps=0))
    assert eyes is not None
    assert not eyes.sees
    assert not_judged() == NOT_JUDGED


def test_what_a_clip_was_found_able_to_judge_is_refused_with_score_and_threshold(able: Path) -> None:
    eyes = concepts.install(able)
    assert eyes is not None
    assert eyes.judged == set(NOT_JUDGED), eyes.proof
    assert not_judged() == ()
    answer = screen_image(tiny_clip.bloody(77))
    assert isinstance(answer, Refusal)
    assert answer.verdict.stage == "concepts"
    limit = concepts.rules()["concepts"]["gore"]["refused_from"]
    assert answer.verdict.labels["gore"] >= answer.verdict.thresholds["gore"] == limit
    calm = screen_image(scene())
    assert isinstance(calm, SafeImage), calm.verdict
    assert set(NOT_JUDGED) <= set(calm.verdict.labels)
    assert not set(NOT_JUDGED) & set(calm.verdict.not_judged)


def test_a_patients_trigger_is_refused_for_them_alone_and_their_own_word_stays_out_of_the_verdict(able: Path) -> None:
    concepts.install(able)
    sea = scene("sea")
    assert isinstance(screen_image(sea), SafeImage)
    answer = screen_image(sea, Against(triggers=("water",)))
    assert isinstance(answer, Refusal)
    assert answer.verdict.labels["trigger:water"] >= answer.verdict.thresholds["trigger:water"]
    own = screen_image(scene("desert"), Against(triggers=("uncle Bob",))).verdict
    assert "bob" not in str(own.as_json()).lower()
    assert "trigger:own_1" in own.labels
    assert "own_words" in own.not_judged


def test_a_folder_without_a_clip_installs_nothing(tmp_path: Path, able: Path) -> None:
    concepts.install(able)
    with pytest.raises(ClipMissing, match="no CLIP"):
        concepts.install(tmp_path)
    assert concepts.installed() is None
    assert not_judged() == NOT_JUDGED


def test_each_corner_is_looked_at_by_itself() -> None:
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[90:, 90:] = 255
    assert [bool(view.any()) for view in views_of(pixels)] == [True, False, False, False, True]
    assert views_of(pixels)[4].shape == (60, 60, 3)


def test_no_proof_text_repeats_a_text() -> None:
    for name, concept in concepts.rules()["concepts"].items():
        assert not set(concept["texts"]) & set(concept["proof"]), name
