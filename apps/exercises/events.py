"""What can happen to exercises and ladders. Streams `exercise-<id>` and `ladder-<id>`, subject = the patient.

Types stand in the clear, so they tell neither which exercise it is nor how it went; the fields are sealed.
"""

from typing import Final, Literal
from uuid import UUID

from eventstore.event import event, part

EXERCISE: Final = "exercise"
LADDER: Final = "ladder"
Ending = Literal["done", "limit", "stopped"]


@event("exercise.begun.v1")
class ExerciseBegun:
    """A patient opened a worksheet. The version pins its texts, as a questionnaire's does."""

    worksheet: str
    worksheet_version: int


@part
class Entry:
    """One field as it stands from here on: words or points; neither means that it was emptied."""

    name: str
    text: str | None
    number: int | None


@event("exercise.saved.v1")
class ExerciseSaved:
    """What changed since the last save: one event a pause in writing, with the changed fields alone."""

    entries: tuple[Entry, ...]


@event("exercise.finished.v1")
class ExerciseFinished:
    """The patient was done with it."""


@event("exercise.set_aside.v1")
class ExerciseSetAside:
    """The patient put it away as it is; that needs no reason."""


@event("exercise.taken_up.v1")
class ExerciseTakenUp:
    """The patient went on with one that was put away."""


@event("exercise.picture_wished.v1")
class PictureWished:
    """The patient asked for a picture of the thought that they arrived at. What came of it stands with the pictures."""

    wish_id: UUID  # the request's in the stream `imagery-<exercise id>`


@part
class Step:
    """One rung. `expected` is the distress from 0 to 100 that patient and clinician expect on it."""

    text: str
    expected: int


@event("ladder.written.v1")
class LadderWritten:
    """A clinician wrote the ladder, or wrote it anew: then the old agreement is void and the lowest step is first."""

    title: str
    steps: tuple[Step, ...]  # easiest first
    limit: int  # distress 0 to 100; above it the step ends at once
    times: int  # how often in a row a step must ease before the next opens


@event("ladder.agreed.v1")
class LadderAgreed:
    """The patient agreed to the ladder as it was written last."""


@event("ladder.agreement_withdrawn.v1")
class LadderAgreementWithdrawn:
    """The patient took the agreement back; no step may be begun."""


@event("ladder.step_begun.v1")
class StepBegun:
    """The patient, and nobody else, began a step."""

    attempt_id: UUID
    step: int  # from 0
    distress: int  # 0 to 100, before


@event("ladder.distress_said.v1")
class DistressSaid:
    """How it is on the step right now."""

    distress: int


@event("ladder.calm_begun.v1")
class CalmBegun:
    """The step is over and the calm picture shows: the patient was done, stopped, or went over the limit."""

    why: Ending


@event("ladder.attempt_ended.v1")
class AttemptEnded:
    """The patient left the calm picture, or it was open still when the clinician wrote anew or closed the ladder."""

    distress: int | None  # 0 to 100, after; None where the patient didn't say


@event("ladder.closed.v1")
class LadderClosed:
    """A clinician closed the ladder for good."""
