"""Which consents stand, seen even where they were given a moment ago."""

from uuid import UUID

from apps.patients import selectors
from apps.patients.events import CATEGORY
from eventstore import store
from eventstore.projection import wait_for
from eventstore.stream import StreamName

PROJECTION = "patients.patient"
_PATIENCE_S = 1.5


def standing(patient_id: UUID) -> frozenset[str]:
    """The purposes agreed to. Waits a moment for what was just written; a consent that can't be seen is none."""
    stream = StreamName(CATEGORY, patient_id)
    wait_for(PROJECTION, stream, store.version_of(stream), timeout_s=_PATIENCE_S)
    return selectors.consents(patient_id)
