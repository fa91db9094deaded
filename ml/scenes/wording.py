"""Free text in the painter's own words: what the small painter can read, and what it cannot.

A prompt is searched for the phrases that training captions were made of, and for nearby words that mean the same. What
is found is said again as a caption. Of the rest, a word may be read as a known one that whoever asks names (by meaning:
`ml.scenes.nearby`), where that goes against nothing that the prompt says; what is left is reported, so that the log
can say so.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ml.scenes.captions import ATTRIBUTES, alt_text
from ml.scenes.function_words import FUNCTION_WORDS
from ml.scenes.spec import SceneSpec, lawful
from ml.scenes.words import CALM, HINTS, PHRASES

# Words that no caption holds, and what the painter shows for them.
_NEARBY: Final[dict[str, dict[str, str]]] = {
    "kind": {
        "beach": "sea", "island": "sea", "lighthouse": "sea", "pier": "sea", "cove": "sea", "boat": "sea",
        "water": "lake", "lagoon": "lake", "canoe": "lake", "brook": "river", "rapids": "river",
        "spring water": "river", "wood": "forest",
        "woodland": "forest", "clearing": "forest", "birch": "forest", "oak": "meadow", "pasture": "meadow",
        "prairie": "meadow", "flower": "meadow", "daisies": "meadow", "countryside": "meadow", "hillside": "meadow",
        "ridge": "mountains", "alps": "mountains", "glacier": "mountains", "orchard": "garden", "courtyard": "garden",
        "greenhouse": "garden", "park": "garden", "gate": "garden", "lane": "path", "walkway": "path", "stairs": "path",
        "track": "path", "journey": "path", "sky": "night_sky", "constellations": "night_sky", "aurora": "night_sky",
        "cosmos": "night_sky", "canyon": "desert", "oasis": "desert", "kitchen": "room", "bedroom": "room",
        "library": "room", "fireplace": "room", "cabin": "room", "desk": "room", "chair": "room", "cottage": "town",
        "roofs": "town", "market": "town", "square": "town", "shop": "town", "buildings": "town",
        "town": "town",
    },
    "time": {"midday": "day", "sun": "day", "midnight": "night", "stars": "night", "late sun": "golden"},
    "weather": {"under a clear sky": "clear", "sunlight": "clear", "under soft clouds": "cloudy", "in mist": "misty",
                "in soft rain": "rain", "raindrops": "rain", "in snow": "snow", "ice": "snow"},
    "season": {"spring": "spring", "autumnal": "autumn"},
    "palette": {"earth colours": "earth", "vivid": "natural", "rosy": "warm", "orange": "warm", "green": "natural"},
    "style": {"soft photo": "photo", "painting": "gouache", "oil": "gouache", "drawing": "ink", "sketch": "ink",
              "paper cut": "paper", "cut paper": "paper"},
}  # fmt: skip
PARTS: Final = frozenset(
    """
    armchair bench birch blossoms candle chair daisies desk flower flowers gate grass hill hills horizon journey lamp
    lavender oak pines roofs roses sand sky square stairs steps table track tree trees water way wildflowers window wood
    """.split()  # noqa: SIM905  (words in lines, or one list of 400 columns, reads worse)
)
"""Words enough to guess a kind of place by that stand in others, too: a lake has a sky, trees and a bench."""
_PLACES: Final = ("lake", "meadow", "path", "sea", "forest", "mountains")
"""What is shown when a prompt names no place that the painter knows."""
_PLAIN: Final = {"time": "day", "weather": "clear", "season": "summer", "palette": "natural", "style": "photo"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt as the small painter reads it.

    Attributes:
        text: the caption it is given.
        found: attribute to word, only what the prompt said.
        spec: the scene meant, with plain defaults for what was not said.
        unknown: words of the prompt that it cannot read, in order, each once; not those that only join others.
        guessed: the kind of place was not in the prompt and was chosen.
        read_as: words that it does not know, each with the known one in whose place it was read.
    """

    text: str
    found: dict[str, str]
    spec: SceneSpec
    unknown: tuple[str, ...]
    guessed: bool
    read_as: tuple[tuple[str, str], ...] = ()

    @property
    def alt(self) -> str:
        """What the picture was asked to show; says nothing of how well it came out."""
        return alt_text(self.spec)


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, tuple[str, str]]:
    """Each known phrase to its attribute and word; phrases of captions win over nearby words."""
    known: dict[str, tuple[str, str]] = {}
    for attribute in ATTRIBUTES:
        nearby = {phrase: (attribute, word) for phrase, word in _NEARBY[attribute].items()}
        hints = {hint: (attribute, word) for word, group in HINTS[attribute].items() for hint in group}
        said = {phrase: (attribute, word) for word, group in PHRASES[attribute].items() for phrase in group}
        bare = {_without_article(phrase): meaning for phrase, meaning in said.items()}
        known = {**nearby, **hints, **known, **bare, **said}
    return known


