"""The only writer of ``album-…`` and ``choosing-…`` streams: load, decide, append.

Each returns the stream's version, for which a reader may wait. All raise WrongExpectedVersion when someone wrote first
(reload and retry), SubjectErased after an erasure, and Http404 for a picture that isn't this patient's.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import Http404

from access.door import Permit, Right
from apps.imagery import album, pictures, vetoes
from apps.imagery.album import Album
from apps.imagery.barred import barred
from apps.imagery.keeping_events import ALBUM, CHOOSING, LeftOut
from apps.imagery.pictures import ShownImage
from apps.imagery.projections import Images
from apps.imagery.vetoes import Choosing
from eventstore import store
from eventstore.projection import catch_up
from eventstore.stream import StreamName

_OF_PICTURE: Final[dict[str, Callable[[ShownImage], str]]] = {
    "picture": lambda one: str(one.image_id),
    "template": lambda one: one.template,
    "style": lambda one: one.style,
    "kind": lambda one: one.kind,
}
"""What of a picture can be set aside."""


def chosen(patient_id: UUID) -> Choosing:
    """What binds the choice now, straight from the log: a veto counts at once, however far projections are."""
    return vetoes.replay(store.read(StreamName(CHOOSING, patient_id)))


def keep(permit: Permit, image_id: UUID, *, command_id: UUID) -> int:
    """Put a picture into the patient's album, unless it is not put before them any more. Raises AlbumFull."""
    picture = _picture(permit, image_id)
    if picture.withdrawn or barred(permit.patient_id, chosen(permit.patient_id)).bars(picture):
        raise Http404("no such picture")
    return _change_album(permit, lambda kept: album.keep(kept, image_id), command_id)


def remove(permit: Permit, image_id: UUID, *, command_id: UUID) -> int:
    """Take a picture out of the album."""
    _picture(permit, image_id)
    return _change_album(permit, lambda kept: album.remove(kept, image_id), command_id)


def set_style(permit: Permit, style: str, *, command_id: UUID) -> int:
    """Choose the patient's style, or "" to leave it to the engine. Raises NotOffered."""
    return _choose(permit, lambda choosing: vetoes.set_style(choosing, style), command_id)


def forget(permit: Permit, *, at: datetime, command_id: UUID) -> int:
    """Have what was learned about the patient forgotten, from the next choice on."""
    return _choose(permit, lambda _: vetoes.forget(at), command_id)


def leave_out(permit: Permit, what: str, value: str, *, reason: str, command_id: UUID) -> int:
    """Set a style or a kind of scene aside. Raises NotOffered, ReasonMissing, NothingWouldStand."""
    wanted = LeftOut(veto_id=command_id, what=what, value=value, image_id=None, template="", reason=reason)
    if what not in ("style", "kind"):
        raise vetoes.NotOffered("a template or a picture is set aside at a picture")
    return _choose(permit, lambda choosing: vetoes.leave_out(choosing, wanted), command_id)


def leave_out_of(permit: Permit, image_id: UUID, what: str, *, reason: str, command_id: UUID) -> int:
    """Set a shown picture aside, or its template, style or kind. Raises as `leave_out` does."""
    picture = _picture(permit, image_id)
    if what not in _OF_PICTURE:
        raise vetoes.NotOffered("no such thing to set aside")
    wanted = LeftOut(
        veto_id=command_id, what=what, value=_OF_PICTURE[what](picture), image_id=image_id,
        template=picture.template, reason=reason,
    )  # fmt: skip
    return _choose(permit, lambda choosing: vetoes.leave_out(choosing, wanted), command_id)


def let_in(permit: Permit, veto_id: UUID, *, reason: str, command_id: UUID) -> int:
    """Take a veto back. Raises VetoUnknown."""
    return _choose(permit, lambda choosing: vetoes.let_in(choosing, veto_id, reason=reason), command_id)


def _picture(permit: Permit, image_id: UUID) -> ShownImage:
    """The picture, for whom may change what is chosen; its row may be younger than the message that told of it."""
    permit.require(Right.SET_PREFERENCES)
    set_aside = chosen(permit.patient_id).standing("picture")
    found = pictures.find(permit.patient_id, image_id, set_aside)
    if found is None and catch_up(Images.name):
        found = pictures.find(permit.patient_id, image_id, set_aside)
    if found is None:
        raise Http404("no such picture")
    return found


def _change_album(permit: Permit, rule: Callable[[Album], list[object]], command_id: UUID) -> int:
    stream = StreamName(ALBUM, permit.patient_id)
    if (version := store.done(stream, command_id)) is not None:
        return version
    kept = album.replay(recorded.event for recorded in store.read(stream))
    return _append(permit, stream, rule(kept), kept.version, command_id)


def _choose(permit: Permit, rule: Callable[[Choosing], list[object]], command_id: UUID) -> int:
    permit.require(Right.SET_PREFERENCES)
    stream = StreamName(CHOOSING, permit.patient_id)
    if (version := store.done(stream, command_id)) is not None:
        return version
    choosing = vetoes.replay(store.read(stream))
    return _append(permit, stream, rule(choosing), choosing.version, command_id)


def _append(permit: Permit, stream: StreamName, events: list[object], expected: int, command_id: UUID) -> int:
    if not events:
        return expected
    return store.append(
        stream, events, expected=expected, actor=permit.actor, command_id=command_id, subject=permit.patient_id
    )
