"""The brush makes soft edges crisp, leaves washes alone and invents no colour."""

import numpy as np
import numpy.typing as npt
import pytest

from ml.imaging.brush import Image, brush

SIDE = 512
RNG = np.random.default_rng(3)


def soft_edge(width: float) -> Image:
    """(SIDE, SIDE, 3): dark to light from left to right, a tenth to nine tenths of the way within `width` pixels."""
    across = 1 / (1 + np.exp(-(np.arange(SIDE) - SIDE / 2) * 4.4 / width))
    return np.repeat((40 + 170 * across).astype(np.float32)[None, :, None], SIDE, axis=0).repeat(3, axis=2)


def width_of(picture: Image) -> int:
    """Pixels of the middle row between a tenth and nine tenths of the way."""
    row = (picture[SIDE // 2, :, 0] - 40) / 170
    return int(((row > 0.1) & (row < 0.9)).sum())


def test_a_soft_edge_becomes_crisp_and_stays_where_it_is() -> None:
    soft = soft_edge(8)
    painted = brush(soft)
    assert width_of(soft) >= 7
    assert width_of(painted) <= 4
    crossing = int(np.argmax(painted[SIDE // 2, :, 0] > 125))
    assert abs(crossing - SIDE // 2) <= 2


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 90, 30)])
def test_a_flat_wash_stays_as_it_is(colour: tuple[int, int, int]) -> None:
    flat = np.full((SIDE, SIDE, 3), colour, np.float32)
    np.testing.assert_allclose(brush(flat), flat, atol=0.05)


def test_no_colour_appears_that_was_not_near() -> None:
    noisy = RNG.uniform(60, 180, (SIDE, SIDE, 3)).astype(np.float32)
    noisy[:, SIDE // 2 :] += 50
    painted = brush(noisy)
    assert 60 <= painted[:, : SIDE // 2 - 20].min() < painted[:, : SIDE // 2 - 20].max() <= 180
    assert 110 <= painted[:, SIDE // 2 + 20 :].min() < painted[:, SIDE // 2 + 20 :].max() <= 230


def test_specks_go_and_strokes_stay() -> None:
    picture = np.full((SIDE, SIDE, 3), 200, np.float32)
    picture[98:110, 40:216] = 60
    picture[30, 30] = 0
    painted = brush(picture)
    assert painted[30, 30].min() > 190
    assert painted[104, 128].max() < 80


def test_what_differs_by_less_than_anyone_sees_is_painted_alike() -> None:
    """So that a picture drawn in company, which differs in the last digits, is within one level of itself alone."""
    picture = soft_edge(12) + RNG.normal(0, 6, (SIDE, SIDE, 3)).astype(np.float32)
    nudged: npt.NDArray[np.float32] = picture + RNG.uniform(-0.01, 0.01, picture.shape).astype(np.float32)
    assert np.abs(brush(picture) - brush(nudged)).max() < 0.5
