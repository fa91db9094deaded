"""What steers one patient's pictures, for whoever treats them: goals, what is left out, limits, ways of working."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from access.asker import asker
from access.door import Purpose, Right, open_patient
from access.roles import Role
from apps.imagery import selectors as imagery
from apps.patients import selectors as patients
from apps.patients.events import TRIGGERS, PlanSet
from apps.providers.templatetags.providers import TECHNIQUE_WORDS
from ml.vocabulary import TECHNIQUES


@require_GET
def care(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The plan as it stands; supervisors read it, providers change it."""
    actor = asker(request)
    permit = open_patient(actor, patient_id, to=Right.VIEW_CHART, why=Purpose.TREATMENT)
    now, wishes, bound = patients.now(permit), patients.wishes(patient_id), imagery.choosing(permit)
    kinds = {word.key: word.word for word in imagery.kinds()}
    context = {
        "patient_id": patient_id,
        "seen": now.version,
        "name": now.name or now.label,
        "may_set": actor.role == Role.PROVIDER,
        "goals": "\n".join(now.preferences.goals),
        "towards": now.towards,
        "liked_places": "\n".join(now.preferences.liked_places),
        "understood": [*wishes.goals, *(kinds[place] for place in wishes.places)],
        "triggers": [{"key": tag, "word": tag.replace("_", " "), "set": tag in now.triggers.tags} for tag in TRIGGERS],
        "words": "\n".join(now.triggers.words),
        "plan": now.plan,
        "ways": _ways(now.plan),
        "settings": now.settings,
        "reset_at": bound.reset_at,
        "set_aside": sum(veto.lifted is None for veto in bound.vetoes),
    }
    return render(request, "providers/care.html", context)


def _ways(plan: PlanSet) -> list[dict[str, Any]]:
    """Each way of working, and what is set for it."""
    chosen = dict.fromkeys(plan.techniques_preferred, "preferred") | dict.fromkeys(plan.techniques_out, "out")
    return [{"key": key, "word": TECHNIQUE_WORDS[key], "set": chosen.get(key, "open")} for key in TECHNIQUES]
