"""What may be learned from beyond a patient's care: decisions and ratings of those who agree to research now."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from access import context
from access.events import Opening
from access.rights import Purpose, Relation, Right
from apps.imagery.events import (
    CATEGORY,
    ImageComposed,
    ImageReacted,
    ImageReworded,
    ImageShown,
    ImageWithdrawn,
)
from apps.imagery.models import ImageRow, PairRow
from apps.imagery.pair_selectors import outcomes
from apps.patients import selectors as patients
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName

RESEARCH: Final = "research"
HELPED: Final = 1
"""The least rating of a picture that did good; the scale is -2 to 2."""
BORNE: Final = 0
"""The least rating of a picture that did no harm."""
TRIGGER: Final = "picture:trigger:"
"""How the score of one of the patient's triggers begins. All are held against one threshold."""
TAKEN: Final = "taken"


@dataclass(frozen=True, slots=True)
class GoodDecision:
    """What was decided for a picture that was painted, shown and rated well, and a language model's words for it."""

    composed: ImageComposed
    style: str
    reworded: ImageReworded | None


@dataclass(frozen=True, slots=True)
class RatedPicture:
    """A painted picture that did its patient no harm, or that they took away.

    `scores`: label to (score, what it was held against). Triggers are one label, `picture:trigger:any`, with the
    highest score: which ones a patient named is nobody's to know.
    """

    technique: str
    scores: dict[str, tuple[float, float]]
    withdrawn: bool


def good_decisions(actor: Actor) -> Iterator[GoodDecision]:
    """Decisions whose picture was rated well; read as `_sessions` reads."""
    for happened in _sessions(actor):
        yield from _of_session(happened)


def rated_pictures(actor: Actor) -> Iterator[RatedPicture]:
    """Painted pictures that were taken away or, by their last rating, taken well; read as `_sessions` reads.

    No vetted scenes, and none that was rated badly and stayed: whether it should have been refused nobody said.
    """
    for happened in _sessions(actor):
        ratings = {one.image_id: one.rating for one in happened if isinstance(one, ImageReacted)}
        well = {image_id for image_id, rating in ratings.items() if rating >= BORNE}
        gone = {one.image_id for one in happened if isinstance(one, ImageWithdrawn)}
        for shown in (one for one in happened if isinstance(one, ImageShown) and not one.fallback):
            if shown.image_id in well | gone:
                yield RatedPicture(shown.technique, _judged(shown), shown.image_id in gone)


def _judged(shown: ImageShown) -> dict[str, tuple[float, float]]:
    """The scores that were held against a threshold, as `RatedPicture` has them."""
    found: dict[str, tuple[float, float]] = {}
    for one in shown.scores:
        label = f"{TRIGGER}any" if one.label.startswith(TRIGGER) else one.label
        if one.refused_from is not None:
            judged = (one.value, one.refused_from)
            found[label] = max(found.get(label, judged), judged)
    return found


def paired_choices(actor: Actor) -> Iterator[tuple[str, ...]]:
    """What became of each patient's pairs, oldest first, of all who agree to research now; read as `_sessions` does."""
    for patient_id in PairRow.objects.order_by("patient_id").values_list("patient_id", flat=True).distinct():
        if RESEARCH in patients.consents(patient_id):
            context.note(actor, _opening(patient_id))
            yield outcomes(patient_id)


def _sessions(actor: Actor) -> Iterator[list[Any]]:
    """The pictures' events, a session or an exercise at a time, of whoever agrees to research now.

    Call within `asking(actor)`: each patient whose record is read is put on the access trail, where they can read it.
    """
    for patient_id in ImageRow.objects.order_by("patient_id").values_list("patient_id", flat=True).distinct():
        if RESEARCH not in patients.consents(patient_id):
            continue
        context.note(actor, _opening(patient_id))
        sessions = ImageRow.objects.filter(patient_id=patient_id).order_by("session_id").values_list("session_id")
        for (session_id,) in sessions.distinct():
            yield [recorded.event for recorded in store.read(StreamName(CATEGORY, session_id))]


def _of_session(happened: list[Any]) -> Iterator[GoodDecision]:
    ratings = {one.image_id: one.rating for one in happened if isinstance(one, ImageReacted)}
    gone = {one.image_id for one in happened if isinstance(one, ImageWithdrawn)}
    composed = {one.request_id: one for one in happened if isinstance(one, ImageComposed)}  # the last attempt's
    reworded = {(one.request_id, one.attempt): one for one in happened if isinstance(one, ImageReworded)}
    for shown in (one for one in happened if isinstance(one, ImageShown)):
        decided = composed.get(shown.request_id)
        did_good = ratings.get(shown.image_id, HELPED - 1) >= HELPED and shown.image_id not in gone
        if decided is None or shown.fallback or shown.template != decided.template or not did_good:
            continue
        words = reworded.get((decided.request_id, decided.attempt))
        yield GoodDecision(decided, shown.style, words if words and words.outcome == TAKEN else None)


def _opening(patient_id: UUID) -> Opening:
    return Opening(
        patient_id=patient_id,
        right=Right.EXPORT.value,
        purpose=Purpose.RESEARCH.value,
        relation=Relation.STRANGER.value,
        permitted=True,
    )
