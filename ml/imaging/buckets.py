"""The sizes of batches."""

from collections.abc import Sequence
from typing import Final, TypeVar

One = TypeVar("One")
BUCKETS: Final = (1, 2, 4, 8)
"""Sizes of a batch: few shapes, so that what was compiled or allocated for one is used again."""


def in_buckets(orders: Sequence[One], buckets: Sequence[int] = BUCKETS) -> list[Sequence[One]]:
    """Cut into the fewest batches of the buckets' sizes: seven are four, two and one; nobody paints for nobody."""
    batches, at = list[Sequence[One]](), 0
    while at < len(orders):
        size = max(bucket for bucket in buckets if bucket <= len(orders) - at)
        batches.append(orders[at : at + size])
        at += size
    return batches
