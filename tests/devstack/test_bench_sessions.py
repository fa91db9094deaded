"""What fifty sessions are judged by: a frame that nobody read is no reading, however soon the server said so."""

import time

import pytest

from devstack.bench import sessions
from devstack.bench.measurement import Measurement
from devstack.bench.sessions import LONGEST_GAP_S, WARM_UP_S, Seat

UNREAD = {"type": "emotion", "seq": 1, "reason": "unread", "box": None, "round_trip_ms": 1500.0}
READ = {"type": "emotion", "seq": 2, "box": [0, 0, 9, 9], "round_trip_ms": 40.0}
NO_FACE = {"type": "emotion", "seq": 3, "reason": "no_face", "box": None, "round_trip_ms": 30.0}
SECONDS = 60


def judged(answers: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> dict[str, Measurement]:
    """One session of a minute, answered twice a second with each of these in turn."""
    seat, clock = Seat(browser=None, session_id=None), 0.0  # type: ignore[arg-type]  # asked nothing
    monkeypatch.setattr(time, "monotonic", lambda: clock)
    while clock < SECONDS:
        for answer in answers:
            seat.hear(answer)
        clock += 0.5
    memory = {"web": [100] * 12}
    return {row.name: row for row in sessions._judge([seat], memory, WARM_UP_S, SECONDS)}


def test_sessions_that_a_worker_reads_meet_every_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = judged([READ, NO_FACE], monkeypatch)
    assert all(row.met is not False for row in rows.values())
    assert rows["round trip, median"].value == 35.0
    assert rows["frames read"].value == pytest.approx(4)


def test_answers_that_nobody_read_the_frame_miss_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = judged([UNREAD], monkeypatch)
    assert rows["frames that nobody read"].value == 2 * (SECONDS - WARM_UP_S)
    assert rows["frames that nobody read"].met is False
    assert rows["longest wait for a reading"].value > LONGEST_GAP_S
    assert rows["longest wait for a reading"].met is False
    assert rows["frames read"].value == 0


def test_what_nobody_read_while_the_workers_warmed_up_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    seat, clock = Seat(browser=None, session_id=None), WARM_UP_S - 1  # type: ignore[arg-type]  # asked nothing
    monkeypatch.setattr(time, "monotonic", lambda: clock)
    seat.hear(UNREAD)
    [row] = [one for one in sessions._judge([seat], {}, WARM_UP_S, SECONDS) if one.name == "frames that nobody read"]
    assert row.met is True
