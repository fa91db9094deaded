"""A painter whose device has too little memory paints in slices and tiles, and only then gives up.

No GPU here: the stand-in for its allocator is a hook on the UNet that raises torch's own error.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.models.attention_processor import SlicedAttnProcessor
from torch import nn

from ml.imaging.painter import Order, Painter
from ml.safety.verdict import SafePrompt

pytestmark = pytest.mark.filterwarnings(
    # diffusers' scheduler hands a tensor to numpy the old way
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)

Safe = Callable[..., SafePrompt]
STEPS = 3


class Allocator:
    """Room for attention in slices, from the UNet's second run on; or, once `full`, for nothing."""

    def __init__(self, painter: Painter) -> None:
        self.unet: nn.Module = painter.pipeline.unet
        self.calls, self.full = 0, False
        self.handle = self.unet.register_forward_pre_hook(self)

    def __call__(self, *_: object) -> None:
        self.calls += 1
        if self.full or (self.calls > 1 and not self.sliced()):
            raise torch.OutOfMemoryError("stand-in for a device's allocator")

    def sliced(self) -> bool:
        processors = [module.processor for module in self.unet.modules() if hasattr(module, "processor")]
        return bool(processors) and all(isinstance(one, SlicedAttnProcessor) for one in processors)


@pytest.fixture
def own(trained: Path) -> Painter:
    """A painter that no other test has."""
    return Painter.load(folder=trained / "pipeline", unseen=())


@pytest.fixture
def allocator(own: Painter) -> Iterator[Allocator]:
    made = Allocator(own)
    yield made
    made.handle.remove()


def test_short_of_memory_it_begins_again_in_slices_and_tiles_and_paints_nearly_the_same(
    painter: Painter, own: Painter, allocator: Allocator, safe: Safe
) -> None:
    """Of the painter that ships: a mean of 1 grey level, 99 % within 6, none beyond 14."""
    prompt, told, decoded = safe("a calm lake at dawn"), list[int](), list[int]()
    own.pipeline.vae.decoder.register_forward_pre_hook(lambda _, given: decoded.extend(given[0].shape[2:]))
    drawn = own.draw(prompt, seed=1, steps=STEPS, on_step=lambda step, _: told.append(step))
    expected = painter.draw(prompt, seed=1, steps=STEPS).pixels
    apart = np.abs(drawn.pixels.astype(int) - expected)
    assert told == [1, 1, 2, 3]
    assert apart.mean() <= 2
    assert len(decoded) > 2
    assert max(decoded) * own.pipeline.vae_scale_factor <= own.profile.size // 2


def test_it_stays_sparing(own: Painter, allocator: Allocator, safe: Safe) -> None:
    own.draw(safe("a calm lake"), seed=1, steps=STEPS)
    before = allocator.calls
    own.draw(safe("a calm lake"), seed=2, steps=STEPS)
    assert allocator.calls == before + STEPS


def test_without_memory_even_for_slices_it_gives_up_and_can_paint_later(
    own: Painter, allocator: Allocator, safe: Safe
) -> None:
    allocator.full = True
    with pytest.raises(torch.OutOfMemoryError):
        own.draw(safe("a calm lake"), seed=1, steps=STEPS)
    assert allocator.calls == 2
    allocator.full = False
    assert own.draw(safe("a calm lake"), seed=1, steps=STEPS).pixels.std() > 0


def test_a_batch_too_large_for_memory_is_painted_in_halves(painter: Painter, own: Painter, safe: Safe) -> None:
    sizes = list[int]()

    def room_for_two(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        sizes.append(len(inputs[0]) // 2)  # each picture is painted with and without its words
        if sizes[-1] > 2:
            raise torch.OutOfMemoryError("stand-in for a device's allocator")

    handle = own.pipeline.unet.register_forward_pre_hook(room_for_two)
    orders = [Order(safe("a calm lake"), seed, steps=1) for seed in range(4)]
    drawn = own.draw_many(orders)
    handle.remove()
    assert sizes == [4, 2, 2]
    for order, one in zip(orders, drawn, strict=True):
        expected = painter.draw(order.prompt, seed=order.seed, steps=1).pixels
        assert np.abs(one.pixels.astype(int) - expected).max() <= 1
