"""A scene in words: training captions by a small grammar, and alt text for people."""

from typing import Final

import numpy as np

from ml.scenes.spec import SceneSpec
from ml.scenes.words import CALM, HINTS, PHRASES

ATTRIBUTES: Final[tuple[str, ...]] = ("kind", "time", "weather", "season", "palette", "style")

_KEEP: Final = {"kind": 0.97, "time": 0.85, "weather": 0.7, "season": 0.5, "palette": 0.75, "style": 0.75}
_KEEP_PLAIN: Final = {"clear": 0.4, "natural": 0.2, "photo": 0.4}
"""What is usual is usually not said."""


def caption(spec: SceneSpec, rng: np.random.Generator) -> str:
    """One of many ways to ask for the scene; attributes are left out at random."""
    said = {name: word for name, word in zip(ATTRIBUTES, spec.words(), strict=True) if _mentions(name, word, rng)}
    parts = [_say(name, word, rng) for name, word in said.items() if name not in ("kind", "time", "style")]
    rng.shuffle(parts)
    head = _say("kind", said["kind"], rng) if "kind" in said else str(rng.choice(CALM)) + " place"
    if rng.uniform() < 0.35:
        head = _with_mood(head, str(rng.choice(CALM)))
    if "time" in said:
        head = f"{head} {_say('time', said['time'], rng)}"
    if "style" not in said:
        return ", ".join([head, *parts])
    style = _say("style", said["style"], rng)
    if rng.uniform() < 0.4:
        return ", ".join([f"{style} of {head}", *parts])
    return ", ".join([head, *parts, style])


def _mentions(name: str, word: str, rng: np.random.Generator) -> bool:
    return bool(rng.uniform() < _KEEP_PLAIN.get(word, _KEEP[name]))


def _say(name: str, word: str, rng: np.random.Generator) -> str:
    """A phrase for an attribute; one time in seven a single hinting word."""
    hints = HINTS[name][word]
    options = hints if hints and rng.uniform() < 0.14 else PHRASES[name][word]
    return str(options[int(rng.integers(len(options)))])


def _with_mood(head: str, mood: str) -> str:
    """Put the mood after the article: "a calm lake"."""
    article, _, rest = head.partition(" ")
    if article in ("a", "an") and rest:
        return f"a {mood} {rest}"
    return f"the {mood} {rest}" if article == "the" and rest else f"{mood} {head}"


_ALT_KIND: Final = {
    "sea": "A quiet sea rolling onto a beach", "lake": "A still lake with mountains mirrored in it",
    "river": "A river winding through meadows", "forest": "Tall trees with light falling between them",
    "meadow": "An open meadow before soft hills", "mountains": "Mountain ranges in layers, firs in front",
    "garden": "A path through flower beds, tall hedges behind", "path": "A country path leading to the hills",
    "night_sky": "The Milky Way over dark hills", "desert": "Soft dunes, one behind the other",
    "room": "A room with a window, a plant and a cup on the table", "town": "The gabled houses of a small town",
}  # fmt: skip
_ALT_TIME: Final = {
    "dawn": "at dawn", "day": "by day", "golden": "in late golden light", "dusk": "at dusk", "night": "at night",
}  # fmt: skip
_ALT_WEATHER: Final = {
    "clear": "under a clear sky", "cloudy": "with soft clouds", "misty": "in mist", "rain": "in gentle rain",
    "snow": "in falling snow",
}  # fmt: skip
_ALT_WINDOW: Final = {
    "clear": "a clear sky outside", "cloudy": "soft clouds outside", "misty": "mist outside",
    "rain": "gentle rain outside", "snow": "snow falling outside",
}  # fmt: skip
_ALT_STYLE: Final = {
    "photo": "", "watercolour": ", in watercolour", "gouache": ", in gouache", "ink": ", in ink wash",
    "paper": ", in layered paper",
}  # fmt: skip


def shows(kind: str) -> str:
    """What every picture of this kind shows, in words: our scenes of a lake have mountains, those of a room a cup."""
    return _ALT_KIND[kind]


def alt_text(spec: SceneSpec) -> str:
    """What the picture shows, in one sentence, for those who cannot see it."""
    time = "" if spec.kind == "night_sky" else f" {_ALT_TIME[spec.time]}"
    weather = (_ALT_WINDOW if spec.kind == "room" else _ALT_WEATHER)[spec.weather]
    return f"{_ALT_KIND[spec.kind]}{time}, {weather}{_ALT_STYLE[spec.style]}."
