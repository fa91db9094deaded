"""The rules of an exposure ladder. Pure: history in, events out.

Written by a clinician, agreed to by the patient, begun by the patient alone. A try always goes the same way: the step,
then calm, then the end; there is no other way out of a step. Distress is from 0 to 100; another number raises
DistressWrong. `writing` is what the patient had before them when they agreed or began; None does not ask.
"""

from typing import Final
from uuid import UUID

from apps.exercises.events import (
    AttemptEnded,
    CalmBegun,
    DistressSaid,
    LadderAgreed,
    LadderAgreementWithdrawn,
    LadderClosed,
    LadderWritten,
    StepBegun,
)
from apps.exercises.ladder import DistressWrong, Ladder, LadderUnknown, LadderWrong, NotNow

MOST_STEPS: Final = 12
MOST_TIMES: Final = 5
LONGEST: Final = 300


def write(ladder: Ladder, wanted: LadderWritten, *, calms: bool = False) -> list[object]:
    """Write the ladder, or write it anew; a calm picture left open ends.

    Args:
        calms: the patient is on the calm picture now: nobody takes it from under their eyes.

    Raises LadderWrong; NotNow ("closed", "on_a_step").
    """
    if ladder.closed:
        raise NotNow("closed")
    if ladder.on_a_step or calms:
        raise NotNow("on_a_step")
    _check(wanted)
    return [] if wanted == ladder.written and not ladder.place.resting else [*_calm_left(ladder), wanted]


def _check(wanted: LadderWritten) -> None:
    expected = [step.expected for step in wanted.steps]
    texts = [wanted.title, *(step.text for step in wanted.steps)]
    if not 0 < len(expected) <= MOST_STEPS:
        raise LadderWrong(f"A ladder has from 1 to {MOST_STEPS} steps.")
    if any(not 0 < len(text.strip()) <= LONGEST for text in texts):
        raise LadderWrong(f"The title and each step need from 1 to {LONGEST} letters.")
    if not all(0 <= points <= 100 for points in (*expected, wanted.limit)):
        raise LadderWrong("Distress goes from 0 to 100.")
    if expected != sorted(expected):
        raise LadderWrong("Steps go from the easiest to the hardest.")
    if expected[-1] > wanted.limit:
        raise LadderWrong("A step is expected to go above the limit; set the limit higher or make the step easier.")
    if not 0 < wanted.times <= MOST_TIMES:
        raise LadderWrong(f"A step opens the next after 1 to {MOST_TIMES} times.")


def agree(ladder: Ladder, *, writing: int | None = None) -> list[object]:
    """Agree to it as it is written now. Raises LadderUnknown; NotNow ("closed", "rewritten")."""
    _living(ladder)
    _as_read(ladder, writing)
    return [] if ladder.agreed else [LadderAgreed()]


def withdraw(ladder: Ladder) -> list[object]:
    """Take the agreement back, at any time; from a step that leads to the calm picture. Raises LadderUnknown."""
    if ladder.written is None:
        raise LadderUnknown
    calm: list[object] = [CalmBegun(why="stopped")] if ladder.on_a_step else []
    return [*calm, LadderAgreementWithdrawn()] if ladder.agreed else calm


def begin(ladder: Ladder, *, attempt_id: UUID, step: int, distress: int, writing: int | None = None) -> list[object]:
    """Begin a step that is open.

    Raises:
        LadderUnknown; NotNow: "closed", "rewritten", "not_agreed", "on_a_step", "resting", "locked" or "above_limit"
        (then the calm picture is what helps now).
    """
    written = _living(ladder)
    _as_read(ladder, writing)
    _points(distress)
    place = ladder.place
    refusals = {
        "not_agreed": not ladder.agreed,
        "on_a_step": ladder.now is not None,
        "resting": place.resting,
        "locked": not 0 <= step <= place.step,
        "above_limit": distress > written.limit,
    }
    if refused := [code for code, holds in refusals.items() if holds]:
        raise NotNow(refused[0])
    return [StepBegun(attempt_id=attempt_id, step=step, distress=distress)]


def say(ladder: Ladder, *, distress: int, done: bool = False, late: bool = False) -> list[object]:
    """Say how it is on the step. Above the limit the step ends at once; `done` ends it as well.

    Args:
        late: the step was begun longer ago than one lasts. Then done is stopped: what fell meanwhile fell elsewhere,
            and opens no harder step.

    Raises LadderUnknown; NotNow ("not_on_a_step").
    """
    written = ladder.written
    if written is None:
        raise LadderUnknown
    if not ladder.on_a_step:
        raise NotNow("not_on_a_step")
    _points(distress)
    said = DistressSaid(distress=distress)
    if distress > written.limit:
        return [said, CalmBegun(why="limit")]
    return [said, CalmBegun(why="stopped" if late else "done")] if done else [said]


def stop(ladder: Ladder) -> list[object]:
    """Stop at once. It's never refused on a step, and needs neither reason nor number; elsewhere it does nothing."""
    if ladder.written is None:
        raise LadderUnknown
    return [CalmBegun(why="stopped")] if ladder.on_a_step else []


def end(ladder: Ladder, *, distress: int | None) -> list[object]:
    """Leave the calm picture. Raises LadderUnknown; NotNow ("not_calm"): a step ends in calm and nowhere else."""
    if ladder.written is None:
        raise LadderUnknown
    if ladder.now is None or ladder.on_a_step:
        raise NotNow("not_calm")
    if distress is not None:
        _points(distress)
    return [AttemptEnded(distress=distress)]


def close(ladder: Ladder, *, calms: bool = False) -> list[object]:
    """Close it for good; a calm picture left open ends. `calms` as in `write`. Raises LadderUnknown; NotNow
    ("on_a_step").
    """
    if ladder.written is None:
        raise LadderUnknown
    if ladder.on_a_step or calms:
        raise NotNow("on_a_step")
    return [] if ladder.closed else [*_calm_left(ladder), LadderClosed()]


def _calm_left(ladder: Ladder) -> list[object]:
    """Ends a try whose calm picture is still open. It comes first: the try belongs to the steps as they were."""
    return [] if ladder.now is None else [AttemptEnded(distress=None)]


def _living(ladder: Ladder) -> LadderWritten:
    if ladder.written is None:
        raise LadderUnknown
    if ladder.closed:
        raise NotNow("closed")
    return ladder.written


def _as_read(ladder: Ladder, writing: int | None) -> None:
    if writing not in (None, ladder.writing):
        raise NotNow("rewritten")


def _points(distress: int) -> None:
    if not 0 <= distress <= 100:
        raise DistressWrong(f"{distress} is not from 0 to 100")
