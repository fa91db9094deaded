"""The LSTM beside the plain running mean that lags as much: the comparison that says whether an LSTM is worth having.

A running mean has one number, how much it keeps of the past. Tried over the whole range it draws a curve of flicker
against lag; the LSTM is compared with the point of that curve that lags as much as the LSTM does.
"""

from dataclasses import asdict
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from ml.emotion.data.faceset import FaceSet
from ml.emotion.measuring.steadiness import Steadiness, Tally, running_mean, tally
from ml.emotion.network import EmotionNet
from ml.emotion.training.clips import FADE, Clips
from ml.emotion.training.seen import see, unroll

COMPARED: Final = (FADE, 1, 7)
"""Changes to compare on: one as in training, a cut, and one slower than any in training."""
KEEPS: Final = tuple(round(0.05 * step, 2) for step in range(20))
"""0 is no smoothing; 0.95 remembers a frame for four seconds at five frames a second."""
_DRAWS: Final = 1000


def compare_kinds(model: EmotionNet, faces: FaceSet, count: int, random: torch.Generator) -> dict[str, Any]:
    """:func:`compare` on `count` clips of faces that the LSTM never saw, for each kind of change by its frames."""
    figures: dict[str, Any] = {}
    for fade in COMPARED:
        seen = see(model, faces, count, random, fade=fade)
        with torch.no_grad():
            alone = (seen.logits / model.temperature).softmax(dim=2)
            followed = (unroll(model, seen) / model.temperature).softmax(dim=2)
        figures[f"fade_{fade}"] = compare(alone, followed, seen.clips)
    return figures


def compare(alone: Tensor, followed: Tensor, clips: Clips, *, seed: int = 0) -> dict[str, Any]:
    """Figures of (N, T, 7) probabilities of each frame `alone` and `followed` by the LSTM, with 95 % intervals.

    `mean_at_equal_lag`: flicker of the running mean that lags as much (no smoothing at all, where the LSTM is quicker
    than that), and how much less the LSTM flickers; intervals by drawing whole clips again (Efron's bootstrap).
    """
    means = [tally(running_mean(alone, keep), clips) for keep in KEEPS]
    lstm = tally(followed, clips)
    random = np.random.default_rng(seed)
    draws = [random.integers(0, len(clips.change), len(clips.change)) for _ in range(_DRAWS)]
    rows = [(lstm.figures(draw), _at_lag(means, lstm.figures(draw).lag, draw)) for draw in draws]
    flicker, lag = [ours.flicker for ours, _ in rows], [ours.lag for ours, _ in rows]
    less = [theirs - ours.flicker for ours, theirs in rows]
    own = lstm.figures()
    equal = _at_lag(means, own.lag, slice(None))
    return {
        "clips": len(clips.change),
        "fade": clips.fade,
        "alone": asdict(means[0].figures()),
        "lstm": asdict(own) | {"flicker_interval": _interval(flicker), "lag_interval": _interval(lag)},
        "mean_at_equal_lag": {"flicker": equal, "less": equal - own.flicker, "less_interval": _interval(less)},
        "means": {str(keep): asdict(one.figures()) for keep, one in zip(KEEPS, means, strict=True)},
    }


def _at_lag(means: list[Tally], lag: float, clips: Any) -> float:
    """The least flicker that a running mean has without lagging more, on the line between its neighbours."""
    curve: list[Steadiness] = sorted((one.figures(clips) for one in means), key=lambda point: point.lag)
    flickers = np.minimum.accumulate([point.flicker for point in curve])
    return float(np.interp(lag, [point.lag for point in curve], flickers))


def _interval(values: list[float]) -> list[float]:
    return [float(bound) for bound in np.percentile(values, (2.5, 97.5))]
