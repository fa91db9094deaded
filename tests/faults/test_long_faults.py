"""Faults that last, caused to the real processes (`make faults`): what was acknowledged is in the log exactly once."""

import asyncio
import random
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from websockets.exceptions import WebSocketException

from apps.sessions.demo.clip import Clip, ensure_clip
from apps.sessions.demo.live_socket import LiveSocket
from devstack.live import LiveStack
from devstack.parts import WORKERS
from tests.faults.visit import (
    Visit,
    assert_all_recorded_once,
    assert_the_log_verifies,
    begin,
    eventually,
    frames_until_read,
    stalled_database,
)

pytestmark = [pytest.mark.fault, pytest.mark.stack, pytest.mark.timeout(900)]

PARTS = ("postgres", "valkey", "sealer", "clock", "web", *WORKERS)
SEED = 20260
MOODS = "session.mood_reported.v1"
NOT_KEPT = {"try_again", "closed"}
"""Answers after which a page sends the message again, under the same id."""


async def test_two_minutes_without_valkey_lose_nothing(stack: LiveStack, tmp_path: Path) -> None:
    visit, clip = begin(stack, camera=True), Clip(ensure_clip(tmp_path))
    async with visit.socket() as socket:
        await frames_until_read(socket, visit, clip, more_than=0)
        with stack.without("valkey"):
            for number in range(12):
                answer = await visit.tell(socket, "mood", valence=number % 5 - 2)
                assert answer["type"] == "done"
                await asyncio.sleep(10)
        await frames_until_read(socket, visit, clip, more_than=len(visit.of("emotion")))
        assert (await visit.tell(socket, "end"))["type"] == "done"
    assert_all_recorded_once(visit)
    assert visit.events("session")[MOODS] == 12
    assert_the_log_verifies(stack)


async def test_a_database_that_stalls_keeps_what_it_acknowledges(stack: LiveStack) -> None:
    visit, message_id = begin(stack), uuid4()
    async with visit.socket() as socket:
        assert (await visit.tell(socket, "mood", valence=1))["type"] == "done"
        with stalled_database(stack):
            told = asyncio.create_task(visit.tell(socket, "mood", again=message_id, valence=-1))
            await asyncio.sleep(20)
            assert message_id not in visit.told, "nothing can have been kept meanwhile"
        answer = await told
        assert answer["type"] == "done" or answer["code"] == "try_again", answer
        if answer["type"] == "error":
            assert visit.events("session")[MOODS] == 1, "a refused message was kept"
            assert (await visit.tell(socket, "mood", again=message_id, valence=-1))["type"] == "done"
        assert (await visit.tell(socket, "mood", valence=2))["type"] == "done"
        assert (await visit.tell(socket, "end"))["type"] == "done"
    assert visit.events("session")[MOODS] == 3
    assert_all_recorded_once(visit)
    assert_the_log_verifies(stack)


async def test_every_part_killed_in_a_minute_loses_nothing(stack: LiveStack) -> None:
    chance, visit = random.Random(SEED), begin(stack)
    before = {part: stack.part(part).restarts for part in PARTS}
    ids, killing = [uuid4()], asyncio.create_task(_kill_all(stack, chance.sample(PARTS, len(PARTS)), within_s=60))
    while not killing.done():
        with suppress(OSError, TimeoutError, WebSocketException):
            await _tell_moods(visit, ids, chance, killing)
        await asyncio.sleep(0.5)
    await killing
    await eventually(lambda: all(stack.part(part).ready for part in PARTS), within_s=180)
    assert all(stack.part(part).restarts > before[part] for part in PARTS)
    async with visit.socket() as socket:
        assert (await visit.tell(socket, "mood", again=ids[-1], valence=0))["type"] == "done"
        assert (await visit.tell(socket, "end"))["type"] == "done"
    assert len(ids) > 20
    assert set(ids) <= visit.told
    assert visit.events("session")[MOODS] == len(ids)
    assert_all_recorded_once(visit)
    assert_the_log_verifies(stack)


async def _kill_all(stack: LiveStack, parts: list[str], *, within_s: float) -> None:
    for part in parts:
        await asyncio.sleep(within_s / len(parts))
        with suppress(ProcessLookupError):  # it fell with another and is being started again
            stack.kill(part)
    await asyncio.sleep(2)


async def _tell_moods(visit: Visit, ids: list[UUID], chance: random.Random, killing: "asyncio.Task[None]") -> None:
    """One mood after another while the socket stands; the last of `ids` is the one that is not acknowledged yet."""
    async with visit.socket() as socket:
        while not killing.done() and socket.closed is None:
            await _tell_one(visit, socket, ids, valence=chance.randint(-5, 5))


async def _tell_one(visit: Visit, socket: LiveSocket, ids: list[UUID], *, valence: int) -> None:
    answer = await visit.tell(socket, "mood", again=ids[-1], valence=valence)
    if answer["type"] == "done":
        ids.append(uuid4())
    else:
        assert answer["code"] in NOT_KEPT, answer
    await asyncio.sleep(0.3)
