"""What a patient wrote beside pictures, straight from the log: however many pictures came after, no note drops out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.door import Permit, Right
from apps.imagery.events import CATEGORY, ImageReacted
from eventstore import store


@dataclass(frozen=True, slots=True)
class Noted:
    """A picture's note as it stands, and when it was written."""

    image_id: UUID
    at: datetime
    text: str


def noted(permit: Permit) -> list[Noted]:
    """The notes of all the patient's pictures, the newest first; of each its last reaction's, if that has one."""
    permit.require(Right.VIEW_CHART, Right.VIEW_OWN)
    found = store.read_of(permit.patient_id, CATEGORY, types=[ImageReacted])
    last = {one.event.image_id: one.event for one in found if isinstance(one.event, ImageReacted)}
    standing = [Noted(event.image_id, event.reacted_at, event.note) for event in last.values() if event.note.strip()]
    return sorted(standing, key=lambda one: one.at, reverse=True)
