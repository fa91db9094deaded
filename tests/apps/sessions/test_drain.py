"""The mailboxes in a real Valkey: newest frame wins, nobody is passed over, nothing lies there in the clear."""

import time
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
import redis
import torch
from celery.exceptions import WorkerShutdown

from apps.sessions import drain as draining
from apps.sessions import mailbox, tasks
from apps.sessions.drain import Read, Tally, Waiting, drain
from apps.sessions.enrolment import afresh_key, enrol_anew
from apps.sessions.mailbox import Parcel
from ml.emotion.reader import Frame, Reading
from ml.vocabulary import EMOTIONS

CANARY = b"\xff\xd8 a face that nobody but the reader may see \xff\xd9"
WEB = "attune:web:test"


@pytest.fixture(autouse=True)
def _no_frame_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where a test says so: a busy machine may take two seconds to anything."""
    monkeypatch.setattr(mailbox, "FRAME_MS", 60_000)


def post(valkey: "redis.Redis", session_id: UUID, sequence: int = 1, jpeg: bytes = CANARY) -> None:
    sealed = mailbox.seal_parcel(session_id, Parcel(sequence, 40 * sequence, jpeg, WEB))
    valkey.set(mailbox.frame_key(session_id), sealed, px=mailbox.FRAME_MS)
    valkey.zadd(mailbox.WAITING, {str(session_id): time.time()}, nx=True)


def reading(memory: bytes = b"memory of a face") -> Read:
    shares = tuple(1.0 if emotion == "happiness" else 0.0 for emotion in EMOTIONS)
    return Read(
        box=(1, 2, 3, 4),
        emotion="happiness",
        confidence=0.9,
        probabilities=shares,
        smoothed=shares,
        reason=None,
        memory=memory,
    )


class Reader:
    """Answers every frame alike and remembers the batches it was given."""

    def __init__(self) -> None:
        self.batches: list[list[Waiting]] = []

    def __call__(self, waiting: Sequence[Waiting]) -> list[Read]:
        self.batches.append(list(waiting))
        return [reading() for _ in waiting]


@pytest.fixture
def answers(valkey: "redis.Redis") -> "redis.client.PubSub":
    pubsub: redis.client.PubSub = valkey.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
    pubsub.subscribe(WEB)
    pubsub.get_message(timeout=1)
    return pubsub


def received(answers: "redis.client.PubSub") -> list[tuple[UUID, mailbox.Reading]]:
    found = []
    while (message := answers.get_message(timeout=0.2)) is not None:
        kind, session_id, sealed = mailbox.deliver(message["data"])
        assert kind == mailbox.READING
        found.append((session_id, mailbox.open_reading(session_id, sealed)))
    return found


def test_frames_of_several_sessions_are_read_as_one_batch(
    valkey: "redis.Redis", answers: "redis.client.PubSub"
) -> None:
    sessions = [uuid4() for _ in range(5)]
    for session_id in sessions:
        post(valkey, session_id)
    reader = Reader()
    assert drain(valkey, reader, "net@12345678", Tally()) is False
    assert [[one.session_id for one in batch] for batch in reader.batches] == [sessions]
    back = received(answers)
    assert [session_id for session_id, _ in back] == sessions
    assert all(one.emotion == "happiness" and one.live == 5 and one.weights == "net@12345678" for _, one in back)
    answers.close()


def test_the_newest_frame_wins(valkey: "redis.Redis") -> None:
    session_id, reader = uuid4(), Reader()
    for sequence in range(1, 6):
        post(valkey, session_id, sequence)
    drain(valkey, reader, "", Tally())
    assert [one.parcel.sequence for batch in reader.batches for one in batch] == [5]


def test_whoever_waited_longest_comes_first(valkey: "redis.Redis") -> None:
    early, reader = uuid4(), Reader()
    post(valkey, early)
    crowd = [uuid4() for _ in range(draining.MOST_BATCH)]
    for session_id in crowd:
        post(valkey, session_id)
    post(valkey, early, 2)  # a newer frame does not lose the place
    drain(valkey, reader, "", Tally())
    assert reader.batches[0][0].session_id == early
    assert [len(batch) for batch in reader.batches] == [draining.MOST_BATCH, 1]


def test_the_memory_of_a_face_comes_back_with_the_next_frame(valkey: "redis.Redis") -> None:
    session_id, reader = uuid4(), Reader()
    for sequence in (1, 2):
        post(valkey, session_id, sequence)
        drain(valkey, reader, "", Tally())
    assert [batch[0].memory for batch in reader.batches] == [None, b"memory of a face"]


def test_begun_afresh_the_memory_of_a_face_is_set_aside_once(valkey: "redis.Redis") -> None:
    session_id, reader = uuid4(), Reader()
    for sequence in (1, 2, 3):
        if sequence == 2:
            enrol_anew(session_id)
        post(valkey, session_id, sequence)
        drain(valkey, reader, "", Tally())
    assert [batch[0].memory for batch in reader.batches] == [None, None, b"memory of a face"]


def test_a_frame_under_way_does_not_undo_it(valkey: "redis.Redis") -> None:
    session_id, reader = uuid4(), Reader()

    def spoken_meanwhile(waiting: Sequence[Waiting]) -> list[Read]:
        enrol_anew(session_id)
        return reader(waiting)

    post(valkey, session_id)
    drain(valkey, spoken_meanwhile, "", Tally())
    assert 0 < valkey.pttl(afresh_key(session_id)) <= mailbox.TRACK_MS
    post(valkey, session_id, 2)
    drain(valkey, reader, "", Tally())
    assert [batch[0].memory for batch in reader.batches] == [None, None]


def test_it_waits_for_a_frame_that_can_be_read(valkey: "redis.Redis") -> None:
    session_id, reader = uuid4(), Reader()
    post(valkey, session_id)
    drain(valkey, reader, "", Tally())
    enrol_anew(session_id)
    valkey.zadd(mailbox.WAITING, {str(session_id): time.time()})  # its frame has expired
    drain(valkey, reader, "", Tally())
    post(valkey, session_id, 2)
    drain(valkey, reader, "", Tally())
    assert [batch[0].memory for batch in reader.batches] == [None, None]


def test_a_reading_that_fails_does_not_undo_it(valkey: "redis.Redis") -> None:
    session_id, reader = uuid4(), Reader()

    def failing(_: Sequence[Waiting]) -> list[Read]:
        raise MemoryError

    post(valkey, session_id)
    drain(valkey, reader, "", Tally())
    enrol_anew(session_id)
    post(valkey, session_id, 2)
    with pytest.raises(MemoryError):
        drain(valkey, failing, "", Tally())
    post(valkey, session_id, 3)
    drain(valkey, reader, "", Tally())
    assert [batch[0].memory for batch in reader.batches] == [None, None]


def test_after_a_reading_that_fails_the_next_frame_calls_for_a_worker(valkey: "redis.Redis") -> None:
    def failing(_: Sequence[Waiting]) -> list[Read]:
        raise MemoryError

    post(valkey, uuid4())
    with pytest.raises(MemoryError):
        drain(valkey, failing, "", Tally())
    assert valkey.get(mailbox.AWAKE) is None


def test_a_worker_whose_device_failed_ends(valkey: "redis.Redis", monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process can read nothing any more; the supervisor starts another one."""

    class Dead:
        weights = "net@12345678"
        asked = 0

        def read(self, _: Sequence[Frame]) -> list[Reading]:
            self.asked += 1
            raise torch.AcceleratorError("stand-in for an error that a device does not recover from")

        def unread(self, frame: Frame, reason: str = "") -> Reading:
            raise AssertionError("nobody is told that their frame was at fault")

    dead = Dead()
    monkeypatch.setattr(tasks, "_reader", lambda: dead)
    for _ in range(3):
        post(valkey, uuid4())
    with pytest.raises(WorkerShutdown) as ended:
        tasks.read_frames()
    assert (ended.value.code, dead.asked) == (1, 1)
    assert valkey.get(mailbox.AWAKE) is None


