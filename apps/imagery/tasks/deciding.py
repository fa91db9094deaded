"""Gathers what the engine is told. All of it is recorded with the choice, so that it can be made again."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from access.context import asking
from apps.exercises import selectors as exercises
from apps.imagery import selectors
from apps.imagery.aggregate import Request
from apps.imagery.events import CATEGORY, ImageComposed
from apps.imagery.feeling import Feeling
from apps.imagery.occasions import Occasion
from apps.imagery.tasks import reading
from apps.imagery.tasks.errands import ACTOR, Errand
from apps.imagery.tasks.progressing import aged, progress_of
from apps.patients import selectors as patients
from eventstore import store
from eventstore.projection import wait_for
from eventstore.stream import StreamName
from ml.prompting.choose import Choice, NothingStands
from ml.prompting.library import by_id
from ml.prompting.own_words import spelled_out
from ml.prompting.recorded import by_cell, decide
from ml.prompting.rule import MF
from ml.prompting.state import State
from ml.prompting.technique import DISTRESS_LIMIT, FLOODED, flooded
from ml.scenes.spec import KINDS, STYLES
from ml.vocabulary import TECHNIQUES

_PATIENCE_S: Final = 0.5
_SEEDS: Final = 1 << 62
_OF_A_PICTURE: Final = ("template", "emotion", "rating", "upset", "style", "mood", "felt")
_WITHOUT_A_TEMPLATE: Final = ("mindfulness", "behavioural_activation", "cognitive_restructuring")
STEADYING: Final = MF
_MAY_BE_ABSENT: Final = ("asked_for", "open_templates", "closed_templates")
"""Inputs of which the next reading may have none; the others of what binds it replaces."""

Inputs = dict[str, Any]


def gather(errand: Errand, request: Request) -> Inputs:
    """What the engine is told, as plain JSON values."""
    with asking(ACTOR, route=errand.claim.kind):
        stream = StreamName(CATEGORY, errand.session_id)
        # For the last rating only. What comes too late leans the next choice; what binds is read from the log.
        wait_for("imagery.taste", stream, store.version_of(stream), timeout_s=_PATIENCE_S)
        wishes, taste = patients.wishes(errand.patient_id), selectors.taste(errand.patient_id)
        felt = _felt(errand, request, request.requested_at)
        heard = _heard(errand, request)
        local = asdict(patients.local_time_of(errand.patient_id, request.requested_at))
        inputs = {
            "state": asdict(felt) | local | {"distress": heard.distress},
            "offered": list(STYLES),
            "evolving": errand.occasion.live,
            "progress": progress_of(errand.patient_id, request.requested_at, reached_at=wishes.reached_at),
            "history": aged(taste.seen, _OF_A_PICTURE, request.requested_at),
            "styles": [taste.style] if taste.style else [],
            **_wished(wishes),
            **_binding(errand, wishes, taste, heard),
        }
        return _narrowed(inputs, errand.occasion.technique)


def renewed(inputs: Inputs, errand: Errand, request: Request) -> Inputs:
    """The same, with what binds the choice read again; equal to what was there where none of it changed."""
    with asking(ACTOR, route=errand.claim.kind):
        wishes, taste = patients.wishes(errand.patient_id), selectors.taste(errand.patient_id)
        led = {name: value for name, value in inputs.items() if name not in _MAY_BE_ABSENT}
        heard = _heard(errand, request)
        led["state"] = heard.renewing(led["state"])
        return _narrowed(led | _binding(errand, wishes, taste, heard), errand.occasion.technique)


def _binding(errand: Errand, wishes: patients.Wishes, taste: selectors.Taste, heard: "_Heard") -> Inputs:
    """What no choice may go against: the patient's exclusions, the clinician's limits, the ladder, the reviews."""
    plan, now = wishes.plan, timezone.now()
    triggers = spelled_out(patients.triggers(errand.patient_id))
    return {
        "triggers": list(triggers),
        "ladder_approved": heard.on_a_step,
        "calming": exercises.on_calm_picture(errand.patient_id, now),
        "blocked_kinds": sorted({*taste.blocked_kinds, *reading.out_of_what_is_painted(triggers)}),
        "blocked_templates": list(taste.blocked_templates),
        "blocked_styles": list(taste.blocked_styles),
        "blocked_techniques": list(plan.techniques_out),
        "intensity_ceiling": None if plan.intensity_ceiling is None else plan.intensity_ceiling / 100,
        **_in_use(),
    }


def _felt(errand: Errand, request: Request, at: datetime) -> Feeling:
    return errand.occasion.feeling(errand.session_id, request.emotion, request.intensity, at)


def _narrowed(inputs: Inputs, technique: str) -> Inputs:
    """Open to the way of working asked for alone; unchanged where a limit leaves none of it, or the feeling is strong.

    Whether one is left the engine says, so that the same hard rules count as in a session. A strong feeling that no
    list names counts as neutral, and may be a hard one: it is steadied.
    """
    state = State(**inputs["state"])
    if not technique or flooded(state):
        return inputs
    unnamed = state.emotion == exercises.UNKNOWN and state.intensity >= FLOODED
    others = {name for name in TECHNIQUES if name != (STEADYING if unnamed else technique)}
    narrowed = inputs | {"blocked_techniques": sorted(others | set(inputs["blocked_techniques"]))}
    if not unnamed:
        narrowed["asked_for"] = technique
    try:
        decide(narrowed, seed=0)
    except NothingStands:
        return inputs
    return narrowed


def _in_use() -> Inputs:
    """Which templates the organisation does not use, or which alone it does, whichever are fewer."""
    closed = frozenset(selectors.closed_templates())
    opened = [template for template in by_id() if template not in closed]
    if len(opened) < len(closed):
        return {"open_templates": by_cell(opened)}
    return {"closed_templates": by_cell(sorted(closed))}


def _wished(wishes: patients.Wishes) -> Inputs:
    """Goals and places in words of the closed list, the language, and what the clinician prefers."""
    return {
        "kinds": [place for place in wishes.places if place in KINDS],
        "goals": list(wishes.goals),
        "liked_places": list(wishes.places),
        "language": wishes.language,
        "techniques": list(wishes.plan.techniques_preferred),
    }


@dataclass(frozen=True, slots=True)
class _Heard:
    """The highest distress that the patient said of late, and the approved step of a ladder that they are on."""

    distress: int | None
    step: exercises.ApprovedStep | None

    @property
    def on_a_step(self) -> bool:
        """Whether there is such a step, and they are not beyond the distress at which it ends."""
        return self.step is not None and (self.distress is None or self.distress <= self.step.limit)

    def renewing(self, state: dict[str, Any]) -> dict[str, Any]:
        """The state with what was heard since, where that has reached the engine's limit and nothing had before.

        No other word of distress changes a choice, so for none is a picture that is being painted begun anew.
        """
        if (self.distress or 0) < DISTRESS_LIMIT or (state["distress"] or 0) >= DISTRESS_LIMIT:
            return state
        return state | {"distress": self.distress}


def _heard(errand: Errand, request: Request) -> _Heard:
    """In the session, when the picture was asked for and now, and on the step, which none takes outside a session."""
    now = timezone.now()
    step = exercises.approved_step(errand.patient_id) if errand.occasion.live else None
    step = step if step is not None and step.goes_on(now) else None
    said = [_felt(errand, request, at).distress for at in (request.requested_at, now)]
    said.append(step.distress if step else None)
    return _Heard(max((one for one in said if one is not None), default=None), step)


def why(occasion: Occasion, choice: Choice | None, inputs: Inputs, *, vetted: bool = False) -> tuple[str, ...]:
    """The reasons that the patient reads. The engine's first is why this way of working; what was asked for needs none.

    Args:
        choice: None where a vetted scene is shown and nothing was chosen.
        vetted: a vetted scene is shown in its place, of which what the choice says of its own scene is not true.
    """
    found = choice.reasons if choice else ()
    first = found[:1]
    if choice and "asked_for" in inputs:
        first = (occasion.asked, occasion.works)
    elif occasion.asked:
        first = (occasion.asked, *first)
    untrue = choice.of_the_scene if choice and vetted else ()
    return (*first, *(reason for reason in found[1:] if reason not in untrue))


def calm(inputs: Inputs) -> str:
    """The way of working of a scene without a template: the steadying one, unless a clinician ruled it out."""
    stand = [name for name in _WITHOUT_A_TEMPLATE if name not in inputs.get("blocked_techniques", ())]
    return (stand or _WITHOUT_A_TEMPLATE)[0]


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
        alt=choice.alt,
        line=choice.line,
    )


def seed_of(request_id: UUID, attempt: int) -> int:
    """The seed of an attempt: the same for whoever answers the request."""
    return (request_id.int + attempt) % _SEEDS
