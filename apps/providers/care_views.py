"""What steers one patient's pictures, for whoever treats them: goals, what is left out, limits, ways of working."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access.asker import asker
from access.door import Purpose, Right, open_patient
from access.roles import Role
from apps.imagery import selectors as imagery
from apps.patients import selectors as patients
from apps.patients.events import TRIGGERS, PlanSet
from apps.patients.resent import seen_by_form
from apps.providers.templatetags.providers import TECHNIQUE_WORDS
from ml.vocabulary import TECHNIQUES


@require_http_methods(["GET", "POST"])
def care(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The plan as it stands; supervisors read it, providers change it. With what was sent, where that wasn't taken."""
    actor = asker(request)
    permit = open_patient(actor, patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    now, wishes, bound = patients.now(permit), patients.wishes(patient_id), imagery.choosing(permit)
    kinds = {word.key: word.word for word in imagery.kinds()}
    sent = request.POST
    tags = sent.getlist("tag") if "words" in sent else now.triggers.tags
    context = {
        "patient_id": patient_id,
        "seen": now.version,
        **seen_by_form(sent, now.version),
        "not_taken": _not_taken(sent),
        "name": now.name or now.label,
        "may_set": actor.role == Role.PROVIDER,
        "goals": sent.get("goals", "\n".join(now.preferences.goals)),
        "towards": now.towards,
        "liked_places": sent.get("liked_places", "\n".join(now.preferences.liked_places)),
        "understood": [*wishes.goals, *(kinds[place] for place in wishes.places)],
        "triggers": [{"key": tag, "word": tag.replace("_", " "), "set": tag in tags} for tag in TRIGGERS],
        "words": sent.get("words", "\n".join(now.triggers.words)),
        "plan": now.plan,
        "ways": _ways(now.plan),
        "settings": now.settings,
        "reset_at": bound.reset_at,
        "set_aside": sum(veto.lifted is None for veto in bound.vetoes),
    }
    return render(request, "providers/care.html", context)


def _not_taken(sent: QueryDict) -> list[tuple[str, str]]:
    """The plan that was sent and could not be taken, field by field, in words; empty where none was.

    Beside the form, not in it: the form shows what stands, which may be what another clinician has set meanwhile.
    """
    if "most_pictures" not in sent:
        return []
    ways = {key: sent.get(f"way-{key}", "open") for key in TECHNIQUES}
    said = [
        (_("Most pictures in a session"), sent.get("most_pictures", "")),
        (_("Ceiling for hard feelings"), sent.get("intensity_ceiling", "")),
        (_("preferred"), ", ".join(str(TECHNIQUE_WORDS[key]) for key, way in ways.items() if way == "preferred")),
        (_("not used"), ", ".join(str(TECHNIQUE_WORDS[key]) for key, way in ways.items() if way == "out")),
        (_("Note for the care team"), sent.get("note", "")),
    ]
    return [(name, value) for name, value in said if value]


def _ways(plan: PlanSet) -> list[dict[str, Any]]:
    """Each way of working, and what is set for it."""
    chosen = dict.fromkeys(plan.techniques_preferred, "preferred") | dict.fromkeys(plan.techniques_out, "out")
    return [{"key": key, "word": TECHNIQUE_WORDS[key], "set": chosen.get(key, "open")} for key in TECHNIQUES]
