"""When a device's memory does not suffice: give back what nobody uses, and try with less."""

import gc
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

_LOG = logging.getLogger(__name__)
_One = TypeVar("_One")
_Answer = TypeVar("_Answer")


def in_parts(
    work: Callable[[Sequence[_One]], list[_Answer]], batch: Sequence[_One], otherwise: Callable[[_One], _Answer]
) -> list[_Answer]:
    """`work` on the whole batch; where memory does not suffice, on halves of it, down to one at a time.

    What is too large alone is answered by `otherwise`. Answers stand in the batch's order.
    """
    try:
        return work(batch)
    except torch.OutOfMemoryError:
        _LOG.warning("no memory for a batch of %d", len(batch))
    free()  # after the handler, which held on to all that the failed attempt had made
    if len(batch) == 1:
        return [otherwise(batch[0])]
    half = len(batch) // 2
    return in_parts(work, batch[:half], otherwise) + in_parts(work, batch[half:], otherwise)


def free() -> None:
    """Return cached blocks to the device. Touches no device that this process has not used."""
    gc.collect()
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.cuda.empty_cache()
