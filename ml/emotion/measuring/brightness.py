"""Accuracy by how bright the skin appears: the nearest to skin tone that grey pictures without names allow.

Brightness is the median grey of the cheeks and the nose, which skin colour, light and exposure make together; it is no
measure of anyone's skin. A gap between bands is a reason to look closer, no gap is no proof of fairness.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ml.emotion.measuring.metrics import confusion, per_class

BANDS: Final = (0, 90, 120, 150, 180, 256)
"""Lower edges of the bands in grey levels, and the end. FER-2013's training faces: 7, 12, 21, 29 and 31 %."""


def skin_brightness(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(N,) median grey, 0 to 255, of the middle of each (N, S, S) face: below the eyes, above the mouth."""
    side = images.shape[1]
    rows, columns = slice(round(side * 0.45), round(side * 0.70)), slice(round(side * 0.2), round(side * 0.8))
    medians: NDArray[np.float64] = np.median(images[:, rows, columns], axis=(1, 2))
    return medians


def band_of(brightness: NDArray[np.float64]) -> NDArray[np.intp]:
    """(N,) numbers of the BANDS that hold each brightness, 0 the darkest."""
    return np.searchsorted(BANDS[1:-1], brightness, side="right")


def by_brightness(
    probabilities: NDArray[np.float32], labels: NDArray[np.int64], images: NDArray[np.uint8], *, bar: float
) -> list[dict[str, Any]]:
    """A row a band that holds faces: edges, faces, accuracy, macro F1, mean confidence, share below the `bar`."""
    bands = band_of(skin_brightness(images))
    rows: list[dict[str, Any]] = []
    for band in range(len(BANDS) - 1):
        inside = bands == band
        if not inside.any():
            continue
        guesses, confidence = probabilities[inside].argmax(axis=1), probabilities[inside].max(axis=1)
        classes = per_class(confusion(labels[inside], guesses))
        present = [figures["f1"] for figures in classes.values() if figures["support"]]
        rows.append(
            {
                "from": BANDS[band],
                "to": BANDS[band + 1],
                "n": int(inside.sum()),
                "accuracy": float((guesses == labels[inside]).mean()),
                "macro_f1": float(np.mean(present)),
                "confidence": float(confidence.mean()),
                "abstained": float((confidence < bar).mean()),
            }
        )
    return rows
