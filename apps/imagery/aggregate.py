"""The rules of the pictures of one session or exercise: history in, new events out. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from apps.imagery.events import (
    ImageReacted,
    ImageRequested,
    ImageShown,
    ImageWithdrawn,
    RequestEnded,
    ResponseMeasured,
)

LONGEST_NOTE = 500
FORGOTTEN = timedelta(minutes=1)


class RequestUnknown(Exception):
    """Nothing of that id was asked for."""


class RequestAnswered(Exception):
    """The request has its picture, or its end."""


class ImageUnknown(Exception):
    """No such picture was shown in this session."""


class RatingOutOfRange(ValueError):
    """A rating lies in -2…2."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for, and whether it was answered."""

    reason: str
    emotion: str
    intensity: float
    requested_at: datetime
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Painted:
    """The last picture that was shown, where a model painted it and the patient has not had it taken away."""

    image_id: UUID
    template: str
    style: str
    alt: str


@dataclass(frozen=True, slots=True)
class Imagery:
    """The pictures of a session or an exercise as their events leave them."""

    requests: Mapping[UUID, Request] = field(default_factory=dict)
    declined: frozenset[UUID] = frozenset()
    images: Mapping[UUID, bool] = field(default_factory=dict)  # image → whether it was withdrawn
    measured: Mapping[UUID, ResponseMeasured] = field(default_factory=dict)
    last: Painted | None = None
    version: int = 0

    @property
    def last_requested_at(self) -> datetime | None:
        return max((request.requested_at for request in self.requests.values()), default=None)

    @property
    def upset(self) -> bool:
        """Whether the patient had one of them taken away."""
        return any(self.images.values())

    def painting(self, at: datetime) -> bool:
        """Whether a request waits for its picture. One that was forgotten for a minute keeps nobody waiting."""
        return any(not one.answered and at - one.requested_at < FORGOTTEN for one in self.requests.values())


class History(Protocol):
    """What a recorded event tells the aggregate."""

    @property
    def event(self) -> Any: ...
    @property
    def version(self) -> int: ...


def apply(imagery: Imagery, event: object) -> Imagery:
    """The pictures after one event."""
    match event:
        case ImageRequested(request_id=id_, reason=reason, emotion=emotion, intensity=intensity, requested_at=at):
            return replace(imagery, requests={**imagery.requests, id_: Request(reason, emotion, intensity, at)})
        case ImageShown():
            return _shown(imagery, event)
        case RequestEnded(request_id=request_id):
            return _ended(imagery, request_id)
        case ImageWithdrawn(image_id=image_id):
            left = None if imagery.last and imagery.last.image_id == image_id else imagery.last
            return replace(imagery, images={**imagery.images, image_id: True}, last=left)
        case ResponseMeasured(image_id=image_id):
            return replace(imagery, measured={**imagery.measured, image_id: event})
    return imagery


def replay(history: Iterable[History]) -> Imagery:
    """The pictures that a history leaves."""
    imagery = Imagery()
    for recorded in history:
        imagery = replace(apply(imagery, recorded.event), version=recorded.version)
    return imagery


def request(
    imagery: Imagery, request_id: UUID, *, reason: str, emotion: str, intensity: float, at: datetime
) -> list[ImageRequested]:
    """Ask for a picture; asking again under the same id asks once."""
    if request_id in imagery.requests:
        return []
    strength = min(1.0, max(0.0, intensity))
    return [ImageRequested(request_id=request_id, reason=reason, emotion=emotion, intensity=strength, requested_at=at)]


def decline(imagery: Imagery, request_id: UUID, *, reason: str, at: datetime) -> list[RequestEnded]:
    """Note why nothing is painted for what would have been a request; once."""
    if request_id in imagery.requests or request_id in imagery.declined:
        return []
    return [RequestEnded(request_id=request_id, reason=reason, ended_at=at)]


def open_request(imagery: Imagery, request_id: UUID) -> Request:
    """A request that still waits for its answer.

    Raises:
        RequestUnknown, RequestAnswered: there is nothing to do for it.
    """
    if request_id not in imagery.requests:
        raise RequestUnknown
    found = imagery.requests[request_id]
    if found.answered:
        raise RequestAnswered
    return found


def react(imagery: Imagery, image_id: UUID, *, rating: int, note: str, at: datetime) -> list[ImageReacted]:
    """Rate a picture that was shown.

    Raises:
        ImageUnknown, RatingOutOfRange
    """
    if not -2 <= rating <= 2:
        raise RatingOutOfRange
    _known(imagery, image_id)
    return [ImageReacted(image_id=image_id, rating=rating, note=note[:LONGEST_NOTE], reacted_at=at)]


def withdraw(imagery: Imagery, image_id: UUID, *, at: datetime) -> list[ImageWithdrawn]:
    """Take a picture away; once is enough.

    Raises:
        ImageUnknown
    """
    _known(imagery, image_id)
    return [] if imagery.images[image_id] else [ImageWithdrawn(image_id=image_id, withdrawn_at=at)]


def measure(imagery: Imagery, image_id: UUID, *, felt: float | None, mood: float | None) -> list[ResponseMeasured]:
    """Note how a picture was answered to; nothing where nothing is known, or nothing new.

    Raises:
        ImageUnknown
    """
    _known(imagery, image_id)
    found = ResponseMeasured(image_id=image_id, felt=felt, mood=mood)
    unknown = felt is None and mood is None
    return [] if unknown or imagery.measured.get(image_id) == found else [found]


def _known(imagery: Imagery, image_id: UUID) -> None:
    if image_id not in imagery.images:
        raise ImageUnknown


def _shown(imagery: Imagery, event: ImageShown) -> Imagery:
    painted = None if event.fallback else Painted(event.image_id, event.template, event.style, event.alt)
    images = {**imagery.images, event.image_id: False}
    return replace(_answered(imagery, event.request_id), images=images, last=painted)


def _ended(imagery: Imagery, request_id: UUID) -> Imagery:
    if request_id in imagery.requests:
        return _answered(imagery, request_id)
    return replace(imagery, declined=imagery.declined | {request_id})


def _answered(imagery: Imagery, request_id: UUID) -> Imagery:
    found = imagery.requests.get(request_id)
    if found is None:
        return imagery
    return replace(imagery, requests={**imagery.requests, request_id: replace(found, answered=True)})
