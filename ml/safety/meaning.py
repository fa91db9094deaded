"""The meaning layer: what the tuned encoder makes of a text, together with what the word list finds in it."""

from typing import TYPE_CHECKING, Final, Literal

from ml.safety import encoder

if TYPE_CHECKING:
    from ml.safety.language.reader import Reader, Reading

Kind = Literal["prompt", "output", "note"]
"""What is painted; what a language model made for a patient to read; what a patient wrote."""
HARMFUL: Final = "harmful"


def reading(text: str, kind: Kind) -> "Reading":
    """What the encoder and its gate say of a text of that kind.

    Raises:
        WeightsMissing, WeightsAltered, OSError, Unread: nothing can be judged, so whoever asks refuses.
    """
    return _reader().read(text, kind)


def label() -> str:
    """Which weights judge. Raises WeightsMissing, WeightsAltered, OSError."""
    return _reader().label


def _reader() -> "Reader":
    from ml.safety.language.reader import reader

    return reader(encoder.chosen())
