"""The word of the painter's vocabulary that means most nearly what a word means that it does not know.

Free of torch: whoever asks brings the vectors. One word is held against single words only, since the mood in a phrase
("fresh snow") would draw its own kind ("fresh").
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from ml.scenes.wording import read, vocabulary

Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts → (N, D), each row of length 1."""

BARS: Final = {"kind": 0.65, "time": 0.8, "weather": 0.8, "season": 0.8, "palette": 0.8}
"""MiniLM's cosine from which a word is taken for another. Chosen by looking at every pair that the template library's
unread words give (docs/models/painter.md). Of hours, weathers and colours the opposite lies as near as the like
("cold" and "warm" 0.76, "cloudburst" and "cloudless" 0.73), so there hardly more than another form of the word passes.
Words of style have none: "to draw" and "a picture" would all be styles, and the known list names every style.
"""
MISLEADING: Final = frozenset(
    ("blue", "clearing", "fall", "orange", "park", "square", "stream", "table", "water", "wood")
)
"""Known words that draw what is not meant: all colours lie near "blue", "wooden" to "wood", "falling" to "fall"."""
_MOST: Final = 8192
"""Words whose neighbours are remembered; the library has 3,300 that the painter does not know."""


def targets() -> tuple[str, ...]:
    """The single words that others may be read as."""
    return tuple(
        phrase for phrase, (attribute, _) in vocabulary().items()
        if attribute in BARS and phrase not in MISLEADING and " " not in phrase
    )  # fmt: skip


@cache
def said_of(phrase: str) -> tuple[str, ...]:
    """All that may be said of a picture in which this phrase is painted: its synonyms, and a place's alt text."""
    meant, alone = vocabulary()[phrase], read(phrase)
    alike = (other for other, meaning in vocabulary().items() if meaning == meant)
    return (*alike, *(() if alone.guessed else (alone.alt,)))


class Thesaurus:
    """Remembers each word that it was asked for, so it is to be asked for a prompt's words, never for a patient's.

    Not safe for threads.
    """

    def __init__(self, encode: Encode) -> None:
        """Encodes the vocabulary once."""
        self._encode, self._targets = encode, targets()
        self._vectors = encode(self._targets)
        self._known: dict[str, str | None] = {}

    def nearest(self, words: Sequence[str]) -> dict[str, str]:
        """Those of the words that mean nearly what a known one means, each with it, in their order."""
        new = [word for word in dict.fromkeys(words) if word not in self._known]
        if len(self._known) + len(new) > _MOST:
            self._known.clear()
            new = list(dict.fromkeys(words))
        if new:
            self._known.update(zip(new, self._looked_up(new), strict=True))
        found = {word: self._known[word] for word in words}
        return {word: near for word, near in found.items() if near is not None}

    def _looked_up(self, words: Sequence[str]) -> list[str | None]:
        cosines = self._encode(words) @ self._vectors.T
        best = [(self._targets[int(row.argmax())], float(row.max())) for row in cosines]
        return [phrase if cosine >= BARS[vocabulary()[phrase][0]] else None for phrase, cosine in best]
