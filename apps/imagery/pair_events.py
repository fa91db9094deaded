"""The paired choice after a session: streams ``pair-<session id>``, subject = the patient.

A session has one pair at most, or none and the reason. Type names say nothing about the patient.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from apps.imagery.events import Score
from eventstore.event import event, part

CATEGORY: Final = "pair"
UPSET: Final = "upset"
"""The answer that one of the two upset the patient."""


@part
class PairArm:
    """How one of the two pictures came to be. Prompts by their sha256: the engine's own stands with its decision."""

    prompt_sha256: str
    negative_sha256: str
    alt: str  # what the painter was asked to show; "" where it does not say
    scores: tuple[Score, ...]
    not_judged: tuple[str, ...]


@event("pair.offered.v1", blobs=("engine_image_id", "generic_image_id"))
class PairOffered:
    """Two pictures were painted anew from one noise: what the engine had asked for, and the generic prompt."""

    request_id: UUID  # the decision whose prompt was painted again
    engine_image_id: UUID
    generic_image_id: UUID
    engine: PairArm
    generic: PairArm
    generic_prompt: str  # the name of the generic wording
    engine_first: bool  # the order in which the page shows them
    template: str
    technique: str
    emotion: str
    style: str
    model: str  # name@sha256[:8] of the weights that painted both
    seed: int
    steps: int
    guidance: float
    share: float  # of sessions for which a pair was drawn, when this one was
    offered_at: datetime


@event("pair.withheld.v1")
class PairWithheld:
    """The session was drawn for a pair and gets none."""

    reason: str  # a code of `pair_policy`, or "prompt", "picture" or "painter"
    arm: str  # "engine" or "generic", where that arm was refused or failed; else ""
    stage: str  # the safety layer that refused; else ""
    scores: tuple[Score, ...]
    withheld_at: datetime


@event("pair.chosen.v1")
class PairChosen:
    """What the patient answered, by place: which arm it was stands with the offer."""

    answer: str  # "first", "second", "no_difference", "skipped" or UPSET
    chosen_at: datetime
