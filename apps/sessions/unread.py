"""The answer to a frame that no worker read."""

from typing import Final

from apps.sessions.mailbox import Reading
from ml.vocabulary import UNCERTAIN

UNREAD: Final = "unread"


def unread(sequence: int) -> Reading:
    """Uncertain for that reason, so that the client's window moves on."""
    return Reading(
        sequence=sequence,
        box=None,
        emotion=UNCERTAIN,
        confidence=0.0,
        probabilities=None,
        smoothed=None,
        reason=UNREAD,
        weights="",
        ms_a_frame=0.0,
        live=0,
    )
