"""Templates and what was said of them, in the words of the pages."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.imagery import words
from apps.imagery.reviews import APPROVED, DRAFT, WITHDRAWN, Decision, Review
from apps.imagery.scene_templates import LOCAL, SceneTemplate
from apps.imagery.template_list import CHOICES, FIRST, Asked
from apps.imagery.template_selectors import StandingTemplate

Words = Mapping[str, str | Promise]

STATES: Final[Words] = {
    DRAFT: gettext_lazy("draft"),
    APPROVED: gettext_lazy("approved"),
    WITHDRAWN: gettext_lazy("withdrawn"),
}
SAID: Final[Words] = {
    DRAFT: gettext_lazy("back to draft"),
    APPROVED: gettext_lazy("approved"),
    WITHDRAWN: gettext_lazy("withdrawn"),
}
TECHNIQUES: Final[Words] = {
    "cognitive_restructuring": gettext_lazy("cognitive restructuring"),
    "behavioural_activation": gettext_lazy("behavioural activation"),
    "mindfulness": gettext_lazy("mindfulness"),
    "progressive_exposure": gettext_lazy("progressive exposure"),
}
EMOTIONS: Final[Words] = {
    "anger": gettext_lazy("anger"),
    "disgust": gettext_lazy("disgust"),
    "fear": gettext_lazy("fear"),
    "happiness": gettext_lazy("happiness"),
    "sadness": gettext_lazy("sadness"),
    "surprise": gettext_lazy("surprise"),
    "neutral": gettext_lazy("neutral"),
}
FILTERS: Final[Words] = {
    "technique": gettext_lazy("Technique"),
    "emotion": gettext_lazy("Emotion"),
    "state": gettext_lazy("State"),
    "first": gettext_lazy("Writers' doubts"),
}
VALUES: Final[Mapping[str, Words]] = {
    "technique": TECHNIQUES,
    "emotion": EMOTIONS,
    "state": STATES,
    "first": {FIRST: gettext_lazy("only what they doubted")},
}
SLOTS: Final[Words] = {
    "season": gettext_lazy("season"),
    "day_time": gettext_lazy("time of day"),
    "goal": gettext_lazy("a thing that stands for the patient's goal"),
    "goal_name": gettext_lazy("the patient's goal"),
    "liked_place": gettext_lazy("a place that the patient likes"),
}
_SLOT: Final = re.compile(r"\{(\w+)\}")


def named_choices(filters: Asked) -> list[dict[str, Any]]:
    """Each filter with its values in words, and which one is set."""
    return [
        {
            "name": name,
            "label": FILTERS[name],
            "values": [
                {"value": value, "word": VALUES[name][value], "set": filters.wanted.get(name) == value}
                for value in values
            ],
        }
        for name, values in CHOICES.items()
    ]


def of_line(one: StandingTemplate) -> dict[str, Any]:
    """A template in the list."""
    template = one.template
    return {
        "id": one.id,
        "title": template.title,
        "state": one.state,
        "state_word": STATES[one.state],
        "changed": one.changed_since,
        "first": template.why_first,
        "technique": TECHNIQUES[template.technique],
        "emotions": _emotions(template),
        "line": pieces(template.line),
    }


def of_template(one: StandingTemplate) -> dict[str, Any]:
    """A template on its page."""
    template = one.template
    low, high = template.intensity
    return of_line(one) | {
        "digest": template.digest,
        "text": pieces(template.text),
        "alt": pieces(template.alt),
        "fillings": template.fillings,
        "purpose": template.purpose,
        "reference": template.reference,
        "negative": template.negative,
        "language": template.language,
        "strength": f"{low:.0%} – {high:.0%}",
        "not_for": [tag.replace("_", " ") for tag in template.contraindications],
        "scene": _scene(template),
    }


def of_review(said: Review, one: StandingTemplate, names: Mapping[UUID, str]) -> dict[str, Any]:
    """What one clinician said, and whether it was of these words."""
    return {
        "word": SAID[said.state],
        "state": said.state,
        "comment": said.comment,
        "by": names.get(said.by) or said.role,
        "at": said.at,
        "other_words": said.digest not in one.template.digests,
    }


def of_decision(decided: Decision, names: Mapping[UUID, str]) -> dict[str, Any]:
    """A decision about drafts."""
    word = _("Drafts may be shown") if decided.allowed else _("Only approved templates are shown")
    return {"word": word, "reason": decided.reason, "by": names.get(decided.by) or decided.role, "at": decided.at}


def pieces(text: str) -> list[dict[str, Any]]:
    """A text as plain words and slots in turn; a slot says what it is filled with."""
    parts = _SLOT.split(text)
    found = [{"slot": place % 2 == 1, "text": SLOTS.get(part, part) if place % 2 else part}
             for place, part in enumerate(parts)]  # fmt: skip
    return [piece for piece in found if piece["text"]]


def _emotions(template: SceneTemplate) -> str:
    return ", ".join(str(EMOTIONS[emotion]) for emotion in template.emotions)


def _scene(template: SceneTemplate) -> str:
    kind = _word_of(words.kinds(), template.kind)
    season = template.season or _("any season")
    time = _("the patient's own time of day") if template.time == LOCAL else template.time
    return ", ".join((kind, time, template.weather, season, _("%(palette)s colours") % _palette(template)))


def _palette(template: SceneTemplate) -> dict[str, str]:
    return {"palette": template.palette}


def _word_of(known: Iterable[words.Word], key: str) -> str:
    return next((word.word for word in known if word.key == key), key)
