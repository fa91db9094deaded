"""What clinicians do about what they're shown. Stream `review-<alert id>`, subject = the patient.

Raising needs no event of its own: the sealed answer that raised the alert is one. The type says "review", since an
event type stands in the clear and must not tell that there was something to be alarmed about.
"""

from typing import Final
from uuid import UUID

from eventstore.event import event

CATEGORY: Final = "review"


@event("review.recorded.v1")
class ReviewRecorded:
    """A clinician took note of an alert and said what was done. Who and when stand in the event's header."""

    alert_id: UUID
    reason: str
