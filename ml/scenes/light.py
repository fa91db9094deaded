"""What the hour and the weather do to colour: sky, haze, light, and how land looks in them."""

from dataclasses import dataclass

import numpy as np

from ml.scenes.canvas import mix, rgb
from ml.scenes.noise import Array
from ml.scenes.spec import SceneSpec

# zenith, middle and horizon of the sky, the light's colour, what it multiplies land by
_HOURS = {
    "dawn": (rgb(150, 170, 216), rgb(228, 182, 208), rgb(255, 210, 176), rgb(255, 224, 190), (0.80, 0.74, 0.90)),
    "day": (rgb(74, 148, 220), rgb(134, 194, 238), rgb(218, 238, 247), rgb(255, 251, 238), (1.08, 1.06, 1.0)),
    "golden": (rgb(126, 152, 184), rgb(246, 184, 104), rgb(255, 190, 88), rgb(255, 204, 110), (1.08, 0.78, 0.44)),
    "dusk": (rgb(68, 64, 138), rgb(146, 100, 166), rgb(255, 152, 112), rgb(255, 178, 130), (0.53, 0.44, 0.68)),
    "night": (rgb(14, 28, 74), rgb(32, 58, 118), rgb(74, 108, 164), rgb(234, 239, 248), (0.37, 0.46, 0.68)),
}
_SUN_HEIGHTS = {
    "dawn": (0.34, 0.44),
    "day": (0.08, 0.2),
    "golden": (0.2, 0.32),
    "dusk": (0.44, 0.5),
    "night": (0.12, 0.28),
}
_VEILS = {
    "clear": (0.0, 0.0, 0.0),
    "cloudy": (0.2, 0.2, 0.15),
    "misty": (0.85, 0.8, 0.6),
    "rain": (0.85, 0.75, 0.5),
    "snow": (0.85, 0.8, 0.6),
}
"""How far zenith, middle and horizon give way to the grey of the weather."""
_GREYS = {
    "clear": (1.0, 1.0, 1.0),
    "cloudy": (0.9, 1.0, 1.0),
    "misty": (1.06, 1.1, 1.12),
    "rain": (0.6, 0.76, 1.02),
    "snow": (0.78, 0.88, 1.0),
}
"""How bright that grey is at the three heights, against the hour's own brightness."""
_HAZES = {"clear": 0.4, "cloudy": 0.5, "misty": 1.15, "rain": 0.95, "snow": 0.9}
_DIMS = {"clear": 1.0, "cloudy": 0.94, "misty": 1.0, "rain": 0.88, "snow": 1.0}
_FLATNESS = {"clear": 0.0, "cloudy": 0.3, "misty": 0.5, "rain": 0.5, "snow": 0.45}
"""How much of the light's own hue the weather takes from the land."""
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
_SHADOWS = {"dawn": 1.5, "day": 0.55, "golden": 1.7, "dusk": 0.0, "night": 0.7}
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
    shadow: float
    """How long a shadow is against what casts it; 0 where the light is soft and casts none."""

    def on(self, base: Array, distance: float | Array = 0.0) -> Array:
        """How a surface of this colour looks at a distance in [0, 1]: lit by the hour, then paled by the air."""
        pale = np.clip(np.asarray(distance, dtype=np.float32) * (0.55 + self.haze * 0.75), 0.0, 0.96)
        return mix(base * self.ambient, self.air, pale)

    @property
    def air(self) -> Array:
        """The colour that distance fades to."""
        return mix(self.horizon, self.middle, 0.3)


def light_of(spec: SceneSpec) -> Light:
    """The light of a scene; the sun's place is drawn from its seed."""
    rng = spec.rng("light")
    zenith, middle, horizon, sun, ambient = _HOURS[spec.time]
    tone = (middle + horizon) / 2
    grey = mix(
        np.full(3, tone.mean(), dtype=np.float32) * rgb(252, 253, 255), tone, 0.3 if spec.weather == "misty" else 0.45
    )
    shares = zip((zenith, middle, horizon), _VEILS[spec.weather], _GREYS[spec.weather], strict=True)
    zenith, middle, horizon = (mix(colour, np.minimum(grey * bright, 1), veil) for colour, veil, bright in shares)
    flat = np.full(3, np.mean(ambient), dtype=np.float32)
    tint = mix(np.array(ambient, dtype=np.float32), flat, _FLATNESS[spec.weather]) * _DIMS[spec.weather]
    snowy = spec.weather == "snow"
    low, high = _SUN_HEIGHTS[spec.time]
    return Light(
        zenith=zenith, middle=middle, horizon=horizon, sun=sun,
        ambient=np.asarray(tint, dtype=np.float32), haze=_HAZES[spec.weather],
        sun_x=float(rng.uniform(0.15, 0.85)), sun_y=float(rng.uniform(low, high)),
        ground=SNOW if snowy else _vary(_GROUNDS[spec.season], rng), leaves=_leaves(spec, rng), snowy=snowy,
        night=spec.time == "night", shadow=_SHADOWS[spec.time] if spec.weather == "clear" else 0.0,
    )  # fmt: skip


def _leaves(spec: SceneSpec, rng: np.random.Generator) -> tuple[Array, Array]:
    one, other = _LEAVES[spec.season]
    share = 0.66 if spec.weather == "snow" else 0.0
    return mix(_vary(one, rng), SNOW, share), mix(_vary(other, rng), SNOW, share)


def _vary(colour: Array, rng: np.random.Generator) -> Array:
    """The same colour on another day: up to 6 % more or less of each channel."""
    return np.asarray(np.clip(colour * rng.uniform(0.94, 1.06, 3), 0.0, 1.0), dtype=np.float32)