def test_a_frame_of_another_session_is_not_opened(valkey: "redis.Redis") -> None:
    mine, theirs, reader, tally = uuid4(), uuid4(), Reader(), Tally()
    post(valkey, mine)
    valkey.rename(mailbox.frame_key(mine), mailbox.frame_key(theirs))
    valkey.zadd(mailbox.WAITING, {str(theirs): 1.0})
    drain(valkey, reader, "", tally)
    assert reader.batches == []
    assert tally.stale == 2


def test_a_frame_that_nobody_read_in_time_is_gone(valkey: "redis.Redis") -> None:
    session_id, reader, tally = uuid4(), Reader(), Tally()
    post(valkey, session_id)
    valkey.pexpire(mailbox.frame_key(session_id), 1)
    time.sleep(0.01)
    drain(valkey, reader, "", tally)
    assert reader.batches == []
    assert tally.stale == 1


def test_the_drainer_sleeps_only_when_nothing_waits(valkey: "redis.Redis") -> None:
    drain(valkey, Reader(), "", Tally())
    assert valkey.get(mailbox.AWAKE) is None
    assert valkey.set(mailbox.AWAKE, "called", nx=True), "the next frame sends a wake-up"


def test_a_drainer_hands_over_after_its_turn(valkey: "redis.Redis", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "TURN_S", 0.0)
    post(valkey, uuid4())
    assert drain(valkey, Reader(), "", Tally()) is True


def test_nothing_lies_in_valkey_in_the_clear_and_all_of_it_expires(valkey: "redis.Redis") -> None:
    session_id = uuid4()
    post(valkey, session_id)
    stored = b"".join(valkey.dump(key) or b"" for key in valkey.scan_iter())
    assert CANARY[4:20] not in stored
    drain(valkey, Reader(), "", Tally())
    left = list(valkey.scan_iter())
    assert left == [mailbox.track_key(session_id).encode()]
    assert all(valkey.pttl(key) > 0 for key in left)
    stored = b"".join(valkey.dump(key) or b"" for key in left)
    assert b"memory of a face" not in stored
