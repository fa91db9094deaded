"""What is kept for a patient from session to session: streams ``album-<patient id>`` and ``choosing-<patient id>``.

The subject is the patient. Who did it and when stand in each event's header; type names say nothing of the content.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from eventstore.event import event

ALBUM: Final = "album"
CHOOSING: Final = "choosing"


@event("album.kept.v1")
class ImageKept:
    """The patient put a picture into their album."""

    image_id: UUID


@event("album.removed.v1")
class ImageRemoved:
    """The patient took a picture out of their album; it may be put back."""

    image_id: UUID


@event("choosing.style_set.v1")
class StyleSet:
    """In which style pictures are painted from now on; "" leaves it to the engine."""

    style: str


@event("choosing.taste_reset.v1")
class TasteReset:
    """The patient had forgotten what was learned about them: pictures shown before it teach the choice nothing more.

    What upset them and what was set aside stays out, and album and log keep what they have.
    """

    reset_at: datetime


@event("choosing.left_out.v1")
class LeftOut:
    """A clinician set something aside for this patient: from now on it is neither chosen nor shown to them."""

    veto_id: UUID
    what: str  # "picture", "template", "style" or "kind"
    value: str  # the picture's id, the template's, or a word of the scenes
    image_id: UUID | None  # the picture at which it was decided
    template: str  # that picture's template, else ""
    reason: str


@event("choosing.let_in.v1")
class LetIn:
    """A clinician took a veto back."""

    veto_id: UUID
    reason: str