def _without_article(phrase: str) -> str:
    """The bare words of a phrase: articles go always, prepositions only before a single word."""
    return re.sub(r"^(?:(?:a|an|the) |(?:in|at|by|under|on) (?=\w+$))", "", phrase)


def read(prompt: str, nearby: Mapping[str, str] | None = None) -> Reading:
    """Find what the painter knows in a prompt: longest phrases first, of each attribute the earliest.

    Args:
        nearby: words that it does not know, each with the known phrase that means nearly the same. It says what the
            prompt leaves open, or agrees with what the prompt says; else the word is unknown.
    """
    tokens = re.findall(r"[a-z']+", prompt.lower())
    found: dict[str, str] = {}
    unknown: list[str] = []
    place = 0
    while place < len(tokens):
        length, meaning = _longest(tokens, place)
        if meaning is None:
            unknown.append(tokens[place])
        else:
            found.setdefault(*meaning)
        place += length
    left = [word for word in dict.fromkeys(unknown) if word not in _SMALL]
    read_as: dict[str, str] = {}
    for word in left:
        phrase = (nearby or {}).get(word, "")
        joined = _joined(prompt, found, phrase)
        if joined is not None:
            found, read_as[word] = joined, phrase
    return _reading(prompt, found, tuple(word for word in left if word not in read_as), tuple(read_as.items()))


def places_named(text: str) -> dict[str, str]:
    """Every phrase of a text that names a kind of place, wherever it stands and in either number, and that kind."""
    tokens = re.findall(r"[a-z']+", text.lower())
    found, place = dict[str, str](), 0
    while place < len(tokens):
        length, _ = _longest(tokens, place)
        phrase = " ".join(tokens[place : place + length])
        for form in (phrase, phrase.removesuffix("s"), phrase.removesuffix("es")):
            attribute, word = vocabulary().get(form, ("", ""))
            if attribute == "kind":
                found.setdefault(_without_article(form), word)
                break
        place += length
    return found


_SMALL: Final = FUNCTION_WORDS | frozenset(CALM)


def _joined(prompt: str, found: dict[str, str], phrase: str) -> dict[str, str] | None:
    """What was found with a known phrase beside it; None where what was said, or a law, forbids it."""
    attribute, word = vocabulary().get(phrase, ("", ""))
    if not attribute or found.get(attribute, word) != word:
        return None
    joined = {**found, attribute: word}
    stood, meant = _meant(_spec(prompt, found)), _meant(_spec(prompt, joined))
    kept = meant[attribute] == word and all(meant[name] == stood[name] for name in found)
    return joined if kept else None


def _meant(spec: SceneSpec) -> dict[str, str]:
    return dict(zip(ATTRIBUTES, spec.words(), strict=True))


def _longest(tokens: list[str], place: int) -> tuple[int, tuple[str, str] | None]:
    """How many words the longest known phrase at this place has, and what it means; one word and None when unknown."""
    known = vocabulary()
    for length in range(min(7, len(tokens) - place), 0, -1):
        meaning = known.get(" ".join(tokens[place : place + length]))
        if meaning is not None:
            return length, meaning
    return 1, None


def _spec(prompt: str, found: dict[str, str]) -> SceneSpec:
    """The scene that is meant, plain where nothing was said; a place is guessed where none was, always the same."""
    place = found.get("kind") or _PLACES[zlib.crc32(prompt.encode()) % len(_PLACES)]
    words = {**_PLAIN, **found, "kind": place}
    kind, time, weather, season, palette, style = (words[name] for name in ATTRIBUTES)
    return lawful(SceneSpec(kind, time, weather, season, palette, style))


def _reading(
    prompt: str, found: dict[str, str], unknown: tuple[str, ...], read_as: tuple[tuple[str, str], ...]
) -> Reading:
    spec = _spec(prompt, found)
    said = {name: word for name, word in _meant(spec).items() if name in found or name == "kind"}
    return Reading(say(said), found, spec, unknown, "kind" not in found, read_as)


def say(said: dict[str, str]) -> str:
    """The plainest caption of some attributes, in the order that training captions have."""
    phrases = {name: PHRASES[name][word][0] for name, word in said.items()}
    place = " ".join(phrases[name] for name in ("kind", "time") if name in phrases)
    rest = [phrases[name] for name in ("weather", "season", "palette", "style") if name in phrases]
    return ", ".join(part for part in (place, *rest) if part)
