"""The name of a scene: what, when, in which weather, season, palette and style, and the seed of its accidents."""

import zlib
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

KINDS: Final = (
    "sea", "lake", "river", "forest", "meadow", "mountains", "garden", "path", "night_sky", "desert", "room", "town",
)  # fmt: skip
TIMES: Final = ("dawn", "day", "golden", "dusk", "night")
WEATHERS: Final = ("clear", "cloudy", "misty", "rain", "snow")
SEASONS: Final = ("spring", "summer", "autumn", "winter")
PALETTES: Final = ("natural", "warm", "cool", "pastel", "earth")
STYLES: Final = ("photo", "watercolour", "gouache", "ink", "paper")

HELD_OUT_SHARE: Final = 12
"""One (kind, time, weather) combination in this many is kept out of training, to test composition."""


@dataclass(frozen=True, slots=True)
class SceneSpec:
    """One scene. Equal specs give equal pixels at equal size."""

    kind: str
    time: str = "day"
    weather: str = "clear"
    season: str = "summer"
    palette: str = "natural"
    style: str = "photo"
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse words outside the vocabulary: a typo must not silently become another scene."""
        for word, known in zip(self.words(), (KINDS, TIMES, WEATHERS, SEASONS, PALETTES, STYLES), strict=True):
            if word not in known:
                raise ValueError(f"{word!r} is not one of {', '.join(known)}")

    def words(self) -> tuple[str, str, str, str, str, str]:
        """The six attributes, in the order of the vocabularies above."""
        return self.kind, self.time, self.weather, self.season, self.palette, self.style

    def rng(self, part: str) -> np.random.Generator:
        """A stream of randomness for one part, so that a change to one part leaves the others where they were."""
        return stream(self.seed, part)


def stream(seed: int, part: str) -> np.random.Generator:
    """Randomness of one part of what the seed stands for."""
    return np.random.default_rng((seed, zlib.crc32(part.encode())))


def lawful(spec: SceneSpec) -> SceneSpec:
    """The nearest scene that can be: snow falls in winter, stars need night, no rain on dunes or stars."""
    if spec.kind == "night_sky":
        spec = replace(spec, time="night")
    if spec.kind in ("night_sky", "desert") and spec.weather in ("rain", "snow"):
        spec = replace(spec, weather="cloudy" if spec.weather == "rain" else "clear")
    if spec.weather == "snow":
        spec = replace(spec, season="winter")
    return spec


def sample(rng: np.random.Generator) -> SceneSpec:
    """A random lawful scene: kinds, times, palettes and styles evenly, clear and cloudy weather twice as often."""
    weathers = WEATHERS + WEATHERS[:2]
    words = (rng.choice(np.array(options)) for options in (KINDS, TIMES, weathers, SEASONS, PALETTES, STYLES))
    kind, time, weather, season, palette, style = (str(word) for word in words)
    return lawful(SceneSpec(kind, time, weather, season, palette, style, int(rng.integers(2**31))))


def held_out(spec: SceneSpec) -> bool:
    """Whether the scene's combination of kind, time and weather is kept out of training."""
    if spec.kind == "night_sky":
        return False
    return zlib.crc32(f"{spec.kind}/{spec.time}/{spec.weather}".encode()) % HELD_OUT_SHARE == 0
