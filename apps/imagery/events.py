"""What happens to pictures: the streams ``imagery-<session id>`` and ``imagery-<exercise id>``, subject = the patient.

A request is answered once: by a picture shown, or by its end. Type names say nothing about the patient.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from eventstore.event import event, part

CATEGORY: Final = "imagery"


@part
class Score:
    """One label of a safety layer or of a quality measure, with the score from which it refuses."""

    label: str
    value: float
    refused_from: float | None


@part
class ReadAs:
    """A word of a prompt that the painter does not know, and the known one in whose place it was read."""

    word: str
    known: str


@event("imagery.requested.v1")
class ImageRequested:
    """A picture was asked for, by a change of state or by the patient, in a session or at an exercise."""

    request_id: UUID
    reason: str  # "shift", "later" (a shift that had to wait), "more" (the patient asked) or "wish" (at an exercise)
    emotion: str
    intensity: float  # 0 to 1
    requested_at: datetime  # when the state changed or the patient asked


@event("imagery.composed.v1")
class ImageComposed:
    """The engine chose what to paint. `inputs` is all that it was told, so that the choice can be made again."""

    request_id: UUID
    attempt: int
    template: str
    technique: str
    prompt: str
    negative: str
    reasons: tuple[str, ...]
    seed: int
    engine: str
    library: str  # sha256 of the template library
    inputs: bytes  # canonical JSON
    alt: str | None = None  # the template's own words; None in records of before there were any
    line: str | None = None


@event("imagery.refused.v1")
class ImageRefused:
    """A safety layer said no to a prompt or a painted picture. Holds neither."""

    request_id: UUID
    attempt: int
    what: str  # "prompt" or "picture"
    stage: str
    reason: str
    scores: tuple[Score, ...]


@event("imagery.shown.v1", blobs=("image_id",))
class ImageShown:
    """A picture answers a request: a painted one, or one from the vetted library."""

    request_id: UUID
    image_id: UUID
    template: str
    technique: str
    emotion: str
    kind: str
    style: str
    alt: str
    line: str
    why: tuple[str, ...]
    fallback: str  # "" where the model painted it; else why the library stood in
    model: str  # name@sha256[:8] of the weights, or the library's scene
    seed: int
    steps: int
    guidance: float
    scores: tuple[Score, ...]
    not_judged: tuple[str, ...]
    latency_ms: int  # since the request
    shown_at: datetime
    unread: tuple[str, ...] = ()  # words of the prompt that reached nothing; never words of the patient's
    read_as: tuple[ReadAs, ...] = ()
    began_as: UUID | None = None  # the picture that this one was painted over, in part; None: from noise
    strength: float = 1.0  # how much of it was painted anew


@event("imagery.ended.v1")
class RequestEnded:
    """A request ends without a picture, or is declined before it begins."""

    request_id: UUID
    reason: str  # "session_ended", "paused", "upset", "consent", "too_soon", "overtaken", "enough" or "nothing_stands"
    ended_at: datetime


@event("imagery.reacted.v1")
class ImageReacted:
    """The patient rated a picture; a later rating replaces it."""

    image_id: UUID
    rating: int  # -2 to 2
    note: str
    reacted_at: datetime


@event("imagery.withdrawn.v1")
class ImageWithdrawn:
    """The patient had a picture taken away. It and its kind are not shown to them again."""

    image_id: UUID
    withdrawn_at: datetime


@event("imagery.response_measured.v1")
class ResponseMeasured:
    """How face and reported mood changed with a picture; a later measurement replaces it. None: nobody can say."""

    image_id: UUID
    felt: float | None  # -1 to 1, the half minute after against the quarter minute before
    mood: float | None  # -1 to 1, the valence reported after against the one before


@event("imagery.reworded.v1")
class ImageReworded:
    """A language model was asked to put the chosen scene into other words. The texts are empty unless taken."""

    request_id: UUID
    attempt: int
    model: str
    outcome: str  # "taken", else why the template's words stood
    prompt: str
    alt: str
    line: str
    ms: int
