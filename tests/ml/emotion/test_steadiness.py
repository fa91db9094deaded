"""Flicker and lag by hand, and the comparison with a running mean: won by who is steadier, lost by who is not."""

import torch
from torch import Tensor

from ml.emotion.measuring.beside_mean import compare
from ml.emotion.measuring.steadiness import running_mean, tally
from ml.emotion.training.clips import Clips

_LENGTH, _CHANGE = 24, 10


def _clips(count: int) -> Clips:
    """Anger, then from frame 10 disgust."""
    targets = torch.zeros(count, _LENGTH, 7)
    targets[:, :_CHANGE, 0], targets[:, _CHANGE:, 1] = 1, 1
    frames = torch.zeros(count, 0, 1, 8, 8)
    return Clips(frames, targets, torch.full((count,), _CHANGE), torch.ones(count, dtype=torch.bool))


def _shaky(clips: Clips, seed: int, noise: float = 0.35) -> Tensor:
    grain = torch.randn(clips.targets.shape, generator=torch.Generator().manual_seed(seed)) * noise
    return (clips.targets * 0.6 + grain).softmax(dim=2)


def test_counts_by_hand() -> None:
    clips = _clips(1)
    answers = clips.targets.clone()
    answers[0, 3] = torch.eye(7)[4]  # to sadness and back
    answers[0, _CHANGE : _CHANGE + 2] = torch.eye(7)[0]  # two frames late
    found = tally(answers, clips)
    assert (found.moved.tolist(), found.lag.tolist()) == ([2], [2])
    assert found.chances.tolist() == [_LENGTH - 1 - 4]  # four frames of change count for nobody
    assert found.right.tolist() == [(_LENGTH - 3) / _LENGTH]


def test_who_never_names_the_new_emotion_lags_to_the_end() -> None:
    clips = _clips(1)
    assert tally(clips.targets[:, :1].expand(-1, _LENGTH, -1), clips).lag.tolist() == [_LENGTH - _CHANGE]


def test_a_running_mean_trades_flicker_for_lag() -> None:
    clips = _clips(40)
    alone, calm = (tally(running_mean(_shaky(clips, 1), keep), clips).figures() for keep in (0.0, 0.8))
    assert calm.flicker < alone.flicker
    assert calm.lag > alone.lag


def test_a_running_mean_does_not_beat_itself() -> None:
    clips = _clips(60)
    shaky = _shaky(clips, 1)
    low, high = compare(shaky, running_mean(shaky, 0.6), clips)["mean_at_equal_lag"]["less_interval"]
    assert low <= 0.001
    assert high >= -0.001


def test_who_is_steadier_at_equal_lag_is_seen_to_be() -> None:
    clips = _clips(60)
    figures = compare(_shaky(clips, 1), _shaky(clips, 2, noise=0.2), clips)
    assert figures["mean_at_equal_lag"]["less_interval"][0] > 0
