"""Varies a line while it is learned from: beside others, in a calm scene, or with words spoilt as people spoil them."""

import random
from collections.abc import Callable, Sequence
from typing import Final

SURROUNDED: Final = 0.6
SPOILT: Final = 0.15
LEAST_LETTERS: Final = 4
LEAST_AROUND: Final = 8
MOST_AROUND: Final = 28
_LEET: Final = str.maketrans("aeiost", "431057")
_LOOK_ALIKES: Final = str.maketrans("aeopcx", "аеорсх")


def varied(text: str, harmless: Sequence[str], chance: random.Random) -> str:
    """The text as it is, or beside a harmless one, or with a word or two spoilt. What it is about stays."""
    if chance.random() < SURROUNDED:
        text = _surrounded(text, chance.choice(harmless), chance)
        if chance.random() < 0.5:
            text = _surrounded(text, chance.choice(harmless), chance)
    if chance.random() < SPOILT:
        text = _spoilt(text, chance)
    return text


def within(text: str, scene: str, chance: random.Random) -> str:
    """The text as a clause of a calm scene, with `LEAST_AROUND` to `MOST_AROUND` of the scene's words about it."""
    words = scene.split()
    size = min(len(words), chance.randint(LEAST_AROUND, MOST_AROUND))
    start = chance.randint(0, len(words) - size)
    cut = start + chance.randint(0, size)
    parts = (" ".join(words[start:cut]), text, " ".join(words[cut : start + size]))
    return ", ".join(part.strip(" ,.;:") for part in parts if part)


def _surrounded(text: str, other: str, chance: random.Random) -> str:
    joint = chance.choice((", ", ". ", " "))
    first, second = (text, other) if chance.random() < 0.5 else (other, text)
    return first.rstrip(".,") + joint + second


def _spoilt(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) >= LEAST_LETTERS and word.isalpha()]
    for place in chance.sample(long, min(len(long), 2)):
        words[place] = chance.choice(_WAYS)(words[place], chance)
    return " ".join(words)


def _swapped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _doubled(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + word[at - 1] + word[at:]


def _split(word: str, chance: random.Random) -> str:
    at = chance.randrange(2, len(word) - 1)
    return f"{word[:at]}{chance.choice(' -.')}{word[at:]}"


def _leet(word: str, _chance: random.Random) -> str:
    return word.translate(_LEET)


def _look_alike(word: str, _chance: random.Random) -> str:
    return word.translate(_LOOK_ALIKES)


_WAYS: Final[tuple[Callable[[str, random.Random], str], ...]] = (
    _swapped, _dropped, _doubled, _split, _leet, _look_alike,
)  # fmt: skip
