"""The patient's words for what they may exclude, and for the ways of working."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TRIGGER_WORDS: Final[dict[str, str | Promise]] = {
    "water": _("water, the sea, lakes"),
    "heights": _("heights, cliffs, towers"),
    "animals": _("animals"),
    "insects": _("insects, spiders"),
    "crowds": _("crowds, people"),
    "enclosed": _("rooms, tunnels, tight places"),
    "open_spaces": _("wide open places"),
    "dark": _("darkness, night"),
    "fire": _("fire, candles, smoke"),
    "storms": _("storms, rain, wind"),
    "cold": _("snow, ice, winter"),
    "food": _("food and drink"),
    "faces": _("faces, mirrors"),
    "medical": _("hospitals, needles, blood"),
    "vehicles": _("cars, trains, planes"),
    "solitude": _("being alone, empty places"),
}

TECHNIQUE_WORDS: Final[dict[str, str | Promise]] = {
    "cognitive_restructuring": _("Cognitive restructuring"),
    "behavioural_activation": _("Behavioural activation"),
    "mindfulness": _("Mindfulness"),
    "progressive_exposure": _("Progressive exposure"),
}
