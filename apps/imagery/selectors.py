"""Questions about pictures. Those on a person's behalf demand a Permit; those by id are for the system's own work."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404

from access.door import Permit, Right
from apps.imagery.models import IMAGE, TASTE, ImageRow, TasteRow
from apps.imagery.projections import Images
from apps.sessions.selectors import register_timeline_part
from eventstore.projection import catch_up
from vault import blobs, columns
from vault.blobs import Blob
from vault.errors import BlobMissing

_READS = (Right.VIEW_CHART, Right.VIEW_OWN, Right.RUN_SESSION, Right.EXPORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownImage:
    """A picture as a chart or an album shows it. `why` is one text; `rating` is -2…2 or None."""

    image_id: UUID
    session_id: UUID
    shown_at: datetime
    alt: str
    line: str
    technique: str
    why: str
    fallback: bool
    model: str
    rating: int | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Taste:
    """What the engine learns from: pictures seen, oldest first, and the kinds never shown again."""

    seen: tuple[dict[str, Any], ...]
    blocked_kinds: tuple[str, ...]


def shown_images(permit: Permit, limit: int = 24, *, session_id: UUID | None = None) -> list[ShownImage]:
    """The patient's pictures, newest first. Those taken away are shown to clinicians only."""
    permit.require(*_READS)
    rows = ImageRow.objects.filter(patient_id=permit.patient_id).order_by("-shown_at")
    if session_id is not None:
        rows = rows.filter(session_id=session_id)
    found = [_image(row) for row in rows[:limit]]
    return [image for image in found if not _is_hidden(permit, image)]


def image(permit: Permit, image_id: UUID) -> ShownImage:
    """One picture. Raises Http404: not one of this patient's, or taken away at their wish."""
    permit.require(*_READS)
    row = ImageRow.objects.filter(id=image_id, patient_id=permit.patient_id).first()
    if row is None:
        raise Http404("no such picture")
    found = _image(row)
    if _is_hidden(permit, found):
        raise Http404("no such picture")
    return found


def image_bytes(permit: Permit, image_id: UUID) -> Blob:
    """The picture's file and its media type. Raises Http404 as `image` does, or when the file is gone."""
    image(permit, image_id)
    try:
        return blobs.open(permit.patient_id, image_id)
    except BlobMissing:
        raise Http404("no such picture") from None


def patient_of(image_id: UUID) -> UUID | None:
    """Whose picture it is, for opening the door to that patient; None where there is no such picture.

    A page hears of a picture from the log, and may ask for it before the row stands.
    """
    found = _owner(image_id)
    if found is None and catch_up(Images.name):
        found = _owner(image_id)
    return found


def _owner(image_id: UUID) -> UUID | None:
    return ImageRow.objects.filter(id=image_id).values_list("patient_id", flat=True).first()


def taste(patient_id: UUID) -> Taste:
    """What was shown to the patient and how it was taken; empty for someone unknown."""
    row = TasteRow.objects.filter(patient_id=patient_id).first()
    if row is None:
        return Taste((), ())
    opened: dict[str, Any] = columns.open(patient_id, bytes(row.sealed), column=TASTE)
    return Taste(tuple(opened["seen"]), tuple(opened["blocked_kinds"]))


def register() -> None:
    """Add a session's pictures to its timeline."""
    register_timeline_part("images", _timeline)


def _timeline(permit: Permit, session_id: UUID) -> list[dict[str, Any]]:
    found = shown_images(permit, limit=200, session_id=session_id)
    return [
        {
            "image_id": str(one.image_id),
            "shown_at": one.shown_at,
            "alt": one.alt,
            "technique": one.technique,
            "why": one.why,
            "fallback": one.fallback,
            "rating": one.rating,
        }
        for one in reversed(found)
    ]


def _is_hidden(permit: Permit, found: ShownImage) -> bool:
    """A picture that upset the patient is not put before them again."""
    return found.withdrawn and permit.right is not Right.VIEW_CHART


def _image(row: ImageRow) -> ShownImage:
    facts: dict[str, Any] = columns.open(row.patient_id, bytes(row.sealed), column=IMAGE)
    return ShownImage(
        image_id=row.id,
        session_id=row.session_id,
        shown_at=row.shown_at,
        alt=facts["alt"],
        line=facts["line"],
        technique=facts["technique"],
        why=" ".join(facts["why"]),
        fallback=bool(facts["fallback"]),
        model=facts["model"],
        rating=facts["rating"],
        withdrawn=facts["withdrawn"],
    )
