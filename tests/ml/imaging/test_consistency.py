"""How alike one patient's pictures are is told from how alike everybody's are."""

import json

import numpy as np
import pytest

from ml.imaging.quality import consistency
from ml.imaging.quality.kinship import kinship


def table(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def pictures(own: float, *, patients: int = 6, prompts: int = 5, seed: int = 0) -> np.ndarray:
    """Points: what a prompt asks for, plus `own` times what is the patient's."""
    rng = np.random.default_rng(seed)
    asked, whose = rng.normal(size=(prompts, 8)), own * rng.normal(size=(patients, 8))
    return (whose[:, None] + asked[None] + 0.1 * rng.normal(size=(patients, prompts, 8))).reshape(-1, 8)


def test_who_has_nothing_of_their_own_is_as_far_from_themselves_as_from_others() -> None:
    found = kinship(table(pictures(0.0)), 6)
    assert found.ratio == pytest.approx(1.0, abs=0.05)
    assert found.ratio_from <= found.ratio <= found.ratio_to


def test_the_more_of_their_own_the_lower_the_ratio_and_what_is_asked_for_does_not_count() -> None:
    some, much = (kinship(table(pictures(own)), 6) for own in (1.0, 3.0))
    assert much.ratio < some.ratio < 0.9
    assert much.ratio_to < 1.0


def test_a_repeat_is_seen() -> None:
    points = pictures(1.0)
    points[1] = points[0]  # the first patient's second prompt gave the first one's picture
    assert kinship(table(points), 6).least == pytest.approx(0.0, abs=1e-9)


def test_pictures_nearer_than_the_bar_are_named_and_what_was_not_measured_is_not() -> None:
    assert consistency.LEAST == {"clip": 0.05, "structure": 0.2}  # docs/models/painter.md states them
    assert consistency.below({"structure": {"least": 0.2}}) == []
    assert consistency.below({"structure": {"least": 0.19}}) == ["structure"]
    assert consistency.below({"structure": {"least": 0.9}, "clip": {"least": 0.04}}) == ["clip"]


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
def test_a_painter_that_repeats_itself_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = np.random.default_rng(0).integers(0, 256, (1, 128, 128, 3), np.uint8)
    monkeypatch.setattr(consistency, "painted", lambda *_: np.repeat(one, 4, axis=0))
    assert consistency.main(["--patients", "2", "--prompts", "2", "--json"]) == 1
    facts = json.loads(capsys.readouterr().out)
    assert facts["structure"]["least"] < facts["bars"]["structure"]
    assert facts["structure"]["ratio"] == 1.0
    assert "clip" not in facts["bars"]


def test_beyond_words_what_is_asked_for_is_gone_and_what_is_the_patients_stays() -> None:
    def ratio(own: float) -> float:
        return kinship(consistency.angles(consistency.beyond_words(np.float32(pictures(own)), 6)), 6).ratio

    assert ratio(0.0) == pytest.approx(1.0, abs=0.1)
    assert ratio(0.5) < 0.3


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
def test_the_command_measures_the_painter_that_ships(capsys: pytest.CaptureFixture[str]) -> None:
    assert consistency.main(["--patients", "2", "--prompts", "2", "--shared-noise", "0.5", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["model"].startswith("painter@")
    assert facts["shared_noise"] == 0.5
    assert 0.0 < facts["structure"]["least"] <= facts["structure"]["within"] <= 1.0
    with pytest.raises(SystemExit):
        consistency.main(["--patients", "1"])
