"""How numbers of the chart are written."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.assessments.instruments.phq9 import PHQ_9
from apps.imagery import selectors as imagery
from apps.providers.ledger import Review
from apps.sessions.selectors import SessionSummary

register = template.Library()

EMOTION_WORDS: Final[dict[str, str | Promise]] = {
    "anger": gettext_lazy("anger"),
    "disgust": gettext_lazy("disgust"),
    "fear": gettext_lazy("fear"),
    "happiness": gettext_lazy("happiness"),
    "sadness": gettext_lazy("sadness"),
    "surprise": gettext_lazy("surprise"),
    "neutral": gettext_lazy("neutral"),
}
TECHNIQUE_WORDS: Final[dict[str, str | Promise]] = {
    "cognitive_restructuring": gettext_lazy("cognitive restructuring"),
    "behavioural_activation": gettext_lazy("behavioural activation"),
    "mindfulness": gettext_lazy("mindfulness"),
    "progressive_exposure": gettext_lazy("progressive exposure"),
}
RATING_WORDS: Final[dict[int, str | Promise]] = {
    -2: gettext_lazy("much worse"),
    -1: gettext_lazy("worse"),
    0: gettext_lazy("no change"),
    1: gettext_lazy("better"),
    2: gettext_lazy("much better"),
}


@register.filter
def signed(points: int) -> str:
    """A change with its sign, the minus as a minus: +4, −9, ±0."""
    if points == 0:
        return "±0"
    return f"+{points}" if points > 0 else f"\N{MINUS SIGN}{-points}"


@register.filter
def minutes(session: SessionSummary) -> str:
    """How long a session took; "" while it's open."""
    if session.ended_at is None:
        return ""
    return _("%(minutes)d min") % {"minutes": round((session.ended_at - session.opened_at).total_seconds() / 60)}


@register.filter
def span(since: datetime) -> str:
    """How long since then, in its largest unit: "3 days"."""
    return timesince(since, depth=1)


@register.filter
def ago(at: datetime) -> str:
    """How long ago, in its largest unit; "yesterday" for the day before."""
    days = (timezone.localdate() - timezone.localtime(at).date()).days
    if days == 1:
        return _("yesterday")
    return _("%(span)s ago") % {"span": span(at)}


@register.filter
def moment(text: str) -> datetime:
    """The ledger's RFC 3339 text as a moment, for the date filters."""
    return datetime.fromisoformat(text)


@register.filter
def emotion(key: str) -> str:
    """An emotion's word in the reader's language."""
    return str(EMOTION_WORDS[key])


@register.filter
def technique(key: str) -> str:
    """A technique's word in the reader's language."""
    return str(TECHNIQUE_WORDS.get(key, key))


@register.filter
def rating(value: int | None) -> str:
    """How a picture sat with the patient."""
    return _("not rated") if value is None else str(RATING_WORDS[value])


@register.filter
def scene_kind(key: str) -> str:
    """A kind of scene in words."""
    return _said(imagery.kinds(), key)


@register.filter
def scene_style(key: str) -> str:
    """A style in words."""
    return _said(imagery.styles(), key)


@register.filter
def answer_words(grade: int) -> str:
    """PHQ-9's own words for an answer; they're English, like the form."""
    return next(choice.text for choice in PHQ_9.choices if choice.value == grade)


@register.filter
def named(names: Mapping[str, str], review: Review) -> str:
    """Who acknowledged: the name, else the role."""
    return names.get(review.by) or review.role


def _said(words: Iterable[imagery.Word], key: str) -> str:
    return next((word.word for word in words if word.key == key), key)
