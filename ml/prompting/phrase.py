"""Puts a template into words: the scene first and plainly, since a small painter reads only the first words."""

from dataclasses import dataclass
from typing import Final

from ml.prompting.slots import NOBODY, Personal
from ml.prompting.state import State
from ml.prompting.template import LOCAL, Template
from ml.scenes.spec import SceneSpec, lawful

BASE_NEGATIVE: Final = "text, watermark, signature, people, faces, hands, blurry, distorted, gloomy, threatening"

PLACES: Final = {
    "sea": "the sea", "lake": "a lake", "river": "a river", "forest": "a forest", "meadow": "a meadow",
    "mountains": "mountains", "garden": "a garden", "path": "a path", "night_sky": "the night sky",
    "desert": "a desert", "room": "a room with a window", "town": "a town",
}  # fmt: skip
TIMES: Final = {
    "dawn": "at dawn", "day": "by day", "golden": "in golden evening light", "dusk": "at dusk", "night": "at night",
}  # fmt: skip
HOURS: Final = {"morning": "dawn", "afternoon": "day", "evening": "golden", "night": "dusk"}
"""How a patient's own time of day is painted; a night as its beginning, when what a text names can still be seen."""
WEATHERS: Final = {
    "clear": "under a clear sky", "cloudy": "under soft clouds", "misty": "in mist", "rain": "in soft rain",
    "snow": "in snow",
}  # fmt: skip
PALETTES: Final = {
    "natural": "natural colours", "warm": "warm colours", "cool": "cool colours", "pastel": "pastel colours",
    "earth": "earth colours",
}  # fmt: skip
SEASON: Final = "summer"
"""What is painted where no season is known."""
STYLE_WORDS: Final = {
    "photo": "soft photo", "watercolour": "watercolour", "gouache": "gouache", "ink": "ink drawing",
    "paper": "layered paper",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """A template made ready for one patient: what is painted, what is kept out, and what is said beside it."""

    scene: SceneSpec
    prompt: str
    negative: str
    alt: str
    line: str


def scene(template: Template, state: State, style: str, unknown_season: str = SEASON) -> SceneSpec:
    """The scene in the painter's own words, for the painter's head words and for the library's nearest picture.

    Args:
        unknown_season: the one that is painted where neither template nor state has one.

    Raises:
        KeyError: it stands at the patient's hour, which nobody knows; the caller asks only for eligible templates.
    """
    season = template.season or state.season or unknown_season
    time = HOURS[state.day_time or ""] if template.time == LOCAL else template.time
    return lawful(SceneSpec(template.kind, time, template.weather, season, template.palette, style))


def head(spec: SceneSpec) -> str:
    """The scene in one plain line, as the painter's captions say it."""
    if spec.kind == "night_sky":
        place = f"{PLACES[spec.kind]} {WEATHERS[spec.weather]}"
    else:
        place = f"{PLACES[spec.kind]} {TIMES[spec.time]} {WEATHERS[spec.weather]}"
    return f"{place}, {spec.season}, {PALETTES[spec.palette]}, {STYLE_WORDS[spec.style]}"


def words(
    template: Template, state: State, style: str, personal: Personal = NOBODY, unknown_season: str = SEASON
) -> Words:
    """The finished texts, with nothing of one patient in them but what `personal` names of the closed list.

    Raises:
        KeyError: a slot has no value; the caller asks only for eligible templates.
    """
    values = slot_values(state, personal)
    painted = scene(template, state, style, unknown_season)
    prompt = f"{head(painted)}. {template.text.format_map(values)}"
    alt, line = template.alt.format_map(values), template.line.format_map(values)
    return Words(painted, prompt, negative(template), alt, line)


def negative(template: Template, avoid: tuple[str, ...] = ()) -> str:
    """What is kept out of the picture; `avoid` are further words."""
    return ", ".join(dict.fromkeys(part for part in (template.negative, BASE_NEGATIVE, *avoid) if part))


def slot_values(state: State, personal: Personal = NOBODY) -> dict[str, str]:
    """The values that this patient's slots have now; a slot without one is absent."""
    known = {"season": state.season, "day_time": state.day_time}
    return {name: value for name, value in known.items() if value is not None} | personal.values()
