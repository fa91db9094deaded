"""How well a picture fits its words and how it compares with vetted scenes is measured."""

import json

import numpy as np
import pytest
from PIL import Image, ImageFilter

from ml.imaging.probe.network import ProbeNet
from ml.imaging.probe.pictures import held_out_specs, renders
from ml.imaging.probe.reader import Probe
from ml.imaging.quality.aesthetic import ANY, REFERENCE, aesthetic
from ml.imaging.quality.fit import ClipFit, ProbeFit
from ml.imaging.quality.measure import measure
from ml.imaging.quality.statistics import NAMES, statistics
from ml.scenes.library import entries
from ml.scenes.spec import STYLES, SceneSpec


def test_the_reference_is_what_the_vetted_scenes_measure() -> None:
    stored = json.loads(REFERENCE.read_text())
    assert stored["scenes"] == len(entries())
    assert set(stored["styles"]) == {ANY, *STYLES}
    some = measure(entries()[::16])["styles"][ANY]
    for name in NAMES:
        there = stored["styles"][ANY][name]
        assert abs(some[name]["middle"] - there["middle"]) < there["spread"]


def test_spoilt_scenes_score_below_the_scenes_they_were() -> None:
    specs = held_out_specs(12, seed=2)
    scenes = renders(specs)
    whole = {style: [row for row, spec in enumerate(specs) if spec.style == style] for style in STYLES}

    def scored(pixels: np.ndarray) -> np.ndarray:
        values = np.zeros(len(pixels))
        for style, rows in whole.items():
            values[rows] = aesthetic(pixels[rows], style) if rows else []
        return values

    before = scored(scenes)
    assert ((before > 0) & (before <= 1)).all()
    for spoil in (darkened, blurred, noisy, washed_out):
        assert np.mean(scored(spoil(scenes)) < before) >= 0.75, spoil.__name__


def darkened(scenes: np.ndarray) -> np.ndarray:
    return (scenes * 0.35).astype(np.uint8)


def blurred(scenes: np.ndarray) -> np.ndarray:
    return np.stack([np.asarray(Image.fromarray(one).filter(ImageFilter.GaussianBlur(4))) for one in scenes])


def noisy(scenes: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, 25, scenes.shape)
    return np.clip(scenes + noise, 0, 255).astype(np.uint8)


def washed_out(scenes: np.ndarray) -> np.ndarray:
    return (215 + (scenes.astype(float) - 128) * 0.15).astype(np.uint8)


def test_statistics_are_those_of_known_pictures() -> None:
    grey = np.full((1, 128, 128, 3), 128, np.uint8)
    halves = grey.copy()
    halves[:, :, :64], halves[:, :, 64:] = 0, 255
    lightness, contrast, colour, detail, _ = statistics(grey)[0]
    assert (lightness, contrast, colour) == pytest.approx((128 / 255, 0, 0), abs=1e-6)
    assert statistics(halves)[0][:3] == pytest.approx((0.5, 0.5, 0), abs=1e-3)
    assert statistics(halves)[0][3] > detail
    red = grey.copy()
    red[..., 0] = 255
    assert statistics(red)[0][2] > 0.1


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(KeyError):
        aesthetic(np.zeros((1, 128, 128, 3), np.uint8), "oil")


def test_the_probe_finds_that_scenes_fit_their_own_words_better_than_others() -> None:
    fit = ProbeFit(Probe.load())
    specs = [SceneSpec("sea", "dawn", seed=3), SceneSpec("town", "night", "snow", "winter", "cool", "gouache", 4)]
    pixels = renders(specs)
    own = fit.scores(pixels, "the sea at dawn")
    other = fit.scores(pixels, "a small town at night, snow, cool colours, gouache")
    assert own is not None
    assert other is not None
    assert min(own[0], other[1]) > 0.8
    assert max(own[1], other[0]) < 0.3


def test_words_that_nobody_knows_are_not_judged() -> None:
    pixels = renders(held_out_specs(1, 1))
    assert ProbeFit(Probe(ProbeNet((4, 8)), "none")).scores(pixels, "zebra xylophone") is None


class Level:
    """Stands for a CLIP whose cosines are known."""

    label = "level"

    def cosines(self, pixels: np.ndarray, _: str) -> np.ndarray:
        return np.linspace(-1, 1, len(pixels))


def test_cosines_become_scores_between_nothing_and_one() -> None:
    fit = ClipFit(Level())  # type: ignore[arg-type]
    pixels = np.zeros((3, 8, 8, 3), np.uint8)
    scores = fit.scores(pixels, "a lake")
    assert scores is not None
    assert scores.tolist() == [0.0, 0.5, 1.0]
    assert fit.scores(pixels, "zebra") is None
