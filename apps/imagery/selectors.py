"""Questions about pictures. Those on a person's behalf demand a Permit; those by id are for the system's own work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

from django.http import Http404

from access.door import Permit, Right
from apps.imagery import pictures, words
from apps.imagery.barred import Barred, barred
from apps.imagery.keeping import chosen
from apps.imagery.keeping_events import ALBUM as ALBUM_STREAM
from apps.imagery.learned import Learned, summed_up
from apps.imagery.models import ALBUM, TASTE, AlbumRow, ImageRow, TasteRow
from apps.imagery.noted import Noted, noted
from apps.imagery.pair_selectors import paired_choices
from apps.imagery.pictures import ShownImage
from apps.imagery.projections import Albums, Images
from apps.imagery.template_selectors import closed_templates
from apps.imagery.upsetting import upset_kinds
from apps.imagery.vetoes import Choosing, Veto
from apps.imagery.words import Word
from apps.sessions.selectors import register_timeline_part
from eventstore.projection import catch_up, wait_for
from eventstore.stream import StreamName
from vault import blobs, columns
from vault.blobs import Blob
from vault.errors import BlobMissing

__all__ = ["Learned", "Noted", "ShownImage", "Veto", "Word", "closed_templates", "noted", "paired_choices"]

_READS: Final = (Right.VIEW_CHART, Right.VIEW_OWN, Right.RUN_SESSION, Right.EXPORT)


@dataclass(frozen=True, slots=True)
class KeptImage:
    """A picture in an album, and since when."""

    image: ShownImage
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class Taste:
    """What the engine learns from: pictures seen, oldest first; and what binds it: what is never chosen, and the style.

    `blocked_templates` holds scenes of the library, too ("library:…"); `style` is "" where the patient chose none.
    """

    seen: tuple[dict[str, Any], ...]
    blocked_kinds: tuple[str, ...]
    blocked_templates: tuple[str, ...] = ()
    blocked_styles: tuple[str, ...] = ()
    style: str = ""


def shown_images(permit: Permit, limit: int = 24, *, session_id: UUID | None = None) -> list[ShownImage]:
    """The patient's pictures, newest first. Those taken away or barred are shown to clinicians only, and count as none.

    Reads on until `limit` is full, so that what is out of sight makes no list shorter.
    """
    permit.require(*_READS)
    rows = ImageRow.objects.filter(patient_id=permit.patient_id).order_by("-shown_at", "-id")
    if session_id is not None:
        rows = rows.filter(session_id=session_id)
    bound = chosen(permit.patient_id)
    out, found = barred(permit.patient_id, bound), list[ShownImage]()
    for start in count(step=max(limit, 1)):
        part = pictures.opened(rows[start : start + limit], bound.standing("picture"))
        found += _in_sight(permit, part, out)
        if len(part) < limit or len(found) >= limit:
            break
    return found[:limit]


def image(permit: Permit, image_id: UUID) -> ShownImage:
    """One picture. Raises Http404: not one of this patient's, or for their eyes taken away or barred."""
    permit.require(*_READS)
    found, _ = _visible(permit, ImageRow.objects.filter(patient_id=permit.patient_id, id=image_id))
    if not found:
        raise Http404("no such picture")
    return found[0]


