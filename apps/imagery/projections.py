"""Events in, rows out: the pictures as charts show them, the albums, and the taste that the engine learns from."""

from typing import Any, Final
from uuid import UUID

from apps.imagery.events import ImageReacted, ImageShown, ImageWithdrawn, ResponseMeasured
from apps.imagery.keeping_events import ImageKept, ImageRemoved
from apps.imagery.models import ALBUM, IMAGE, TASTE, AlbumRow, ImageRow, TasteRow
from eventstore import store
from eventstore.projection import Projection, on, register_projection
from eventstore.recorded import Recorded
from eventstore.stream import StreamName
from vault import columns

MOST_REMEMBERED: Final = 120
"""Pictures that the taste remembers; a rating's weight is gone long before."""


class Images(Projection):
    """Each picture shown, with its rating and how it came to be."""

    name = "imagery.images"
    version = 4
    models = (ImageRow,)

    @on(ImageShown)
    def shown(self, event: ImageShown, meta: Recorded) -> None:
        patient_id = _patient(meta)
        facts = {
            "alt": event.alt,
            "line": event.line,
            "technique": event.technique,
            "emotion": event.emotion,
            "why": list(event.why),
            "fallback": event.fallback,
            "model": event.model,
            "template": event.template,
            "kind": event.kind,
            "style": event.style,
            "seed": event.seed,
            "steps": event.steps,
            "guidance": event.guidance,
            "scores": [[one.label, one.value, one.refused_from] for one in event.scores],
            "not_judged": list(event.not_judged),
            "unread": list(event.unread),
            "read_as": [[one.word, one.known] for one in event.read_as],
            "began_as": str(event.began_as) if event.began_as else None,
            "strength": event.strength,
            "rating": None,
            "note": "",
            "withdrawn": False,
        }
        ImageRow.objects.create(
            id=event.image_id,
            patient_id=patient_id,
            session_id=meta.stream.entity_id,
            shown_at=event.shown_at,
            sealed=columns.seal(patient_id, facts, column=IMAGE),
        )

    @on(ImageReacted)
    def reacted(self, event: ImageReacted, _: Recorded) -> None:
        self._change(event.image_id, rating=event.rating, note=event.note)

    @on(ImageWithdrawn)
    def withdrawn(self, event: ImageWithdrawn, _: Recorded) -> None:
        self._change(event.image_id, withdrawn=True)

    def _change(self, image_id: UUID, **changes: Any) -> None:
        row = ImageRow.objects.select_for_update().get(id=image_id)
        facts: dict[str, Any] = columns.open(row.patient_id, bytes(row.sealed), column=IMAGE)
        row.sealed = columns.seal(row.patient_id, facts | changes, column=IMAGE)
        row.save(update_fields=["sealed"])


class Albums(Projection):
    """What each patient keeps, oldest first. A picture that upset them leaves the album with the event that says so."""

    name = "imagery.album"
    version = 1
    models = (AlbumRow,)

    @on(ImageKept)
    def kept(self, event: ImageKept, meta: Recorded) -> None:
        entry = {"image": str(event.image_id), "at": meta.recorded_at.isoformat()}
        self._keep(_patient(meta), [*self._without(_patient(meta), event.image_id), entry])

    @on(ImageRemoved, ImageWithdrawn)
    def gone(self, event: ImageRemoved | ImageWithdrawn, meta: Recorded) -> None:
        self._keep(_patient(meta), self._without(_patient(meta), event.image_id))

    def _without(self, patient_id: UUID, image_id: UUID) -> list[dict[str, str]]:
        row = AlbumRow.objects.select_for_update().filter(patient_id=patient_id).first()
        kept = columns.open(patient_id, bytes(row.sealed), column=ALBUM)["kept"] if row else []
        return [entry for entry in kept if entry["image"] != str(image_id)]

    def _keep(self, patient_id: UUID, kept: list[dict[str, str]]) -> None:
        sealed = columns.seal(patient_id, {"kept": kept}, column=ALBUM)
        AlbumRow.objects.update_or_create(patient_id=patient_id, defaults={"sealed": sealed})


class Taste(Projection):
    """A patient's pictures in the order shown, how each was taken, and the kinds that are never shown again."""

    name = "imagery.taste"
    version = 4
    models = (TasteRow,)

    @on(ImageShown)
    def shown(self, event: ImageShown, meta: Recorded) -> None:
        seen = {
            "image": str(event.image_id),
            "at": event.shown_at.isoformat(),
            "template": event.template,
            "emotion": event.emotion,
            "kind": event.kind,
            "style": event.style,
            "rating": None,
            "upset": False,
            "mood": None,
            "felt": None,
        }
        taste = self._load(_patient(meta))
        taste["seen"] = [*taste["seen"], seen][-MOST_REMEMBERED:]
        self._keep(_patient(meta), taste)

    @on(ImageReacted)
    def reacted(self, event: ImageReacted, meta: Recorded) -> None:
        self._change(_patient(meta), event.image_id, rating=event.rating)

    @on(ResponseMeasured)
    def measured(self, event: ResponseMeasured, meta: Recorded) -> None:
        self._change(_patient(meta), event.image_id, mood=event.mood, felt=event.felt)

    @on(ImageWithdrawn)
    def withdrawn(self, event: ImageWithdrawn, meta: Recorded) -> None:
        """The kind is the log's: a picture may be older than what is remembered."""
        taste = self._changed(_patient(meta), event.image_id, upset=True)
        kind = _kind(meta.stream, event.image_id)
        if kind is not None and kind not in taste["blocked_kinds"]:
            taste["blocked_kinds"].append(kind)
        self._keep(_patient(meta), taste)

    def _change(self, patient_id: UUID, image_id: UUID, **changes: Any) -> None:
        self._keep(patient_id, self._changed(patient_id, image_id, **changes))

    def _changed(self, patient_id: UUID, image_id: UUID, **changes: Any) -> dict[str, Any]:
        taste = self._load(patient_id)
        for seen in taste["seen"]:
            if seen["image"] == str(image_id):
                seen.update(changes)
        return taste

    def _load(self, patient_id: UUID) -> dict[str, Any]:
        row = TasteRow.objects.select_for_update().filter(patient_id=patient_id).first()
        if row is None:
            return {"seen": [], "blocked_kinds": []}
        opened: dict[str, Any] = columns.open(patient_id, bytes(row.sealed), column=TASTE)
        return opened

    def _keep(self, patient_id: UUID, taste: dict[str, Any]) -> None:
        sealed = columns.seal(patient_id, taste, column=TASTE)
        TasteRow.objects.update_or_create(patient_id=patient_id, defaults={"sealed": sealed})


def _kind(stream: StreamName, image_id: UUID) -> str | None:
    """The kind of a picture of this stream; None where it is erased."""
    shown = (recorded.event for recorded in store.read(stream))
    return next((one.kind for one in shown if isinstance(one, ImageShown) and one.image_id == image_id), None)


def _patient(meta: Recorded) -> UUID:
    assert meta.subject is not None, "a session's stream has the patient as its subject"  # noqa: S101 -- an invariant
    return meta.subject


def register() -> None:
    """Called once when the process starts."""
    register_projection(Images)
    register_projection(Albums)
    register_projection(Taste)
