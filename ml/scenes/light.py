"""What the hour, the weather and the palette do to colour: sky, haze, light, and how land looks in them."""

from dataclasses import dataclass

import numpy as np

from ml.scenes.canvas import mix, rgb
from ml.scenes.noise import Array
from ml.scenes.spec import SceneSpec

# zenith, middle and horizon of the sky, the light's colour, what it multiplies land by, heights of sun or moon
_HOURS = {
    "dawn": (rgb(126, 148, 196), rgb(222, 182, 200), rgb(253, 224, 202), rgb(255, 228, 206), (0.84, 0.76, 0.82)),
    "day": (rgb(82, 146, 206), rgb(142, 194, 230), rgb(222, 238, 243), rgb(255, 250, 236), (1.02, 1.0, 0.96)),
    "golden": (rgb(132, 160, 182), rgb(240, 204, 146), rgb(255, 218, 142), rgb(255, 230, 160), (1.04, 0.86, 0.58)),
    "dusk": (rgb(50, 56, 112), rgb(150, 92, 136), rgb(244, 150, 108), rgb(255, 190, 136), (0.50, 0.41, 0.56)),
    "night": (rgb(12, 20, 48), rgb(24, 42, 84), rgb(62, 88, 132), rgb(224, 232, 244), (0.30, 0.37, 0.53)),
}
_SUN_HEIGHTS = {
    "dawn": (0.34, 0.46),
    "day": (0.08, 0.2),
    "golden": (0.24, 0.38),
    "dusk": (0.4, 0.5),
    "night": (0.12, 0.28),
}
_VEILS = {"clear": 0.0, "cloudy": 0.3, "misty": 0.35, "rain": 0.72, "snow": 0.5}
_HAZES = {"clear": 0.55, "cloudy": 0.6, "misty": 0.97, "rain": 0.78, "snow": 0.8}
_GROUNDS = {
    "spring": rgb(134, 172, 92),
    "summer": rgb(98, 144, 78),
    "autumn": rgb(190, 142, 72),
    "winter": rgb(152, 154, 138),
}
_LEAVES = {
    "spring": (rgb(160, 192, 104), rgb(240, 190, 204)),
    "summer": (rgb(74, 122, 66), rgb(112, 150, 76)),
    "autumn": (rgb(206, 112, 52), rgb(226, 168, 70)),
    "winter": (rgb(120, 128, 118), rgb(150, 146, 136)),
}
SNOW = rgb(236, 241, 247)


@dataclass(frozen=True, slots=True)
class Light:
    """The colours of one moment. All colours are (3,) in [0, 1]; `haze` in [0, 1] is how fast distance pales."""

    zenith: Array
    middle: Array
    horizon: Array
    sun: Array
    ambient: Array
    haze: float
    sun_x: float
    sun_y: float
    ground: Array
    leaves: tuple[Array, Array]
    snowy: bool
    night: bool

    def on(self, base: Array, distance: float | Array = 0.0) -> Array:
        """How a surface of this colour looks at a distance in [0, 1]: lit by the hour, then paled by the air."""
        pale = np.clip(np.asarray(distance, dtype=np.float32) * (0.55 + self.haze * 0.75), 0.0, 0.97)
        return mix(base * self.ambient, self.air, pale)

    @property
    def air(self) -> Array:
        """The colour that distance fades to."""
        return mix(self.horizon, self.middle, 0.3)


def light_of(spec: SceneSpec) -> Light:
    """The light of a scene; the sun's place is drawn from its seed."""
    rng = spec.rng("light")
    zenith, middle, horizon, sun, ambient = _HOURS[spec.time]
    veil = _VEILS[spec.weather]
    grey = rgb(206, 210, 214) * np.float32(horizon.mean() * (0.82 if spec.weather == "rain" else 1.02))
    zenith, middle, horizon = (mix(colour, grey, veil) for colour in (zenith, middle, horizon))
    wetness = 0.8 if spec.weather == "rain" else 1.0
    flat = np.float32(np.mean(ambient))
    tint = mix(np.array(ambient, dtype=np.float32), np.full(3, flat, dtype=np.float32), veil * 0.7) * wetness
    snowy = spec.weather == "snow"
    low, high = _SUN_HEIGHTS[spec.time]
    return Light(
        zenith=zenith, middle=middle, horizon=horizon, sun=sun,
        ambient=np.asarray(tint, dtype=np.float32), haze=_HAZES[spec.weather],
        sun_x=float(rng.uniform(0.15, 0.85)), sun_y=float(rng.uniform(low, high)),
        ground=SNOW if snowy else _vary(_GROUNDS[spec.season], rng), leaves=_leaves(spec, rng), snowy=snowy,
        night=spec.time == "night",
    )  # fmt: skip


def _leaves(spec: SceneSpec, rng: np.random.Generator) -> tuple[Array, Array]:
    one, other = _LEAVES[spec.season]
    share = 0.55 if spec.weather == "snow" else 0.0
    return mix(_vary(one, rng), SNOW, share), mix(_vary(other, rng), SNOW, share)


def _vary(colour: Array, rng: np.random.Generator) -> Array:
    """The same colour on another day: up to 6 % more or less of each channel."""
    return np.asarray(np.clip(colour * rng.uniform(0.94, 1.06, 3), 0.0, 1.0), dtype=np.float32)


def grade(picture: Array, palette: str) -> Array:
    """The whole picture in a palette; pixels (height, width, 3) in [0, 1]."""
    grey = picture.mean(axis=2, keepdims=True)
    if palette == "warm":
        return np.asarray(mix(picture, picture * rgb(255, 226, 178) * 1.06 + rgb(14, 5, 0), 0.85), dtype=np.float32)
    if palette == "cool":
        return np.asarray(mix(picture, picture * rgb(196, 226, 255) * 1.03 + rgb(0, 4, 14), 0.85), dtype=np.float32)
    if palette == "pastel":
        return mix(mix(grey, picture, 0.8), rgb(255, 240, 244), 0.36)
    if palette == "earth":
        return mix(picture, mix(grey, picture, 0.35) * rgb(255, 232, 196) * 1.02, 0.9)
    return picture
