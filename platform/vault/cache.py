"""Unwrapped keys, kept for a few seconds: short enough that an erasure elsewhere bites here, too."""

import threading
import time
from collections.abc import Iterable
from uuid import UUID

from vault.envelope import DataKey

LIFETIME_S = 4.0
CAPACITY = 10_000

_lock = threading.Lock()
_by_id: dict[UUID, tuple[float, DataKey]] = {}
_newest: dict[UUID, UUID] = {}


def get(key_id: UUID) -> DataKey | None:
    with _lock:
        return _fresh(key_id)


def newest_of(subject: UUID) -> DataKey | None:
    with _lock:
        key_id = _newest.get(subject)
        return _fresh(key_id) if key_id else None


def keep(keys: Iterable[DataKey], *, newest: bool = False) -> None:
    """Remember these until their time is over; `newest` says that each is its subject's latest generation."""
    until = time.monotonic() + LIFETIME_S
    with _lock:
        if len(_by_id) > CAPACITY:
            _by_id.clear()
            _newest.clear()
        for key in keys:
            _by_id[key.key_id] = (until, key)
            if newest:
                _newest[key.subject] = key.key_id


def forget(subject: UUID) -> None:
    with _lock:
        _newest.pop(subject, None)
        for key_id in [key_id for key_id, (_, key) in _by_id.items() if key.subject == subject]:
            del _by_id[key_id]


def clear() -> None:
    with _lock:
        _by_id.clear()
        _newest.clear()


def _fresh(key_id: UUID) -> DataKey | None:
    until, key = _by_id.get(key_id, (0.0, None))
    return key if time.monotonic() < until else None
