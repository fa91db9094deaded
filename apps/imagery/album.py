"""The rules of a patient's album: history in, new events out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final
from uuid import UUID

from apps.imagery.keeping_events import ImageKept, ImageRemoved

MOST_KEPT: Final = 500


class AlbumFull(ValueError):
    """An album holds MOST_KEPT pictures; one has to go first."""


@dataclass(frozen=True, slots=True)
class Album:
    """What is kept, in the order in which it was put there."""

    kept: tuple[UUID, ...] = ()
    version: int = 0


def replay(history: Iterable[object]) -> Album:
    """The album as the events leave it; `version` counts them."""
    return reduce(_apply, history, Album())


def _apply(album: Album, happened: object) -> Album:
    album = replace(album, version=album.version + 1)
    match happened:
        case ImageKept(image_id=image_id):
            return replace(album, kept=(*_without(album, image_id), image_id))
        case ImageRemoved(image_id=image_id):
            return replace(album, kept=_without(album, image_id))
    return album


def keep(album: Album, image_id: UUID) -> list[object]:
    """Put a picture into the album; once is enough. Raises AlbumFull."""
    if image_id in album.kept:
        return []
    if len(album.kept) >= MOST_KEPT:
        raise AlbumFull
    return [ImageKept(image_id=image_id)]


def remove(album: Album, image_id: UUID) -> list[object]:
    """Take a picture out; what isn't there needs nothing."""
    return [ImageRemoved(image_id=image_id)] if image_id in album.kept else []


def _without(album: Album, image_id: UUID) -> tuple[UUID, ...]:
    return tuple(kept for kept in album.kept if kept != image_id)
