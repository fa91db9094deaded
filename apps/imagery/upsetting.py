"""What upset a patient, straight from the log: at once, in whichever session or exercise."""

from uuid import UUID

from apps.imagery.events import CATEGORY, ImageShown, ImageWithdrawn
from apps.imagery.pair_events import CATEGORY as PAIR
from apps.imagery.pair_events import UPSET, PairChosen
from eventstore import store


def upset_kinds(patient_id: UUID) -> frozenset[str]:
    """What is never shown again, however far projections are; nothing for someone unknown or erased."""
    withdrawn = store.read_of(patient_id, CATEGORY, types=[ImageWithdrawn])
    gone = {one.event.image_id: one.stream for one in withdrawn if isinstance(one.event, ImageWithdrawn)}
    shown = store.read_each(
        set(gone.values()), types=[ImageShown]
    )  # of few: those in which something upset the patient
    return frozenset(
        one.event.kind for one in shown if isinstance(one.event, ImageShown) and one.event.image_id in gone
    )


def upset_by_a_pair(patient_id: UUID) -> bool:
    """Whether one of two compared pictures ever upset them; False for someone unknown or erased."""
    answers = store.read_of(patient_id, PAIR, types=[PairChosen])
    return any(isinstance(one.event, PairChosen) and one.event.answer == UPSET for one in answers)
