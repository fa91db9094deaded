"""Gathers what the engine is told. All of it is recorded with the choice, so that it can be made again."""

import json
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from access.context import asking
from apps.imagery import selectors
from apps.imagery.aggregate import Request
from apps.imagery.events import CATEGORY, ImageComposed
from apps.imagery.feeling import feeling
from apps.imagery.tasks.errands import ACTOR, Errand
from apps.patients import selectors as patients
from apps.sessions.events import SESSION
from eventstore import store
from eventstore.projection import wait_for
from eventstore.stream import StreamName
from ml.prompting.choose import Choice
from ml.scenes.spec import KINDS

_PATIENCE_S: Final = 0.5
_SEEDS: Final = 1 << 62

Inputs = dict[str, Any]


def gather(errand: Errand, request: Request) -> Inputs:
    """What the engine is told, as plain JSON values."""
    with asking(ACTOR, route=errand.claim.kind):
        stream = StreamName(CATEGORY, errand.session_id)
        wait_for("imagery.taste", stream, store.version_of(stream), timeout_s=_PATIENCE_S)
        events = [recorded.event for recorded in store.read(StreamName(SESSION, errand.session_id))]
        taste = selectors.taste(errand.patient_id)
        liked = patients.preferences(errand.patient_id).liked_places
        triggers = patients.triggers(errand.patient_id)
    history = [
        {name: seen.get(name) for name in ("template", "emotion", "rating", "upset", "style", "mood", "felt")}
        for seen in taste.seen
    ]
    return {
        "state": asdict(feeling(events, request.emotion, request.intensity, request.requested_at)),
        "history": history,
        "kinds": [kind for kind in (_kind(place) for place in liked) if kind in KINDS],
        "styles": [taste.style] if taste.style else [],
        "blocked_kinds": sorted(taste.blocked_kinds),
        "blocked_templates": list(taste.blocked_templates),
        "blocked_styles": list(taste.blocked_styles),
        "triggers": list(triggers),
    }


def set_aside(inputs: Inputs) -> tuple[str, ...]:
    """Kinds, styles and scenes ("library:…") that the vetted library, too, must not show."""
    return tuple(
        word for name in ("blocked_kinds", "blocked_styles", "blocked_templates") for word in inputs.get(name, ())
    )


def composed(request_id: UUID, attempt: int, choice: Choice, inputs: Inputs) -> ImageComposed:
    """The choice as the log keeps it."""
    return ImageComposed(
        request_id=request_id,
        attempt=attempt,
        template=choice.template,
        technique=choice.technique,
        prompt=choice.prompt,
        negative=choice.negative_prompt,
        reasons=choice.reasons,
        seed=choice.seed,
        engine=choice.engine,
        library=choice.library,
        inputs=json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode(),
    )


def seed_of(request_id: UUID, attempt: int) -> int:
    """The seed of an attempt: the same for whoever answers the request."""
    return (request_id.int + attempt) % _SEEDS


def _kind(place: str) -> str:
    return place.strip().casefold().replace(" ", "_")
