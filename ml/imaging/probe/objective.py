"""What the probe is asked in training, and what it must not learn from what was kept out."""

from functools import lru_cache
from itertools import product
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from ml.imaging.probe.augment import SHAPES
from ml.scenes.captions import ATTRIBUTES
from ml.scenes.spec import KINDS, TIMES, WEATHERS, SceneSpec, held_out

_SMOOTHING: Final = 0.02
_COMBINED: Final = ("kind", "time", "weather")
"""The attributes whose combinations are kept out."""


def naming_loss(scores: dict[str, Tensor], truth: Tensor, own_colours: Tensor) -> Tensor:
    """Cross-entropy over the attributes; what colours tell is asked only of pictures that still have their own.

    A word whose combination was kept out is no wrong answer: else the probe would learn that, say, a room at dusk
    is never cloudy, and would deny the very combinations by which painters are judged.

    Args:
        truth: (B, 6) places in the vocabularies.
    """
    total = torch.zeros(())
    for column, name in enumerate(ATTRIBUTES):
        answers = scores[name].float()
        if name in _COMBINED:
            answers = answers.masked_fill(kept_out(name, truth), -30.0)
        each = _against(answers, truth[:, column])
        asked = torch.ones_like(each) if name in SHAPES else own_colours.float()
        total = total + (each * asked).sum() / asked.sum().clamp_min(1.0)
    return total


def _against(answers: Tensor, truth: Tensor) -> Tensor:
    """(B,) cross-entropy with a little of the target spread over the answers that count."""
    logs = answers.log_softmax(dim=1)
    counting = (answers > -30.0).float()
    spread = (logs * counting).sum(dim=1) / counting.sum(dim=1)
    exact = functional.nll_loss(logs, truth, reduction="none")
    return (1.0 - _SMOOTHING) * exact - _SMOOTHING * spread


def kept_out(name: str, truth: Tensor) -> Tensor:
    """(B, words) bool: with the picture's other two of kind, time and weather, the word would be a held-out scene."""
    at = _COMBINED.index(name)
    table = _table().movedim(at, 2)
    one, other = (truth[:, place] for place in range(3) if place != at)
    return table[one, other]


@lru_cache(maxsize=1)
def _table() -> Tensor:
    """(kinds, times, weathers) bool: whether the combination is kept out of training."""
    flags = [held_out(SceneSpec(*words)) for words in product(KINDS, TIMES, WEATHERS)]
    return torch.tensor(flags).reshape(len(KINDS), len(TIMES), len(WEATHERS))
