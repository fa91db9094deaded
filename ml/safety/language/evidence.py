"""What the word list finds in a text, as numbers beside the encoder's margins.

The list knows names, codes and disguises that no encoder learned; the encoder knows when a word is meant otherwise.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.safety import lexicon, structure
from ml.safety.language.labels import LABELS

Rows = npt.NDArray[np.float64]

_ALSO: Final = {"gore": "violence", "medical": "medical_fear"}
"""Labels of the word list by another name."""
MARGINS: Final = (*(f"margin {label}" for label in LABELS), "margin harmful")
FOUND: Final = ("form", "listed", "listed labels", "denied", *(f"listed {label}" for label in LABELS), "length")
NAMES: Final = (*MARGINS, *FOUND)


def evidence(texts: Sequence[str], margins: Rows) -> Rows:
    """(N, len(NAMES)) of N texts and their (N, L + 1) margins."""
    return np.concatenate([np.asarray(margins, np.float64), np.array([_found(text) for text in texts])], axis=1)


def _found(text: str) -> list[float]:
    words = lexicon.find(text)
    named = {_ALSO.get(label, label) for label in words.asserted}
    return [
        float(structure.strange_form(text) is not None),
        float(bool(named)),
        float(len(named)),
        float(bool(words.negated)),
        *(float(label in named) for label in LABELS),
        math.log1p(len(text.split())),
    ]
