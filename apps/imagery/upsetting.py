"""The kinds of scenes that upset a patient, straight from the log: at once, in whichever session or exercise."""

from uuid import UUID

from apps.imagery.events import CATEGORY, ImageShown, ImageWithdrawn
from eventstore import store


def upset_kinds(patient_id: UUID) -> frozenset[str]:
    """What is never shown again, however far projections are; nothing for someone unknown or erased."""
    withdrawn = store.read_of(patient_id, CATEGORY, types=[ImageWithdrawn])
    gone = {one.event.image_id: one.stream for one in withdrawn if isinstance(one.event, ImageWithdrawn)}
    return frozenset(
        recorded.event.kind
        for stream in set(gone.values())  # few: only those in which something upset the patient
        for recorded in store.read(stream)
        if isinstance(recorded.event, ImageShown) and recorded.event.image_id in gone
    )
