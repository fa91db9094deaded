"""Figures agree with hand counts."""

import numpy as np
import pytest

from ml.emotion.measuring.brightness import by_brightness, skin_brightness
from ml.emotion.measuring.calibrate import fit, fit_temperature
from ml.emotion.measuring.metrics import confusion, expected_calibration_error, kept_curve, report


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


def _leaning() -> tuple[np.ndarray, np.ndarray]:
    """Logits that lean to the first emotion, and labels of which each emotion has as many."""
    random = np.random.default_rng(1)
    labels = random.integers(0, 7, 2000)
    lean = np.log(np.array([0.6, 0.05, 0.07, 0.07, 0.07, 0.07, 0.07]))
    return (np.eye(7)[labels] * 1.5 + random.normal(0, 0.7, (2000, 7)) + lean).astype(np.float32), labels


def test_rare_emotions_get_their_due_when_the_majority_agrees() -> None:
    logits, labels = _leaning()
    found = fit(logits, labels, labels)
    assert found.biases[0] == min(found.biases) < -1
    answers = found.apply(logits).argmax(axis=1)
    assert (answers == labels).mean() > (logits.argmax(axis=1) == labels).mean() + 0.1


def test_biases_that_cost_more_agreement_than_they_gain_are_not_taken() -> None:
    logits, labels = _leaning()
    common = logits.argmax(axis=1)  # annotators who see the common emotion wherever the network does
    assert not any(fit(logits, labels, common).biases)


def test_brightness_is_of_the_middle_of_the_face() -> None:
    images = np.full((2, 48, 48), 250, np.uint8)
    images[0, 18:36, 6:42], images[1, 18:36, 6:42] = 40, 200
    assert skin_brightness(images).tolist() == [40, 200]
    rows = by_brightness(_sure(0, 1), np.array([0, 0]), images, bar=0.5)
    assert [(row["n"], row["accuracy"]) for row in rows] == [(1, 1.0), (1, 0.0)]
