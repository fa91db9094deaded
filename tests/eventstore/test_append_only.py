"""What the app's database role may not do, whatever it tries."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.db.utils import InternalError

from eventstore import checkpoints, guard, store
from eventstore.actor import Actor
from eventstore.errors import UnsafeRole
from eventstore.event import event
from eventstore.stream import StreamName

pytestmark = pytest.mark.django_db
REFUSED = [
    "UPDATE eventstore.event SET type = 'x'",
    "DELETE FROM eventstore.event",
    "TRUNCATE eventstore.event CASCADE",
    "INSERT INTO eventstore.log_position VALUES (99, 99, gen_random_uuid(), 1, '')",
    "UPDATE eventstore.log_position SET position = position + 1",
    "DELETE FROM eventstore.checkpoint",
    "UPDATE eventstore.stream SET version = 0",
    "UPDATE eventstore.seal_state SET next_position = 1",
    "ALTER TABLE eventstore.event DISABLE TRIGGER ALL",
    "DROP TRIGGER append_only_rows ON eventstore.event",
    "SET session_replication_role = replica",
    "SET ROLE attune_owner",
    "CREATE OR REPLACE FUNCTION eventstore.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "CREATE TABLE public.mine ()",
    "CREATE TABLE attune_rebuild.mine ()",
    "CREATE TEMP TABLE mine ()",
]
REFUSED_TO_THE_OWNER = [
    "UPDATE eventstore.event SET type = 'x'",
    "DELETE FROM eventstore.event",
    "TRUNCATE eventstore.event CASCADE",
    "UPDATE eventstore.checkpoint SET root = ''",
    "TRUNCATE eventstore.stream",
    "DELETE FROM eventstore.seal_state",
]


@event("stone.laid.v1")
class Laid:
    weight: int


@pytest.fixture(autouse=True)
def stones(subject: UUID, stream: StreamName, seal_now: Callable[[], None]) -> None:
    store.append(stream, [Laid(weight=1)], expected=0, actor=Actor.system("test"), command_id=uuid4(), subject=subject)
    seal_now()


@pytest.mark.parametrize("statement", REFUSED)
def test_the_app_is_refused(statement: str, stream: StreamName) -> None:
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [one.event for one in store.read(stream)] == [Laid(weight=1)]


@pytest.mark.usefixtures("fresh_db")
def test_even_the_owner_is_refused_while_the_triggers_stand() -> None:
    checkpoints.record()
    for statement in REFUSED_TO_THE_OWNER:
        with pytest.raises((ProgrammingError, InternalError), match="append-only"):
            connections["owner"].cursor().execute(statement)


def test_the_apps_role_passes_the_guard_and_the_owner_does_not() -> None:
    guard.refuse_unsafe_role()
    with pytest.raises(UnsafeRole, match="owns the log"):
        guard.refuse_unsafe_role("owner")


@pytest.mark.parametrize(("fact", "why"), list(enumerate(guard._FAULTS)))
def test_each_dangerous_right_is_refused(fact: int, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = ", ".join("true" if number == fact else "false" for number in range(len(guard._FAULTS)))
    monkeypatch.setattr(guard, "_FACTS", f"SELECT {facts}")
    with pytest.raises(UnsafeRole, match=why):
        guard.refuse_unsafe_role()
