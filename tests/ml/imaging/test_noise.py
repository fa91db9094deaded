"""Pictures of one patient share a part of the noise; it stays the noise that the sampler was made for."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ml.imaging.noise import starting_noise
from ml.imaging.order import Order
from ml.imaging.painter import Painter
from ml.safety.verdict import SafePrompt

SHAPE = (12, 16, 16)
seeds = st.integers(0, 2**31 - 1)


def alike(one: torch.Tensor, other: torch.Tensor) -> float:
    return float(torch.corrcoef(torch.stack([one.flatten(), other.flatten()]))[0, 1])


@given(st.lists(seeds, min_size=3, max_size=3, unique=True), st.floats(0.1, 0.9))
def test_as_much_is_shared_as_is_said_and_the_rest_is_each_pictures_own(drawn: list[int], share: float) -> None:
    look, one, other = drawn
    first, second, stranger = starting_noise([one, other, other], [look, look, None], SHAPE, share)
    assert alike(first, second) == pytest.approx(share, abs=0.09)  # 3,072 numbers: 5 deviations are 0.09
    assert alike(first, stranger) == pytest.approx(0.0, abs=0.09)
    assert float(first.std()) == pytest.approx(1.0, abs=0.07)


def test_without_a_look_or_a_share_it_is_what_the_seed_alone_gives() -> None:
    own = torch.randn((1, *SHAPE), generator=torch.Generator().manual_seed(5))
    assert torch.equal(starting_noise([5], [None], SHAPE, 0.5), own)
    assert torch.equal(starting_noise([5], [9], SHAPE, 0.0), own)


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
def test_a_patients_pictures_are_nearer_one_another_than_strangers(
    painter: Painter, safe: Callable[..., SafePrompt], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(painter, "profile", replace(painter.profile, shared_noise=0.8))
    prompt = safe("a calm lake at dawn")
    orders = [Order(prompt, seed, steps=3, look=look) for seed, look in ((1, 7), (2, 7), (2, 8))]
    mine, mine_too, anothers = (drawn.pixels.astype(int) for drawn in painter.draw_many(orders))
    assert np.abs(mine - mine_too).mean() < np.abs(mine - anothers).mean()
    alone = painter.draw_many(orders[:1])[0].pixels
    assert np.abs(alone.astype(int) - mine).max() <= 1


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
def test_who_shares_nothing_is_painted_as_before_beside_one_who_does(
    painter: Painter, safe: Callable[..., SafePrompt]
) -> None:
    prompt = safe("a calm lake at dawn")
    alone = painter.draw(prompt, seed=3, steps=2).pixels
    beside = painter.draw_many([Order(prompt, 3, steps=2), Order(prompt, 4, steps=2, look=1)])[0].pixels
    assert np.abs(alone.astype(int) - beside).max() <= 1
