"""What is noted of alerts and of patients' words: streams `review-<alert id>` and `note-…`, subject = the patient.

An answer or a picture that upset someone raises its alert by itself. Free texts are read by a machine first: that it
read one is said of each text, so that the type, which stands in the clear, tells nothing of what it found.
"""

from typing import Final
from uuid import UUID

from eventstore.event import event, part

CATEGORY: Final = "review"
NOTE: Final = "note"


@event("review.recorded.v1")
class ReviewRecorded:
    """A clinician took note of an alert and said what was done. Who and when stand in the event's header."""

    alert_id: UUID
    reason: str
    as_of: str = ""  # the alert's `as_of` that could be read when they wrote it; "" before this was recorded


@part
class Finding:
    """A label that a text names; never a finding about the patient."""

    label: str  # "self_harm", "abuse", "hopelessness", "violence" or "other"
    score: float  # 0 to 1
    by: str  # "words" or "meaning"
    denied: bool  # it is named only to deny it


@event("note.screened.v1")
class NoteScreened:
    """A machine read what a patient wrote in one place. No finding is no all-clear."""

    of: str  # whose words: "session" (at its end), "picture" or "exercise"
    note_id: UUID  # the session, the picture or the exercise
    through: int  # the version of the source's stream up to which it was read
    findings: tuple[Finding, ...]
    reader: str  # word lists, texts and encoder by which it was read
