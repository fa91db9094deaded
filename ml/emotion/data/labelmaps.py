"""Each data set's labels in the seven emotions' words: the one place where its numbers or names are given a meaning."""

from typing import Final

from ml.vocabulary import EMOTIONS, Emotion

FER2013: Final[dict[int, Emotion]] = dict(enumerate(EMOTIONS))
"""Goodfellow et al., Challenges in Representation Learning, 2013: 0 angry … 6 neutral, the order that ours follows."""

AFFECTNET: Final[dict[int, Emotion]] = {
    0: "neutral",
    1: "happiness",
    2: "sadness",
    3: "surprise",
    4: "fear",
    5: "disgust",
    6: "anger",
}
"""Mollahosseini, Hasani & Mahoor, AffectNet, 2017. What it numbers from 7 on is left out: contempt, none, uncertain and
no face."""

RAF_DB: Final[dict[int, Emotion]] = {
    1: "surprise",
    2: "fear",
    3: "disgust",
    4: "happiness",
    5: "sadness",
    6: "anger",
    7: "neutral",
}
"""Li, Deng & Du, Reliable Crowdsourcing and Deep Locality-Preserving Learning, 2017: the basic emotions' readme."""

_SYNONYMS: Final[dict[str, Emotion]] = {
    "angry": "anger",
    "happy": "happiness",
    "sad": "sadness",
    "surprised": "surprise",
}
"""What Kaggle's folders, the npz files and FER+'s columns (Barsoum et al., 2016) call them otherwise."""


def spelled(name: str) -> str:
    """Our word for a data set's; words of no emotion of ours (contempt, unknown) come back in lower case."""
    lowered = name.strip().lower()
    return _SYNONYMS.get(lowered, lowered)


def index_of(emotion: Emotion) -> int:
    """The emotion's place in EMOTIONS, which is its label."""
    return EMOTIONS.index(emotion)
