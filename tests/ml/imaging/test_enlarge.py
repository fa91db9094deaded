"""Enlarging keeps the picture, fixes its grain by the seed, and answers the wanted side."""

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from ml.imaging.enlarge import enlarge
from ml.scenes.render import render
from ml.scenes.spec import SceneSpec

SMALL = render(SceneSpec("lake", "dawn", seed=2), 64, 64)


@pytest.mark.parametrize("side", [65, 100, 128, 200, 512])
def test_the_side_is_the_wanted_one(side: int) -> None:
    picture = enlarge(SMALL, side, 1)
    assert picture.shape == (side, side, 3)
    assert picture.dtype == np.uint8


def test_the_width_keeps_the_aspect() -> None:
    assert enlarge(SMALL[:, :48], 128, 1).shape == (128, 96, 3)
    assert enlarge(SMALL[:48], 96, 1).shape == (96, 128, 3)


@pytest.mark.parametrize("side", [64, 32])
def test_a_picture_already_that_high_is_returned_as_it_is(side: int) -> None:
    assert np.array_equal(enlarge(SMALL, side, 1), SMALL)


def test_the_seed_fixes_the_grain_which_is_hardly_seen() -> None:
    one, same, other = (enlarge(SMALL, 256, seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert 0 < np.abs(one.astype(int) - other).mean() < 5


def test_it_still_shows_the_same_picture() -> None:
    back = np.asarray(Image.fromarray(enlarge(SMALL, 512, 3)).resize((64, 64), Image.Resampling.BOX))
    assert np.abs(back.astype(int) - SMALL).mean() < 4


@pytest.mark.parametrize("level", [0, 1, 254, 255])
def test_black_and_white_do_not_wrap_around(level: int) -> None:
    flat: npt.NDArray[np.uint8] = np.full((16, 16, 3), level, np.uint8)
    assert np.abs(enlarge(flat, 64, 5).astype(int) - level).max() < 20


def test_layered_paper_has_shadows_at_the_edges_of_its_sheets_and_keeps_the_picture() -> None:
    plain, paper = (enlarge(SMALL, 512, 3, style=style) for style in ("", "paper"))
    assert np.array_equal(paper, enlarge(SMALL, 512, 3, style="paper"))
    back = [
        np.asarray(Image.fromarray(one).resize((16, 16), Image.Resampling.BOX)).astype(float) for one in (plain, paper)
    ]
    assert np.corrcoef(back[0].ravel(), back[1].ravel())[0, 1] > 0.9
    steep = [(np.abs(np.diff(one.mean(axis=2), axis=0)) > 12).mean() for one in (plain, paper)]
    assert steep[1] > 1.2 * steep[0]


def test_paper_that_differs_by_less_than_anyone_sees_is_cut_alike() -> None:
    nudge = np.random.default_rng(5).uniform(-0.001, 0.001, SMALL.shape)
    one, other = (enlarge(pixels, 512, 3, style="paper").astype(int) for pixels in (SMALL.astype(float), SMALL + nudge))
    assert np.abs(one - other).max() <= 1
