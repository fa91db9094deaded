"""The frames worker's task answers every frame, also when the device's memory suffices for some alone.

No GPU here: the stand-in is a reader that raises torch's own error for a batch above a size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

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
    """Reads `most` frames at once, and none that says `huge`."""

    most: int
    asked: list[int] = field(default_factory=list)

    def read(self, frames: Sequence[Frame]) -> list[Reading]:
        self.asked.append(len(frames))
        if len(frames) > self.most or any(frame.jpeg == b"huge" for frame in frames):
            raise torch.OutOfMemoryError("stand-in for a device's allocator")
        return [reading(frame.jpeg, None) for frame in frames]

    def unread(self, frame: Frame) -> Reading:
        return reading(frame.jpeg, "out_of_memory")


def test_each_session_gets_its_own_answer() -> None:
    jpegs = [b"one", b"two", b"huge", b"four", b"five"]
    waiting = [Waiting(uuid4(), Parcel(1, 0, jpeg, "web"), None) for jpeg in jpegs]
    reader = Narrow(2)
    answers = tasks._read(reader, waiting)  # type: ignore[arg-type]
    assert [answer.memory for answer in answers] == jpegs
    assert [answer.reason for answer in answers] == [None, None, "out_of_memory", None, None]
    assert reader.asked[0] == 5
