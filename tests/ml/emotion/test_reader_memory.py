"""Frames for which the device's memory does not suffice together are read apart, and the reader lives on.

No GPU here: the stand-in for its allocator is a hook on torch's own networks that raises torch's own error for a batch
above a size.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
import torch
from skimage.data import astronaut
from torch import nn

from ml.emotion.abstain import Bar
from ml.emotion.engine import eager
from ml.emotion.reader import EmotionReader, Frame, Reading
from ml.engine.memory import in_parts
from ml.faces.nets import FaceNets

FACE = cv2.imencode(".jpg", cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR))[1].tobytes()
Read = Callable[[int], list[Reading]]


@pytest.fixture
def reader(weights: Path) -> EmotionReader:
    """As on a GPU: in torch."""
    made = EmotionReader.load(weights, Bar(least_confidence=0.0))
    return replace(made, nets=FaceNets.eager(), engine=eager(made.model))


@contextmanager
def room_for(network: nn.Module, most: int) -> Iterator[list[int]]:
    """The batches that were asked for; those above `most` faces fail."""
    asked: list[int] = []

    def allocate(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        asked.append(len(inputs[0]))
        if len(inputs[0]) > most:
            raise torch.OutOfMemoryError("stand-in for a device's allocator")

    handle = network.register_forward_pre_hook(allocate)
    yield asked
    handle.remove()


def read(reader: EmotionReader, count: int) -> list[Reading]:
    """As the frames worker's task does."""
    return in_parts(reader.read, [Frame(FACE, None)] * count, reader.unread)


def test_a_batch_that_is_too_large_is_read_in_halves(reader: EmotionReader) -> None:
    expected = read(reader, 5)
    with room_for(reader.model.trunk, 2) as asked:
        readings = read(reader, 5)
    assert asked == [5, 2, 3, 1, 2]
    for reading, whole in zip(readings, expected, strict=True):
        assert (reading.emotion, reading.box, reading.reason) == (whole.emotion, whole.box, None)
        assert reading.probabilities == pytest.approx(whole.probabilities, abs=1e-4)


def test_a_frame_that_is_too_large_alone_is_answered_with_a_reason_and_keeps_its_memory(reader: EmotionReader) -> None:
    first = read(reader, 1)[0]
    with room_for(reader.model.trunk, 0) as asked:
        (reading,) = in_parts(reader.read, [Frame(FACE, first.state)], reader.unread)
    assert asked == [1]
    assert (reading.emotion, reading.reason, reading.box, reading.probabilities) == (
        "uncertain",
        "out_of_memory",
        None,
        None,
    )
    assert reading.state == first.state


def test_the_worker_lives_on(reader: EmotionReader) -> None:
    before = read(reader, 2)
    with room_for(reader.model.trunk, 0):
        assert {reading.reason for reading in read(reader, 2)} == {"out_of_memory"}
    assert read(reader, 2) == before
