"""A device's memory that runs out costs time and at worst an answer, never the worker.

No GPU here: the limit is a stand-in that raises torch's own error for a batch above a size, as an allocator would.
"""

from collections.abc import Callable, Sequence

import pytest
import torch

from ml.engine.memory import in_parts


def with_room_for(most: int, seen: list[int]) -> Callable[[Sequence[int]], list[int]]:
    def work(batch: Sequence[int]) -> list[int]:
        seen.append(len(batch))
        if len(batch) > most:
            raise torch.OutOfMemoryError("stand-in")
        return [10 * one for one in batch]

    return work


@pytest.mark.parametrize("size", [1, 2, 5, 8, 16])
@pytest.mark.parametrize("most", [1, 2, 3, 16])
def test_halves_answer_as_the_whole_would_have(size: int, most: int) -> None:
    batch, seen = list(range(size)), list[int]()
    assert in_parts(with_room_for(most, seen), batch, lambda _: -1) == [10 * one for one in batch]
    assert seen[0] == size
    assert sum(count for count in seen if count <= most) == size


def test_what_is_too_large_alone_is_answered_otherwise() -> None:
    def work(batch: Sequence[int]) -> list[int]:
        if 3 in batch:
            raise torch.OutOfMemoryError("stand-in")
        return [10 * one for one in batch]

    assert in_parts(work, [1, 2, 3, 4], lambda one: -one) == [10, 20, -3, 40]


def test_other_faults_are_not_taken_for_it() -> None:
    def work(_: Sequence[int]) -> list[int]:
        raise RuntimeError("not memory")

    with pytest.raises(RuntimeError, match="not memory"):
        in_parts(work, [1, 2], lambda one: one)
