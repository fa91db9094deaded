"""Several pictures in one call are the pictures that each order would have had alone."""

from collections.abc import Callable

import numpy as np
import pytest

from ml.imaging.buckets import in_buckets
from ml.imaging.enlarge import enlarge
from ml.imaging.painter import Asked, MixedBatch, Order, Painter
from ml.safety.verdict import SafePrompt
from ml.scenes.render import render
from ml.scenes.spec import SceneSpec

Safe = Callable[..., SafePrompt]
STEPS = 3
WORDS = ("a calm lake at dawn", "a forest in mist", "a town at night", "the sea in rain, watercolour")


@pytest.fixture(scope="module")
def shipped() -> Painter:
    return Painter.load()


def levels_apart(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.abs(one.astype(int) - other).max())


def test_a_picture_painted_in_company_and_alone_differ_by_one_grey_level_at_most(shipped: Painter, safe: Safe) -> None:
    orders = [Order(safe(words), seed) for seed, words in enumerate(WORDS)]
    together = shipped.draw_many(orders)
    for order, drawn in zip(orders, together, strict=True):
        alone = shipped.draw(order.prompt, seed=order.seed)
        assert levels_apart(drawn.pixels, alone.pixels) <= 1
        assert (drawn.seed, drawn.asked, drawn.alt) == (alone.seed, alone.asked, alone.alt)
    assert levels_apart(together[0].pixels, together[1].pixels) > 20


def test_the_company_and_the_place_in_it_change_nothing(shipped: Painter, safe: Safe) -> None:
    one, two, three = (Order(safe(words), seed=9, steps=STEPS) for words in WORDS[:3])
    first = shipped.draw_many([one, two])[0]
    last = shipped.draw_many([three, two, one])[2]
    assert levels_apart(first.pixels, last.pixels) <= 1


def test_orders_of_one_batch_have_one_manner(shipped: Painter, safe: Safe) -> None:
    prompt, told = safe(WORDS[0]), list[int]()
    for other in (Order(prompt, 1, steps=2), Order(prompt, 1, guidance=2.0)):
        with pytest.raises(MixedBatch):
            shipped.draw_many([Order(prompt, 1), other], on_step=lambda step, _: told.append(step))
    assert not told


def test_steps_and_guidance_are_the_batchs_and_no_orders_are_no_pictures(shipped: Painter, safe: Safe) -> None:
    orders = [Order(safe(words), seed=1, steps=2, guidance=2.0) for words in WORDS[:2]]
    assert [(one.steps, one.guidance) for one in shipped.draw_many(orders)] == [(2, 2.0)] * 2
    assert shipped.draw_many([]) == []


def test_an_order_that_nobody_judged_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="SafePrompt"):
        Order("a calm lake", 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", range(20))
def test_batches_have_the_sizes_of_buckets_largest_first_and_miss_nobody(count: int) -> None:
    orders = [Asked(str(number), "", (), None, number) for number in range(count)]
    batches = in_buckets(orders)
    sizes = [len(batch) for batch in batches]
    assert [one for batch in batches for one in batch] == orders
    assert set(sizes) <= {1, 2, 4, 8}
    assert sizes == sorted(sizes, reverse=True)
    assert sizes.count(1) <= 1 and sizes.count(2) <= 1 and sizes.count(4) <= 1


def test_less_than_a_grey_level_before_enlarging_is_one_at_most_after_it() -> None:
    chance = np.random.default_rng(4)
    small = render(SceneSpec("town", "night", seed=2), 64, 64) + chance.uniform(-0.5, 0.5, (64, 64, 3))
    moved = small + chance.uniform(-0.01, 0.01, small.shape)
    assert levels_apart(enlarge(small, 256, 1), enlarge(moved, 256, 1)) <= 1
