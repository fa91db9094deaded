"""A sequence that evolves: the place stays, and its weather clears as the patient calms.

An option of a technique, used by mindfulness, whose exercises teach to watch thoughts and feelings pass, as one watches
weather (Segal, Williams and Teasdale, Mindfulness-Based Cognitive Therapy for Depression, 2nd ed., 2013).
It leans a choice and rules nothing out: taste may speak against it.
"""

from collections.abc import Iterable
from typing import Final

from ml.prompting.library import by_id
from ml.prompting.rule import HARD, MF
from ml.prompting.state import Shown, State
from ml.prompting.template import Template
from ml.prompting.triggers import canonical, named_in

EVOLVES: Final = frozenset({MF})
"""The techniques whose pictures may follow one another so."""
SOON_S: Final = 20 * 60
"""How old the last picture may be: a sequence is of one sitting."""
EASES: Final = -0.2
"""The trend from which a feeling that stays is said to go down; as `course` has it."""
GAIN: Final = 0.5
"""What the next of a sequence gains: about what a kind that the patient chose and a goal of theirs gain together."""
REASON: Final = "It stays in a place like the last one, where the weather clears a little, as you do."
_ROUGH: Final = {"clear": 0, "cloudy": 1, "misty": 2, "rain": 3, "snow": 3}
_LARGEST_STEP: Final = 2


def calms(state: State, last: Shown) -> bool:
    """Whether a hard feeling goes down, or has gone, since a picture of a moment ago that was not disliked."""
    if last.age_s is None or last.age_s > SOON_S or last.upset or (last.rating or 0) < 0 or last.emotion not in HARD:
        return False
    if state.emotion in HARD:
        return state.emotion == last.emotion and state.trend <= EASES
    return state.emotion != "surprise"


def is_next(template: Template, state: State, history: tuple[Shown, ...]) -> bool:
    """Whether this template goes on from the last picture: the same kind of place, in weather a step or two clearer."""
    if not history or template.technique not in EVOLVES or not calms(state, history[-1]):
        return False
    before = by_id().get(history[-1].template)
    if before is None or before.kind != template.kind:
        return False
    return 1 <= _ROUGH[before.weather] - _ROUGH[template.weather] <= _LARGEST_STEP


def may_stay(template: str, alt: str, triggers: Iterable[str]) -> bool:
    """Whether a picture of this template, said to show `alt`, may be begun from: what it shows may stay in the next.

    Not one of another technique, such as a step of a ladder, which a calm picture is to end; nor one with anything
    in it that is left out by now.
    """
    before, left_out = by_id().get(template), canonical(triggers)
    if before is None or before.technique not in EVOLVES:
        return False
    return not (before.contraindications & left_out or named_in(alt, left_out))
