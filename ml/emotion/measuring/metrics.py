"""What a classifier got right: accuracy, per-class figures, calibration. Labels index EMOTIONS."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.vocabulary import EMOTIONS


def report(probabilities: NDArray[np.float32], labels: NDArray[np.int64], *, bar: float) -> dict[str, Any]:
    """Figures of (N, 7) probabilities against (N,) labels; `bar`: below this confidence the reader abstains."""
    guesses = probabilities.argmax(axis=1)
    right = guesses == labels
    kept = probabilities.max(axis=1) >= bar
    matrix = confusion(labels, guesses)
    classes = per_class(matrix)
    return {
        "n": len(labels),
        "accuracy": float(right.mean()),
        "macro_f1": float(np.mean([figures["f1"] for figures in classes.values()])),
        "ece": expected_calibration_error(probabilities, labels),
        "per_class": classes,
        "confusion": matrix.tolist(),
        "abstained": float(1 - kept.mean()),
        "accuracy_kept": float(right[kept].mean()) if kept.any() else None,
    }


def confusion(labels: NDArray[np.int64], guesses: NDArray[np.intp]) -> NDArray[np.int64]:
    """(7, 7) counts: rows are true, columns guessed."""
    matrix = np.zeros((len(EMOTIONS), len(EMOTIONS)), np.int64)
    np.add.at(matrix, (labels, guesses), 1)
    return matrix


def per_class(matrix: NDArray[np.int64]) -> Mapping[str, dict[str, float]]:
    """Precision, recall, F1 and support of each emotion; a figure of no case is 0."""
    hits = np.diag(matrix)
    precision = hits / np.maximum(matrix.sum(axis=0), 1)
    recall = hits / np.maximum(matrix.sum(axis=1), 1)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return {
        emotion: {
            "precision": float(precision[row]),
            "recall": float(recall[row]),
            "f1": float(f1[row]),
            "support": int(matrix[row].sum()),
        }
        for row, emotion in enumerate(EMOTIONS)
    }


def expected_calibration_error(probabilities: NDArray[np.float32], labels: NDArray[np.int64], bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over equal bins of confidence (Guo et al., 2017), 0 to 1."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(float(right[places == place].mean()) - float(confidence[places == place].mean())) * (places == place).mean()
        for place in np.unique(places)
    ]
    return float(sum(gaps))


def kept_curve(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> list[tuple[float, float, float]]:
    """(bar, share kept, accuracy among the kept) for bars of confidence from 0 to 0.9."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    rows: list[tuple[float, float, float]] = []
    for bar in np.arange(0.0, 0.95, 0.1):
        kept = confidence >= bar
        if kept.any():
            rows.append((round(float(bar), 2), float(kept.mean()), float(right[kept].mean())))
    return rows
