"""Making a projection again from the log: replayed into shadow tables, then swapped in one transaction.

While it replays, readers and the live projection go on with the old rows. The projection's own SQL is turned to the
shadow tables by the search path, so handlers know nothing of it. Only the swap locks the checkpoint.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from eventstore import projection
from eventstore.followers import of_projection
from eventstore.following import TRANSIENT, Following, apply, locked_place, stop, upcoming
from eventstore.models import Follower
from eventstore.projection import Projection
from vault import keys
from vault.errors import KekRefused

log = logging.getLogger(__name__)
REPLAY_BATCH = 2_000
_SHADOW_PATH = "SET LOCAL search_path = attune_rebuild, public, pg_temp"


def rebuild(kind: type[Projection]) -> int:
    """Replay the whole log into this projection's models and swap. How many positions it went through.

    Raises:
        What a handler raises; the old rows then stay. OperationalError, KeyUnavailable: retry; KekRefused: retry once
        the key file has what was missing.
    """
    follower, tables = of_projection(kind), [model._meta.db_table for model in kind.models]
    with _alone(kind.name):
        erased_before = keys.erased_subjects()
        _call("make_shadow", tables)
        position = 0
        while taken := _replay(follower, position):
            position = taken
        position = _swap(follower, tables, position, erased_before)
        _call("drop_shadow", tables)
    return position


def rebuild_outdated() -> list[str]:
    """Rebuild each projection whose code has another version than its rows. The names of those that succeeded.

    One whose replay fails is stopped, and says so; the others go on. So is one whose replay lacks a key-encryption key:
    were it tried again here, nothing would be sealed until the key file came. The sealer's next start tries it again.

    Raises:
        OperationalError, InterfaceError, KeyUnavailable: retry.
    """
    stands = dict(Follower.objects.values_list("name", "version"))
    kinds = projection.registered().values()
    outdated = [kind for kind in kinds if stands.get(kind.name, kind.version) != kind.version]
    return [kind.name for kind in outdated if _rebuild_or_stop(kind)]


def drop_left_over() -> int:
    """Drop the shadow tables that no rebuild fills any more; how many projections had some. One that was killed, or
    failed, left them with rows of whoever is erased since.

    Raises:
        OperationalError, InterfaceError: retry.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'attune_rebuild'")
        shadows = {name for (name,) in cursor.fetchall()}
    tables = {name: [model._meta.db_table for model in kind.models] for name, kind in projection.registered().items()}
    return sum(_drop_if_free(name, mine) for name, mine in tables.items() if shadows.intersection(mine))


def _drop_if_free(name: str, tables: list[str]) -> bool:
    """A rebuild that is at work keeps its shadow: it looks for whoever is erased meanwhile before it swaps."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [_lock_of(name)])
            free = bool(cursor.fetchone()[0])
        if free:
            _call("drop_shadow", tables)
    return free


def _rebuild_or_stop(kind: type[Projection]) -> bool:
    log.info("%s: rebuilding for version %s", kind.name, kind.version)
    try:
        rebuild(kind)
    except KekRefused as missing:
        stop(of_projection(kind), missing)
        return False
    except TRANSIENT:
        raise
    except Exception as error:  # noqa: BLE001  (a failing replay stops this projection, and it alone)
        stop(of_projection(kind), error)
        return False
    return True


def _replay(follower: Following, after: int) -> int:
    """One batch into the shadow tables, without the checkpoint's lock; the last position, 0 at the end."""
    with transaction.atomic():
        ahead = upcoming(after, REPLAY_BATCH)
        _into_shadow(follower, after, ahead)
        return ahead[-1][0] if ahead else 0


def _into_shadow(follower: Following, after: int, ahead: list[tuple[int, str]]) -> None:
    with _in_shadow():
        try:
            with transaction.atomic():
                apply(follower, after, ahead)
        except TRANSIENT:
            raise
        except Exception:  # noqa: BLE001  (what fails for no erasure's sake fails again, and is raised then)
            apply(follower, after, ahead, singly=True)


@contextmanager
def _in_shadow() -> Iterator[None]:
    """Within the open transaction, table names mean the shadow tables. What raises ends the transaction anyway."""
    with connection.cursor() as cursor:
        cursor.execute(_SHADOW_PATH)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = public, pg_temp")


def _swap(follower: Following, tables: list[str], position: int, erased_before: set[UUID]) -> int:
    """Lock the checkpoint, replay what came meanwhile, exchange the rows, set the checkpoint: one transaction.

    Whoever was erased during the replay may have rows in the shadow, from events that were opened before; an erasure
    that ends after this looked waits for the lock, and drops them from the exchanged rows.
    """
    with transaction.atomic():
        place = locked_place(follower)
        while ahead := upcoming(position, REPLAY_BATCH):
            _into_shadow(follower, position, ahead)
            position = ahead[-1][0]
        with _in_shadow():
            for subject in keys.erased_subjects() - erased_before:
                follower.forget(subject)
        _call("swap_shadow", tables)
        place.version, place.position = follower.version, position
        place.status, place.problem = Follower.Status.RUNNING, ""
        place.save()
    return position


def _lock_of(name: str) -> str:
    return f"attune.rebuild.{name}"


def _call(function: str, tables: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT eventstore.{function}(%s::text[])", [tables])


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One rebuild of a projection at a time; a second waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [_lock_of(name)])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [_lock_of(name)])
