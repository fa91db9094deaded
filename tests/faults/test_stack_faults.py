"""Faults caused to the real processes: whatever was acknowledged is in the log once, and only once."""

import asyncio
from pathlib import Path

import pytest

from apps.sessions.demo.clip import Clip, ensure_clip
from devstack.live import LiveStack
from tests.faults.visit import (
    assert_all_recorded_once,
    assert_the_log_verifies,
    begin,
    eventually,
    frames_until_read,
)

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

PICTURE_WITHIN_S = 90.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return Clip(ensure_clip(Path(tmp_path_factory.mktemp("clip"))))


async def test_a_worker_killed_mid_image_leaves_one_picture(stack: LiveStack) -> None:
    visit = begin(stack)
    async with visit.socket() as socket:
        await visit.tell(socket, "mood", valence=-4, distress=60)
        await visit.until("composing", timeout_s=PICTURE_WITHIN_S)
        stack.kill("images")
        pictures = await visit.until("image", timeout_s=PICTURE_WITHIN_S)
        await asyncio.sleep(3)
        assert len(visit.of("image")) == 1
        answer = await visit.tell(socket, "reaction", image_id=pictures[0]["image_id"], rating=1)
        assert answer["type"] == "done"
        await visit.tell(socket, "end")
    assert visit.events("imagery")["imagery.shown.v1"] == 1
    assert_all_recorded_once(visit)
    assert_the_log_verifies(stack)


async def test_twenty_seconds_without_valkey_lose_nothing(stack: LiveStack, clip: Clip) -> None:
    visit = begin(stack, camera=True)
    async with visit.socket() as socket:
        await visit.tell(socket, "mood", valence=2)
        with stack.without("valkey"):
            for valence in (-1, 0, 1):
                answer = await visit.tell(socket, "mood", valence=valence)
                assert answer["type"] == "done"
                await asyncio.to_thread(visit.browser.get, "/me/")
                await asyncio.sleep(6)
        before = len(visit.of("emotion"))
        await frames_until_read(socket, visit, clip, more_than=before)
        await visit.tell(socket, "end")
    assert_all_recorded_once(visit)
    assert visit.events("session")["session.mood_reported.v1"] == 4


async def test_a_cut_socket_resumes_without_loss_or_repetition(stack: LiveStack) -> None:
    visit = begin(stack)
    async with visit.socket() as socket:
        await visit.tell(socket, "mood", valence=-4)
        await visit.until("state", timeout_s=20)
        after = socket.last_n
        await visit.tell(socket, "mood", valence=5)
        assert socket._connection is not None
        socket._connection.transport.abort()
    first = list(visit.heard)
    async with visit.socket(after=after) as socket:
        await visit.until("state", timeout_s=30, more_than=1)
        await visit.tell(socket, "end")
    resumed = visit.heard[len(first) :]
    durable = [message["n"] for message in resumed if message["type"] in ("state", "image", "closed")]
    assert durable == sorted(set(durable))
    assert all(n > after for n in durable)
    assert_all_recorded_once(visit)


async def test_a_killed_sealer_delays_and_loses_nothing(stack: LiveStack) -> None:
    visit = begin(stack)
    async with visit.socket() as socket:
        with stack.without("sealer"):
            for valence in (-4, 4, -4):
                assert (await visit.tell(socket, "mood", valence=valence))["type"] == "done"
        await visit.until("state", timeout_s=60)
        await visit.tell(socket, "end")
    unsealed = (
        "SELECT count(*) FROM eventstore.event e "
        "WHERE NOT EXISTS (SELECT FROM eventstore.log_position p WHERE p.seq = e.seq)"
    )
    await eventually(lambda: visit.rows(unsealed, []) == [(0,)], within_s=30)
    gaps = "SELECT count(*) = max(position) - min(position) + 1 FROM eventstore.log_position"
    assert visit.rows(gaps, []) == [(True,)]
    assert_all_recorded_once(visit)
    assert_the_log_verifies(stack)


async def test_a_task_delivered_twice_paints_one_picture(stack: LiveStack) -> None:
    visit = begin(stack)
    async with visit.socket() as socket:
        await visit.tell(socket, "mood", valence=-4, distress=70)
        await visit.until("composing", timeout_s=PICTURE_WITHIN_S)
        jobs = visit.rows(
            "SELECT id FROM eventstore_job WHERE kind = 'imagery.compose' ORDER BY created_at DESC LIMIT 1", []
        )
        for _ in range(4):
            _deliver(stack, "imagery.compose", str(jobs[0][0]))
        await visit.until("image", timeout_s=PICTURE_WITHIN_S)
        await asyncio.sleep(5)
        assert len(visit.of("image")) == 1
        await visit.tell(socket, "end")
    assert visit.events("imagery")["imagery.shown.v1"] == 1


def _deliver(stack: LiveStack, task: str, job_id: str) -> None:
    """The same message once more, as a broker may deliver it after a lost acknowledgement."""
    import celery

    with celery.Celery(broker=stack.env["REDIS_URL"]) as sender:
        sender.send_task(task, kwargs={"job_id": job_id}, queue="images")