def shown_in(permit: Permit, image_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """By picture the session or exercise that it was shown in; without those that are none of the patient's."""
    permit.require(Right.VIEW_CHART)
    rows = ImageRow.objects.filter(patient_id=permit.patient_id, id__in=set(image_ids))
    return dict(rows.values_list("id", "session_id"))


def image_bytes(permit: Permit, image_id: UUID) -> Blob:
    """The picture's file and its media type. Raises Http404 as `image` does, or when the file is gone."""
    image(permit, image_id)
    try:
        return blobs.open(permit.patient_id, image_id)
    except BlobMissing:
        raise Http404("no such picture") from None


def album(permit: Permit) -> list[KeptImage]:
    """What the patient keeps, the newest first; never what was taken away or barred."""
    return album_in_sight(permit)[0]


def album_in_sight(permit: Permit) -> tuple[list[KeptImage], int]:
    """The album, and how many pictures in it the patient is not shown."""
    permit.require(Right.VIEW_OWN)
    row = AlbumRow.objects.filter(patient_id=permit.patient_id).first()
    entries = columns.open(permit.patient_id, bytes(row.sealed), column=ALBUM)["kept"] if row else []
    since = {UUID(entry["image"]): datetime.fromisoformat(entry["at"]) for entry in entries}
    found, hidden = _visible(permit, ImageRow.objects.filter(patient_id=permit.patient_id, id__in=since))
    kept = [KeptImage(one, since[one.image_id]) for one in found]
    return sorted(kept, key=lambda one: one.kept_at, reverse=True), hidden


def album_has_reached(permit: Permit, version: int) -> bool:
    """Wait a moment until the album shows what was just written to it."""
    return wait_for(Albums.name, StreamName(ALBUM_STREAM, permit.patient_id), version)


def choosing(permit: Permit) -> Choosing:
    """The patient's style, and what was set aside for them, in the order of events. Clinicians see who and why."""
    permit.require(Right.VIEW_CHART, Right.VIEW_OWN)
    return chosen(permit.patient_id)


def styles() -> tuple[Word, ...]:
    """The styles that can be chosen or set aside."""
    return words.styles()


def kinds() -> tuple[Word, ...]:
    """The kinds of scenes that can be set aside."""
    return words.kinds()


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
    """What was shown to the patient, how it was taken and what binds the choice; empty for someone unknown.

    What binds is read from the log: it counts at once. `seen` is as old as its projection, and binds nothing. After a
    reset, what was shown before it is left out at once; what upset the patient stays blocked.
    """
    kept, bound = _kept_taste(patient_id), chosen(patient_id)
    return Taste(
        seen=tuple(_since_reset(kept.get("seen", ()), bound.reset_at)),
        blocked_kinds=tuple(sorted(upset_kinds(patient_id) | bound.standing("kind"))),
        blocked_templates=tuple(sorted(bound.templates)),
        blocked_styles=tuple(sorted(bound.standing("style"))),
        style=bound.style,
    )


def _since_reset(seen: Sequence[dict[str, Any]], reset_at: datetime | None) -> list[dict[str, Any]]:
    """The pictures that were shown after the reset. One whose row isn't there yet isn't counted until it is."""
    if reset_at is None:
        return list(seen)
    ids = [one["image"] for one in seen]
    later = ImageRow.objects.filter(id__in=ids, shown_at__gt=reset_at).values_list("id", flat=True)
    counted = {str(image_id) for image_id in later}
    return [one for one in seen if one["image"] in counted]


def learned(permit: Permit) -> Learned:
    """What the choice of pictures has learned about the patient, as plain figures."""
    permit.require(Right.VIEW_CHART, Right.VIEW_OWN)
    kept, since = _kept_taste(permit.patient_id), chosen(permit.patient_id).reset_at
    upsetting = kept.get("blocked_kinds", ())
    return summed_up(_since_reset(kept.get("seen", ()), since), upsetting=upsetting, since=since)


def _kept_taste(patient_id: UUID) -> dict[str, Any]:
    row = TasteRow.objects.filter(patient_id=patient_id).first()
    return columns.open(patient_id, bytes(row.sealed), column=TASTE) if row else {}


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


def _visible(permit: Permit, rows: Iterable[ImageRow]) -> tuple[list[ShownImage], int]:
    """The pictures that the permit may show, and how many it may not: what upset the patient, or was set aside for
    them, is not put before them again, and nothing like it; a clinician sees it."""
    bound = chosen(permit.patient_id)
    found = pictures.opened(rows, bound.standing("picture"))
    left = _in_sight(permit, found, barred(permit.patient_id, bound)) if found else []
    return left, len(found) - len(left)


def _in_sight(permit: Permit, found: Iterable[ShownImage], out: Barred) -> list[ShownImage]:
    """All of them for a clinician, who is told which the patient is not shown; the others for anybody else."""
    told = [replace(one, hidden_from_patient=one.withdrawn or out.bars(one)) for one in found]
    return told if permit.right is Right.VIEW_CHART else [one for one in told if not one.hidden_from_patient]
