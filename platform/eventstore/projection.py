"""Projections: events in, rows out. Each is the only writer of its models and can be made again from the log.

    class Caseload(Projection):
        name = "providers.caseload"; version = 1; models = (CaseloadRow,)

        @on(PatientRegistered)
        def registered(self, event: PatientRegistered, meta: Recorded) -> None: ...

Raise `version` when handlers or models change: the sealer then rebuilds it.
"""

import time
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db.models import Model

from eventstore import reading, wire
from eventstore.errors import ProjectionUnknown
from eventstore.recorded import Recorded
from eventstore.stream import StreamName

Handler = Callable[[Any, Any, Recorded], None]
H = TypeVar("H", bound=Callable[..., None])
_HANDLES = "_handles_event"


def on(*event_classes: type) -> Callable[[H], H]:
    """Mark a method as the handler of these events."""

    def mark(method: H) -> H:
        setattr(method, _HANDLES, event_classes)
        return method

    return mark


class Projection:
    """Handlers run in log order, in one transaction with the checkpoint; they write nothing but `models`.

    What a handler raises stops this projection, and it alone, until the code is mended. Erased events are not handed
    over; at a subject's erasure `forget` drops its rows.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    models: ClassVar[tuple[type[Model], ...]] = ()
    subject_fields: ClassVar[tuple[str, ...]] = ("patient_id", "subject_id")

    @classmethod
    def handlers(cls) -> dict[type, str]:
        """Which method handles which event class."""
        marked = ((name, getattr(getattr(cls, name), _HANDLES, ())) for name in dir(cls))
        return {event_class: name for name, classes in marked for event_class in classes}

    def handle(self, event_class: type, meta: Recorded) -> None:
        getattr(self, self.handlers()[event_class])(meta.event, meta)

    def forget(self, subject: UUID) -> None:
        """Drop the rows of an erased subject. Override where a model names its subject otherwise."""
        for model in self.models:
            names = {field.attname for field in model._meta.concrete_fields}
            for field in names.intersection(self.subject_fields):
                model._default_manager.filter(**{field: subject}).delete()


_registered: dict[str, type[Projection]] = {}


def register_projection(projection: type[Projection]) -> None:
    """Called in AppConfig.ready().

    Raises:
        ValueError: another projection has that name.
    """
    known = _registered.setdefault(projection.name, projection)
    if known is not projection:
        raise ValueError(f"two projections are called {projection.name}")


def registered() -> dict[str, type[Projection]]:
    return dict(_registered)


def named(name: str) -> type[Projection]:
    """Raises ProjectionUnknown."""
    if name not in _registered:
        raise ProjectionUnknown(f"no projection is called {name}")
    return _registered[name]


_REACHED = """SELECT e.xid = pg_current_xact_id_if_assigned(),
    p.position <= (SELECT f.position FROM eventstore_follower f WHERE f.name = %b::text)
    FROM eventstore.event e LEFT JOIN eventstore.log_position p USING (seq)
    WHERE e.stream_id = %b::uuid AND e.version = %b::bigint"""
_PLACE = "SELECT position FROM eventstore_follower WHERE name = %b::text"
_POLL_S = 0.01


def wait_for(name: str, stream: StreamName, version: int, timeout_s: float = 2.0) -> bool:
    """Wait until a projection has seen a stream's version. False when time is up, or at once when the event was
    written in the caller's own open transaction, where nobody else can see it yet.
    """
    until = time.monotonic() + timeout_s
    while True:
        mine, reached = _look(name, stream, version)
        if reached or mine or time.monotonic() >= until:
            return bool(reached)
        time.sleep(_POLL_S)


def catch_up(name: str, timeout_s: float = 2.0) -> bool:
    """Wait until a projection has seen all that is sealed now: whoever was told of an event by the log may then ask
    the rows about it. False when time is up.
    """
    until, head = time.monotonic() + timeout_s, reading.head()
    while True:
        rows = wire.fetchall(_PLACE, [name])
        reached = bool(rows) and int(rows[0][0]) >= head
        if reached or time.monotonic() >= until:
            return reached
        time.sleep(_POLL_S)


def _look(name: str, stream: StreamName, version: int) -> tuple[bool, bool]:
    rows = wire.fetchall(_REACHED, [name, stream.stream_id, version])
    return (bool(rows[0][0]), bool(rows[0][1])) if rows else (False, False)
