"""What the forms of wishes and plans send, as the rules take it."""

from collections.abc import Mapping
from typing import Final, TypedDict

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.patients.events import PlanSet
from apps.patients.plan import PlanWrong

CHANGED: Final = "changed"
WRONG: Final[Mapping[str, str | Promise]] = {
    "unknown_technique": _("There is no such way of working."),
    "both": _("A way of working can't be preferred and ruled out at once."),
    "none_left": _("Leave at least one way of working beside the exposure ladder."),
    "nothing_steadies": _("Above the ceiling only mindfulness is used, so it can't be ruled out with a ceiling."),
    "pictures": _("The number of pictures is a whole number from 0 to 99."),
    "intensity": _("The ceiling is a whole number from 0 to 100."),
    CHANGED: _("Someone changed the plan since you opened the page. This is how it stands now; please look again."),
    "note": _("The note has at most 500 letters."),
}
"""Why a plan can't stand like this, by its code."""


class Likes(TypedDict):
    """What `commands.set_preferences` takes beside the patient."""

    liked_places: list[str]
    goals: list[str]


class Goal(TypedDict):
    """What `commands.mark_goal` takes beside the patient and the time."""

    goal: str
    reached: bool


class Triggers(TypedDict):
    """What `commands.set_triggers` takes beside the patient."""

    tags: list[str]
    words: list[str]


def seen_in(sent: QueryDict) -> int | None:
    """The patient's version that the form was made from; None where it does not say."""
    text = str(sent.get("seen", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def likes_of(sent: QueryDict) -> Likes:
    """Liked places and goals, as they were written."""
    return {"liked_places": _phrases(sent.get("liked_places", "")), "goals": _phrases(sent.get("goals", ""))}


def goal_of(sent: QueryDict) -> Goal:
    """The goal whose button was pressed: "yes" says that it was reached, anything else takes it up again."""
    return {"goal": str(sent.get("goal", "")), "reached": sent.get("reached") == "yes"}


def triggers_of(sent: QueryDict) -> Triggers:
    """What is ticked, and the patient's own words."""
    return {"tags": sent.getlist("tag"), "words": _phrases(sent.get("words", ""))}


def _phrases(text: object) -> list[str]:
    """One entry a line or between commas."""
    text = str(text)
    return [phrase for line in text.splitlines() for phrase in line.split(",")]


def plan_of(sent: QueryDict) -> PlanSet:
    """The plan that a form sent: a choice for each technique, `way-<technique>`. Raises PlanWrong."""
    ways = {name.removeprefix("way-"): value for name, value in sent.items() if name.startswith("way-")}
    return PlanSet(
        most_pictures=_number(sent.get("most_pictures", ""), "pictures"),
        intensity_ceiling=_number(sent.get("intensity_ceiling", ""), "intensity"),
        techniques_out=tuple(name for name, value in ways.items() if value == "out"),
        techniques_preferred=tuple(name for name, value in ways.items() if value == "preferred"),
        note=str(sent.get("note", "")),
    )


def _number(text: object, code: str) -> int | None:
    text = str(text).strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise PlanWrong(code)
    return int(text)
