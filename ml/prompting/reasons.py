"""Why a picture was chosen, beside its technique: in words that patient and provider understand."""

from collections.abc import Mapping
from typing import Final

from ml.prompting import course, evolving
from ml.prompting.eligible import Candidate, spoken
from ml.prompting.progress import WORSE, Progress
from ml.prompting.slots import goals, liked_places
from ml.prompting.state import Preferences, Shown, State
from ml.prompting.technique import PREFERRED_REASON, of_course, over_ceiling

CALM_REASON: Final = "You have just left a step, so this picture is a calm one."
CEILING_REASON: Final = "The feeling is above the strength that your clinician set, so the picture only steadies."
VARIETY_REASON: Final = "It adds a little variety."
ONLY_REASON: Final = "It is the one way of working that is open now."
NEW_REASON: Final = "It is new to you."
DID_GOOD_REASON: Final = "Pictures like this did you good before."
STEP_WAITS_REASON: Final = (
    "It leaves your step aside, since your questionnaires say that it has been harder than at first."
)


def of_the_technique(
    technique: str, why: Mapping[str, str], state: State, preferences: Preferences, *, only: bool
) -> str:
    """Why this way of working: the limit that leaves no other, else what leans to it.

    Args:
        why: the weightiest reason for each technique that has one.
        only: nothing of another technique stands.
    """
    if preferences.until_cbt7:
        return why.get(technique, VARIETY_REASON)
    if preferences.calming:
        return CALM_REASON
    if over_ceiling(state, preferences):
        return CEILING_REASON
    return why.get(technique, ONLY_REASON if only else VARIETY_REASON)


def of_the_patient(candidate: Candidate, state: State, preferences: Preferences) -> tuple[str, ...]:
    """Which of the patient's wishes and the clinician's limits it follows, and where it cannot."""
    found = [*_of_slots(candidate)]
    if candidate.template.technique in preferences.techniques:
        found.append(PREFERRED_REASON)
    if preferences.calming:
        found.append(CALM_REASON)
    if over_ceiling(state, preferences):
        found.append(CEILING_REASON)
    asked = preferences.language.partition("-")[0].casefold()
    if asked and spoken(asked) != asked:
        found.append("There are no words in your language yet, so it speaks English.")
    return tuple(found)


def of_the_course(
    technique: str, state: State, history: tuple[Shown, ...], preferences: Preferences, progress: Progress
) -> tuple[str, ...]:
    """What questionnaires, exercises and the time since have to do with this way of working."""
    lately = () if preferences.until_cbt7 else course.of_history(state, history)
    found = [rule.told_of(technique) for rule in (*lately, *of_course(state, history, preferences, progress))]
    if preferences.ladder_approved and progress.course == WORSE:
        found.append(STEP_WAITS_REASON)
    return tuple(found)


def of_the_past(candidate: Candidate, history: tuple[Shown, ...], *, liked: bool, taken: int) -> tuple[str, ...]:
    """What earlier pictures have to do with it; `taken` scenes were left out for a trigger."""
    found = []
    if liked:
        found.append(DID_GOOD_REASON)
    if history and all(shown.template != candidate.template.id for shown in history):
        found.append(NEW_REASON)
    if taken:
        found.append("Scenes with things you asked not to see were left out.")
    return tuple(found)


def of_the_scene(candidate: Candidate, told: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the reasons that say something of this scene, and not of the technique, of limits or of triggers."""
    own = {candidate.template.purpose, *_of_slots(candidate), evolving.REASON, DID_GOOD_REASON, NEW_REASON}
    return tuple(reason for reason in told if reason in own)


def _of_slots(candidate: Candidate) -> tuple[str, ...]:
    holds, personal, found = candidate.template.slots(), candidate.personal, list[str]()
    if personal.goal is not None and holds & {"goal", "goal_name"}:
        found.append(f"It takes up something you want to reach: {goals()[personal.goal].says}.")
    if personal.liked_place is not None and "liked_place" in holds:
        found.append(f"It holds a place you like: {liked_places()[personal.liked_place].says}.")
    return tuple(found)
