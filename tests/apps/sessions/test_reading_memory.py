"""The frames worker's task answers every frame, also when memory suffices for some alone, or one breaks the reading.

No GPU here: the stand-in is a reader that raises torch's own error for a batch above a size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
import torch

from apps.sessions import tasks
from apps.sessions.drain import Waiting
from apps.sessions.mailbox import Parcel
from ml.emotion.reader import Frame, Reading


def reading(state: bytes, reason: str | None) -> Reading:
    return Reading(
        box=None,
        detection=0.0,
        emotion="uncertain",
        confidence=0.0,
        probabilities=None,
        smoothed=None,
        reason=reason,  # type: ignore[arg-type]
        state=state,
    )


@dataclass
class Narrow:
    """Reads `most` frames at once, and none that says `huge`; one that says `odd` breaks it."""

    most: int
    asked: list[int] = field(default_factory=list)

    def read(self, frames: Sequence[Frame]) -> list[Reading]:
        self.asked.append(len(frames))
        if len(frames) > self.most or any(frame.jpeg == b"huge" for frame in frames):
            raise torch.OutOfMemoryError("stand-in for a device's allocator")
        if any(frame.jpeg == b"odd" for frame in frames):
            raise ValueError("what nobody foresaw")
        return [reading(frame.jpeg, None) for frame in frames]

    def unread(self, frame: Frame, reason: str = "out_of_memory") -> Reading:
        return reading(frame.jpeg, reason)


def waiting_with(jpegs: Sequence[bytes]) -> list[Waiting]:
    return [Waiting(uuid4(), Parcel(1, 0, jpeg, "web"), None) for jpeg in jpegs]


def test_each_session_gets_its_own_answer() -> None:
    jpegs = [b"one", b"two", b"huge", b"four", b"five"]
    reader = Narrow(2)
    answers = tasks._read(reader, waiting_with(jpegs))  # type: ignore[arg-type]
    assert [answer.memory for answer in answers] == jpegs
    assert [answer.reason for answer in answers] == [None, None, "out_of_memory", None, None]
    assert reader.asked[0] == 5


@pytest.mark.parametrize("most", [2, 5])
def test_a_frame_that_breaks_the_reading_costs_its_own_answer_alone(most: int) -> None:
    jpegs = [b"one", b"two", b"odd", b"huge", b"five"]
    answers = tasks._read(Narrow(most), waiting_with(jpegs))  # type: ignore[arg-type]
    assert [answer.memory for answer in answers] == jpegs
    assert [answer.reason for answer in answers] == [None, None, "unreadable", "out_of_memory", None]
