"""The patient's preferences: what pictures follow and leave out, and what was learned, with a way to begin anew."""

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from access.asker import asker
from access.door import Permit, Purpose, Right, open_patient
from apps.imagery import selectors as imagery
from apps.patients import selectors as patients
from apps.patients.events import TRIGGERS, PlanSet
from apps.patients.resent import seen_by_form
from apps.portal.words import TECHNIQUE_WORDS, TRIGGER_WORDS

GOAL_WORDS: Final[dict[str, str | Promise]] = {
    "rest": _("rest"),
    "people": _("time with others"),
    "outdoors": _("time outside"),
    "movement": _("moving more"),
    "making": _("making things"),
    "learning": _("learning"),
    "work": _("getting things done"),
    "calm": _("calm"),
    "courage": _("courage"),
    "home": _("a cared-for home"),
    "joy": _("joy"),
    "kindness": _("being kind to yourself"),
}
"""Goals that pictures can take up, as patients read them."""


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Everything that steers the patient's pictures, on one page; with what was sent, where that could not be taken."""
    actor = asker(request)
    permit = open_patient(actor, actor.id, to=Right.VIEW_OWN, why=Purpose.SELF)
    patient, sent = patients.now(permit), request.POST
    tags = sent.getlist("tag") if "words" in sent else patient.triggers.tags
    context = {
        **seen_by_form(sent, patient.version),
        "triggers": [{"key": key, "word": TRIGGER_WORDS[key], "set": key in tags} for key in TRIGGERS],
        "words": sent.get("words", "\n".join(patient.triggers.words)),
        "liked_places": sent.get("liked_places", "\n".join(patient.preferences.liked_places)),
        "goals": sent.get("goals", "\n".join(patient.preferences.goals)),
        "towards": patient.towards,
        "plan": _plan(patient.plan),
        **_understood(permit),
        **_settings(sent.get("language", patient.settings.language), sent.get("time_zone", patient.settings.time_zone)),
        "such_as": _zone_like(sent.get("time_zone", "")),
        **_learned(permit),
    }
    return render(request, "portal/preferences.html", context)


def _understood(permit: Permit) -> dict[str, Any]:
    """What pictures can take up of the patient's own words."""
    wishes, places = patients.wishes(permit.patient_id), _kind_words()
    return {
        "understood_goals": [str(GOAL_WORDS[goal]) for goal in wishes.goals],
        "understood_places": [places[place] for place in wishes.places],
    }


def _settings(language: str, time_zone: str) -> dict[str, Any]:
    """Language and zone; where no zone is set, the reader's own is offered."""
    zones, here = patients.time_zones(), timezone.get_current_timezone_name()
    offered = here if not time_zone and here in zones else ""
    tags = patients.languages().items()
    return {
        "languages": [{"tag": tag, "name": name, "set": tag == language} for tag, name in tags],
        "zones": zones,
        "time_zone": time_zone or offered,
        "offered": bool(offered),
    }


def _zone_like(sent: str) -> str:
    """A zone in place of what was sent where that is none: one that has it in its name, else the usual example."""
    zones, sent = patients.time_zones(), sent.strip()
    if not sent or sent in zones:
        return ""
    named = sent.replace(" ", "_").casefold()
    return next((zone for zone in zones if named in zone.casefold()), "Europe/Berlin")


def _learned(permit: Permit) -> dict[str, Any]:
    """What the ratings say, the style chosen, and what never comes again."""
    found, kinds = imagery.learned(permit), _kind_words()
    styles = {word.key: word.word for word in imagery.styles()}
    return {
        "learned": found,
        "kinds": _averages(found.kinds, kinds),
        "styles": _averages(found.styles, styles),
        "upsetting": [kinds.get(kind, kind) for kind in found.upsetting],
        "style": styles.get(imagery.choosing(permit).style, ""),
    }


def _plan(plan: PlanSet) -> dict[str, Any]:
    """What the clinician set, in words; empty where nothing is set."""
    limits = {"most": plan.most_pictures, "ceiling": plan.intensity_ceiling}
    preferred, out = _ways(plan.techniques_preferred), _ways(plan.techniques_out)
    found = limits | {"preferred": preferred, "out": out}
    return found if any(value not in (None, []) for value in found.values()) else {}


def _ways(techniques: Iterable[str]) -> list[str]:
    return [str(TECHNIQUE_WORDS[name]).lower() for name in techniques]


def _kind_words() -> dict[str, str]:
    return {word.key: word.word for word in imagery.kinds()}


def _averages(found: Iterable[Any], words: dict[str, str]) -> list[dict[str, Any]]:
    return [{"word": words.get(one.key, one.key), "count": one.count, "mean": _signed(one.mean)} for one in found]


def _signed(mean: float) -> str:
    """A mean rating with its sign, the minus as a minus."""
    rounded = round(mean, 1)
    return "±0" if not rounded else f"{rounded:+.1f}".replace("-", "\N{MINUS SIGN}")
