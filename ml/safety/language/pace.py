"""How long a text of twenty words takes to be read, once everything is loaded."""

import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Final

import torch

from ml.safety.language.lines import Line

WORDS: Final = 20
SENTENCE: Final = (
    "behind the old mill a narrow path follows the river under tall willows until the first houses of our village"
)


def texts() -> Iterator[str]:
    """The sentence's words, beginning with each in turn: as long to read, and no two alike, so none is remembered."""
    words = SENTENCE.split()
    return (" ".join(words[at:] + words[:at]) for at in range(WORDS))


def milliseconds(judge: Callable[[Line], object]) -> float:
    """Median of processor time on one thread; two of the texts beforehand, unmeasured.

    What else the machine does hardly counts in it.
    """
    lines = [Line(text, frozenset(), "prompt", "pace") for text in texts()]
    before, took = torch.get_num_threads(), list[float]()
    torch.set_num_threads(1)
    try:
        for line in lines:
            start = time.process_time()
            judge(line)
            took.append((time.process_time() - start) * 1000)
    finally:
        torch.set_num_threads(before)
    return median(took[2:])
