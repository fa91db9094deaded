"""Figures agree with hand counts."""

import numpy as np
import pytest
import torch

from ml.emotion.calibrate import fit_temperature
from ml.emotion.metrics import confusion, expected_calibration_error, kept_curve, report
from ml.emotion.steadiness import running_mean, steadiness


def _sure(*winners: int, of: float = 1.0) -> np.ndarray:
    rows = np.full((len(winners), 7), (1 - of) / 6, np.float32)
    rows[np.arange(len(winners)), winners] = of
    return rows


def test_counts_by_hand() -> None:
    figures = report(_sure(0, 0, 3, 3), np.array([0, 1, 3, 3]), bar=0.5)
    assert figures["accuracy"] == 0.75
    assert figures["per_class"]["anger"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1}
    assert figures["per_class"]["happiness"]["f1"] == pytest.approx(1)
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 1) / 7)
    assert figures["abstained"] == 0


def test_rows_are_true_and_columns_guessed() -> None:
    assert confusion(np.array([2, 2]), np.array([2, 5]))[2].tolist() == [0, 0, 1, 0, 0, 1, 0]


def test_below_the_bar_nothing_is_kept() -> None:
    figures = report(_sure(0, 1, of=0.3), np.array([0, 1]), bar=0.5)
    assert figures["abstained"] == 1
    assert figures["accuracy_kept"] is None


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    assert expected_calibration_error(_sure(0, 0, of=0.8), np.array([0, 1])) == pytest.approx(0.3, abs=1e-6)
    assert expected_calibration_error(_sure(0, 1), np.array([0, 1])) == pytest.approx(0, abs=1e-6)


def test_temperature_takes_back_what_overconfidence_added() -> None:
    random = np.random.default_rng(0)
    honest = random.normal(0, 1.5, (1500, 7)).astype(np.float32)
    chances = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    labels = np.array([random.choice(7, p=row / row.sum()) for row in chances.astype(float)])
    assert fit_temperature(honest * 3, labels) == pytest.approx(3, rel=0.1)


def test_a_higher_bar_keeps_fewer() -> None:
    rows = kept_curve(np.concatenate([_sure(0, 0, of=0.9), _sure(1, 1, of=0.35)]), np.array([0, 0, 1, 2]))
    assert rows[0][1:] == (1.0, 0.75)
    assert rows[-1][1:] == (0.5, 1.0)


def test_a_running_mean_trades_flicker_for_lag() -> None:
    targets = torch.zeros(1, 12, 7)
    targets[0, :6, 0], targets[0, 6:, 1] = 1, 1
    shaky = targets.clone()
    shaky[0, 3] = torch.eye(7)[4]
    change, turns = torch.tensor([6]), torch.tensor([True])
    alone = steadiness(shaky, targets, change, turns)
    calm = steadiness(running_mean(shaky, 0.7), targets, change, turns)
    assert calm.flicker < alone.flicker
    assert calm.lag > alone.lag
