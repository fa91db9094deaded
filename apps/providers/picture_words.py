"""The words of the page of pictures: filters and vetoes, in the reader's language."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.imagery import selectors as imagery
from apps.providers.pictures import CHOICES, Asked
from apps.providers.templatetags.providers import EMOTION_WORDS, RATING_WORDS, TECHNIQUE_WORDS

FILTERS: Final[dict[str, str | Promise]] = {
    "technique": _("Technique"),
    "emotion": _("Emotion it answered"),
    "rating": _("Rating"),
    "source": _("Where from"),
    "state": _("State"),
}
VALUES: Final[dict[str, Mapping[str, str | Promise]]] = {
    "technique": TECHNIQUE_WORDS,
    "emotion": EMOTION_WORDS,
    "rating": {**{str(value): word for value, word in RATING_WORDS.items()}, "none": _("not rated")},
    "source": {"painted": _("painted by the model"), "library": _("from the checked collection")},
    "state": {"shown": _("shown"), "withdrawn": _("upset the patient"), "aside": _("set aside")},
}
WHAT: Final[dict[str, str | Promise]] = {
    "picture": _("a picture"),
    "template": _("a template"),
    "style": _("a style"),
    "kind": _("a kind of scene"),
}


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


def of_veto(veto: imagery.Veto, names: Mapping[UUID, str], alts: Mapping[UUID, str]) -> dict[str, Any]:
    """A veto in words: what is set aside, who said so and why."""
    words = {word.key: word.word for word in (*imagery.styles(), *imagery.kinds())}
    what = {"picture": alts.get(veto.image_id, veto.value) if veto.image_id else veto.value, "template": veto.value}
    lifted = veto.lifted
    return {
        "id": veto.id,
        "what": WHAT[veto.what],
        "value": what.get(veto.what) or words.get(veto.value, veto.value),
        "reason": veto.reason,
        "by": names.get(veto.by, ""),
        "at": veto.at,
        "lifted": lifted and {"by": names.get(lifted.by, ""), "at": lifted.at, "reason": lifted.reason},
    }
