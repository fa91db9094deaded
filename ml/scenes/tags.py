"""What a scene may stir in somebody: trigger tags, moods, and the techniques it serves. Tags err on the wide side."""

from typing import Final

from ml.scenes.kinds.room import view_kind
from ml.scenes.kinds.sea import sea_plan
from ml.scenes.kinds.town import by_water
from ml.scenes.spec import SceneSpec

MOODS: Final = ("calm", "hope", "warmth", "strength", "rest", "wonder")

_TRIGGERS: Final[dict[str, frozenset[str]]] = {
    "sea": frozenset({"water", "open_spaces"}),
    "lake": frozenset({"water", "heights"}),
    "river": frozenset({"water"}),
    "forest": frozenset({"enclosed"}),
    "meadow": frozenset({"open_spaces"}),
    "mountains": frozenset({"heights"}),
    "garden": frozenset(),
    "path": frozenset({"open_spaces"}),
    "night_sky": frozenset({"dark", "open_spaces", "solitude"}),
    "desert": frozenset({"open_spaces", "solitude"}),
    "room": frozenset({"enclosed", "food"}),
    "town": frozenset({"crowds", "heights"}),
}
_TIME_MOODS: Final = {
    "dawn": {"hope", "calm"}, "day": {"strength", "hope"}, "golden": {"warmth", "rest"}, "dusk": {"rest", "calm"},
    "night": {"wonder", "rest"},
}  # fmt: skip
_KIND_MOODS: Final = {
    "sea": {"calm"}, "lake": {"calm"}, "river": {"hope"}, "forest": {"calm"}, "meadow": {"warmth"},
    "mountains": {"strength"}, "garden": {"warmth", "hope"}, "path": {"hope"}, "night_sky": {"wonder"},
    "desert": {"wonder"}, "room": {"rest", "warmth"}, "town": {"warmth"},
}  # fmt: skip
_TECHNIQUES: Final = {
    "sea": {"mindfulness", "cognitive_restructuring"}, "lake": {"mindfulness"},
    "river": {"cognitive_restructuring", "mindfulness"}, "forest": {"mindfulness", "progressive_exposure"},
    "meadow": {"mindfulness", "behavioural_activation"},
    "mountains": {"cognitive_restructuring", "progressive_exposure"},
    "garden": {"behavioural_activation", "mindfulness"}, "path": {"behavioural_activation", "progressive_exposure"},
    "night_sky": {"mindfulness", "cognitive_restructuring"}, "desert": {"mindfulness", "cognitive_restructuring"},
    "room": {"progressive_exposure", "mindfulness"}, "town": {"behavioural_activation", "progressive_exposure"},
}  # fmt: skip


def triggers_of(spec: SceneSpec) -> frozenset[str]:
    """Tags of what the scene shows, in the words of the patients' own triggers."""
    found = set(_TRIGGERS[spec.kind])
    if spec.kind == "room":
        found |= _TRIGGERS[view_kind(spec)]
    if spec.kind == "town" and by_water(spec):
        found |= {"water"}
    if spec.kind == "sea" and sea_plan(spec).sail is not None:
        found |= {"vehicles"}
    if spec.time == "night":
        found |= {"dark"}
    if spec.weather == "rain":
        found |= {"storms"}
    if spec.weather == "snow" or spec.season == "winter":
        found |= {"cold"}
    return frozenset(found)


def moods_of(spec: SceneSpec) -> frozenset[str]:
    """What the scene is meant to bring. Chosen by us; no patient has rated it yet."""
    moods = set(_TIME_MOODS[spec.time]) | set(_KIND_MOODS[spec.kind])
    if spec.weather == "misty" or spec.palette in ("pastel", "cool"):
        moods |= {"calm"}
    return frozenset(moods)


def techniques_of(spec: SceneSpec) -> frozenset[str]:
    """The techniques a scene of this kind can serve (`ml.vocabulary.TECHNIQUES`)."""
    return frozenset(_TECHNIQUES[spec.kind])
