"""Answers a request: paints, judges, falls back on the library, and records how it came to be."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from apps.imagery import commands
from apps.imagery.aggregate import Request
from apps.imagery.events import ReadAs, Score
from apps.imagery.tasks import deciding, painting, rewording, vetted
from apps.imagery.tasks.errands import Errand
from apps.imagery.tasks.going_on import picture_before
from apps.imagery.tasks.keeping import Case, RulesChanged, end, refused, renewed, scores, show
from apps.sessions.socket import tell
from ml.prompting import general
from ml.prompting.choose import Choice, NothingStands
from ml.prompting.recorded import decide
from ml.safety.against import Against
from ml.safety.image import pass_vetted
from ml.safety.verdict import Refusal

ATTEMPTS: Final = 2
ROUNDS: Final = 3
"""So often an answer is begun anew where what binds it changed on the way; then the job is tried again later."""
LOOK_EVERY: Final = 4
"""After so many steps the painter looks whether anybody still waits."""


class SceneSpoilt(Exception):
    """A vetted scene came out as no picture: a fault in the renderer."""


def paint_answer(errand: Errand, request: Request) -> None:
    """Paint; after a second refusal or a painter that failed, take a vetted scene."""
    _as_rules_stand(errand, request, _paint)


def vetted_answer(errand: Errand, request: Request) -> None:
    """Take a vetted scene at once: the picture is late."""
    _as_rules_stand(errand, request, lambda case: _show_vetted(case, _choice_for_a_scene(case), "late"))


def _as_rules_stand(errand: Errand, request: Request, answer: Callable[[Case], None]) -> None:
    """Answer; where what binds the choice changed before the picture was shown, anew by what binds it then."""
    case = Case(errand, request, deciding.gather(errand, request))
    for _ in range(ROUNDS - 1):
        try:
            return answer(case)
        except RulesChanged:
            case = renewed(case)
    return answer(case)


def _paint(case: Case) -> None:
    choice: Choice | None = None
    why = "refused"
    try:
        for attempt in range(ATTEMPTS):
            case = renewed(case) if attempt else case
            choice = _choose(case)
            if _painted(case, choice):
                return
    except NothingStands:
        choice, why = None, "nothing_stands"
    except painting.PainterFailed as failed:
        why = failed.code
    except painting.Cancelled as cancelled:
        end(case, cancelled.reason)
        return
    now = renewed(case)
    if now.inputs != case.inputs:  # what was painted was chosen by rules that are gone, its way of working too
        choice = _choice_for_a_scene(now)
    _show_vetted(now, choice, why)


def _choice_for_a_scene(case: Case) -> Choice | None:
    """What the scene should be like; None where no template stands."""
    try:
        return _choose(case, in_words=False)
    except NothingStands:
        return None


def _choose(case: Case, *, in_words: bool = True) -> Choice:
    """The engine's choice; `in_words` of a language model where one is named, which a late picture has no time for."""
    attempt = case.attempt
    choice = decide(case.inputs, deciding.seed_of(case.errand.request_id, attempt))
    case.trail.append(deciding.composed(case.errand.request_id, attempt, choice, case.inputs))
    if not in_words:
        return choice
    new = rewording.reword(choice, case.inputs, case.errand.request_id, attempt)
    if new.event is not None:
        case.trail.append(new.event)
    return new.choice


def _painted(case: Case, choice: Choice) -> bool:
    """Whether this attempt answered the request."""
    attempt = case.attempt - 1
    against = Against(choice.technique, tuple(case.inputs["triggers"]))
    errand = case.errand
    told, look, before = _progress(case, choice), errand.patient_id.int, picture_before(case, choice)
    start = None if before is None else before.pixels
    result = painting.paint(choice.prompt, choice.negative_prompt, choice.seed, told, against, look, start=start)
    if isinstance(result, painting.Declined):
        case.trail.extend(refused(case, attempt, result.what, result.refusals))
        return False
    prompt, painted = result
    drawn = painted.drawn
    case.trail.extend(refused(case, attempt, "picture", painted.refused))
    shown = {
        "template": choice.template,
        "technique": choice.technique,
        "kind": choice.scene.kind,
        "style": choice.scene.style,
        "alt": drawn.alt or choice.alt,
        "line": choice.line,
        "why": deciding.why(errand.occasion, choice, case.inputs),
        "fallback": "",
        "model": drawn.model,
        "seed": drawn.seed,
        "steps": drawn.steps,
        "guidance": drawn.guidance,
        "scores": (
            *scores("prompt", prompt.verdict),
            *scores("picture", painted.image.verdict),
            *(
                Score(label=f"quality:{name}", value=round(value, 4), refused_from=None)
                for name, value in painted.quality.items()
            ),
        ),
        "not_judged": painted.image.verdict.not_judged,
        "unread": drawn.unread,
        "read_as": tuple(ReadAs(word=word, known=known) for word, known in drawn.read_as),
        "began_as": before.image_id if before and drawn.strength < 1 else None,
        "strength": drawn.strength,
    }
    show(case, painted.image, shown)
    return True


def _show_vetted(case: Case, choice: Choice | None, why: str) -> None:
    """A scene like the one that was chosen, without the reasons that speak of that one."""
    seed = deciding.seed_of(case.errand.request_id, 0)
    wanted = choice.scene if choice else None
    try:
        scene = vetted.scene_like(wanted, case.inputs["triggers"], deciding.set_aside(case.inputs), seed)
    except LookupError:
        end(case, "nothing_stands")
        return
    image = pass_vetted(scene.pixels(vetted.SIDE, vetted.SIDE))
    if isinstance(image, Refusal):
        raise SceneSpoilt(scene.id)
    technique = choice.technique if choice else deciding.calm(case.inputs)
    shown = {
        "template": f"library:{scene.id}",
        "technique": technique,
        "kind": scene.spec.kind,
        "style": scene.spec.style,
        "alt": scene.alt,
        "line": general.line(technique, seed),
        "why": deciding.why(case.errand.occasion, choice, case.inputs, vetted=True),
        "fallback": why,
        "model": f"library:{scene.id}",
        "seed": scene.spec.seed,
        "steps": 0,
        "guidance": 0.0,
        "scores": (),
        "not_judged": (),
    }
    show(case, image, shown)


def _progress(case: Case, choice: Choice) -> Callable[[int, int], None]:
    """Tells a session's page how far the picture is, and stops the painter when nobody waits, or for this no more."""
    occasion, place, request_id = case.errand.occasion, case.errand.session_id, case.errand.request_id
    furthest = 0

    def on_step(step: int, steps: int) -> None:
        nonlocal furthest
        furthest = max(furthest, step)  # a further picture, painted to choose from, does not turn it back
        if occasion.live:
            far = {"technique": choice.technique, "step": furthest, "steps": steps, "request_id": str(request_id)}
            tell(place, {"type": "composing", **far})
        if step % LOOK_EVERY == 0 and (reason := occasion.over(place) or _answered(place, request_id)):
            raise painting.Cancelled(reason)

    on_step(0, 0)
    return on_step


def _answered(place: UUID, request_id: UUID) -> str | None:
    """A late picture's scene is shown already: what is still painted would be shown to nobody."""
    request = commands.load(place).requests.get(request_id)
    return "answered" if request is not None and request.answered else None
