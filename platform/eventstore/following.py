"""One step of a follower (a projection or a subscription): a batch of the log, its effect and the checkpoint, together.

A follower that fails stops at the event before the failing one and says so; the others go on. It never skips, but what
fails because its subject is erased by now. One that lacks a key-encryption key waits there, and says so once.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from eventstore import erased, reading, upcast, wire
from eventstore.errors import UnknownEventType
from eventstore.models import Follower
from eventstore.recorded import Recorded, Tombstone
from vault.errors import KekRefused, KeyUnavailable, SubjectErased

log = logging.getLogger(__name__)
BATCH = 200
# KekRefused among them: the key file is read again when it changes, and an operator may be slower than the log.
TRANSIENT = (OperationalError, InterfaceError, KeyUnavailable, KekRefused)
_waiting: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Following:
    """What a follower wants of the log and does with it."""

    name: str
    version: int
    classes: tuple[type, ...]
    handle: Callable[[type, Recorded], None]
    forget: Callable[[UUID], None]


_BATCH = """SELECT p.position, e.type FROM eventstore.log_position p JOIN eventstore.event e USING (seq)
    WHERE p.position > %b::bigint ORDER BY p.position LIMIT %b::bigint"""


def step(follower: Following, *, batch: int = BATCH) -> int:
    """Take up to `batch` positions further. How many it took; 0 when it is at the end, stopped, or waits for a
    key-encryption key, which keeps no other follower from going on.

    An event that fails, and whose subject is erased by now, is passed over, as if it had been read a moment later, as
    a tombstone: the rows that it builds on may be forgotten already.

    Raises:
        OperationalError, InterfaceError, KeyUnavailable: nothing happened; retry.
    """
    try:
        taken = _advance(follower, batch)
    except KekRefused as missing:
        if batch > 1:
            return _to_the_failing_one(follower, batch)
        _wait(follower, missing)
        return 0
    except TRANSIENT:
        raise
    except Exception as error:  # noqa: BLE001  (whatever a handler raises stops this follower, and it alone)
        if batch > 1:
            return _to_the_failing_one(follower, batch)
        stop(follower, error)
        return 0
    if taken:
        _waiting.pop(follower.name, None)
    return taken


def _wait(follower: Following, missing: KekRefused) -> None:
    """Say so once, and not each time it looks: its words name a version or the file, and nobody."""
    if _waiting.get(follower.name) != str(missing):
        _waiting[follower.name] = str(missing)
        log.warning("%s waits: %s", follower.name, missing)


def _to_the_failing_one(follower: Following, batch: int) -> int:
    """A batch failed as a whole: go on singly, so that all before the failing event is kept."""
    taken = 0
    while taken < batch and step(follower, batch=1):
        taken += 1
    return taken


def _advance(follower: Following, batch: int) -> int:
    with transaction.atomic():
        place = locked_place(follower)
        if place.status == Follower.Status.STOPPED:
            return 0
        ahead = upcoming(place.position, batch)
        if not ahead:
            return 0
        apply(follower, place.position, ahead, singly=batch == 1)
        place.position = ahead[-1][0]
        place.save(update_fields=["position", "updated_at"])
        return len(ahead)


def apply(follower: Following, after: int, ahead: Sequence[tuple[int, str]], *, singly: bool = False) -> None:
    """Hand the wanted of these (position, type) pairs to the follower, in order. `singly`: each in a savepoint of its
    own, so that one which fails and whose subject is erased by now is passed over.

    Raises:
        UnknownEventType: one of them is of a type that this code does not know: parked, not skipped.
        What a handler raises.
    """
    wanted = wanted_names(follower.classes)
    for position, name in ahead:
        if not upcast.is_readable(name):
            raise UnknownEventType(f"{name} at position {position}")
    if not any(name in wanted for _, name in ahead):
        return
    for meta in reading.between(after, ahead[-1][0], sorted(wanted)):
        _hand_over(follower, meta, singly=singly)


def wants_nothing(follower: Following, names: Sequence[str]) -> bool:
    """Whether all of these stored types are known, and none is this follower's."""
    wanted = wanted_names(follower.classes)
    return all(upcast.is_readable(name) and name not in wanted for name in names)


_MOVE_ON = """WITH stood AS (SELECT unnest(%b::text[]) AS name, unnest(%b::bigint[]) AS position)
    UPDATE eventstore_follower f SET position = %b::bigint, updated_at = now() FROM stood
    WHERE f.name = stood.name AND f.position = stood.position AND f.status = 'running' AND f.position < %b::bigint
    RETURNING stood.position"""


def pass_over(places: Sequence[tuple[Following, int]], position: int) -> int:
    """Move followers from where they stood to `position`; one that moved meanwhile stays where it is. How many
    positions they took in all.
    """
    if not places:
        return 0
    names, stood = [follower.name for follower, _ in places], [at for _, at in places]
    moved = wire.fetchall(_MOVE_ON, [names, stood, position, position])
    return sum(position - int(at) for (at,) in moved)


def wanted_names(classes: tuple[type, ...]) -> set[str]:
    """The stored type names of these classes, and of every erasing event."""
    return set(reading.stored_names(classes)) | upcast.erasing_names()


def _hand_over(follower: Following, meta: Recorded, *, singly: bool) -> None:
    kind = upcast.current_type(meta.type)
    if kind.cls in follower.classes and not isinstance(meta.event, Tombstone):
        if singly:
            _handle_or_pass_over(follower, kind.cls, meta)
        else:
            follower.handle(kind.cls, meta)
    if kind.erases and meta.subject is not None:
        follower.forget(meta.subject)


def _handle_or_pass_over(follower: Following, event_class: type, meta: Recorded) -> None:
    try:
        with transaction.atomic():
            follower.handle(event_class, meta)
    except TRANSIENT:
        raise
    except Exception as error:
        if not _owes_to_an_erasure(error, meta.subject):
            raise
        log.info("%s passed over position %s: its subject is erased", follower.name, meta.position)


def _owes_to_an_erasure(error: Exception, subject: UUID | None) -> bool:
    return isinstance(error, SubjectErased) or (subject is not None and erased.is_erased(subject))


def locked_place(follower: Following) -> Follower:
    """The follower's checkpoint, locked until the transaction ends; made at the log's beginning if it is new."""
    place = Follower.objects.select_for_update().filter(name=follower.name).first()
    if place is None:
        Follower.objects.bulk_create([Follower(name=follower.name, version=follower.version)], ignore_conflicts=True)
        place = Follower.objects.select_for_update().get(name=follower.name)
    return place


def upcoming(position: int, limit: int) -> list[tuple[int, str]]:
    """(position, stored type) of the next sealed events, of any type."""
    return wire.fetchall(_BATCH, [position, limit])


def stop(follower: Following, error: Exception) -> None:
    """Mark it stopped. Names the error's class and place, never its text: that may hold a patient's words."""
    with transaction.atomic():
        place = locked_place(follower)
        place.status = Follower.Status.STOPPED
        place.problem = f"{type(error).__name__} at position {place.position + 1}"
        place.save()
    log.error("%s stopped: %s", follower.name, place.problem)
