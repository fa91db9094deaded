"""What a session reads is its own face: a stranger's is not read, it is said, and the own one is read again.

With the networks that ship for faces and a tiny one for emotions; on scikit-image's astronaut, and on others that it
carries.
"""

from pathlib import Path

import cv2
import numpy as np
import pytest

from ml.emotion.abstain import Bar
from ml.emotion.packing import unpack
from ml.emotion.reader import EmotionReader, Frame, Reading
from ml.emotion.temporal import TemporalState
from ml.vocabulary import UNCERTAIN
from tests.ml.faces.people import WALL, Picture, astronaut_at, stranger_at

SURE = Bar(least_confidence=0.0, least_sharpness=5.0)
"""The others' pictures are enlarged, and so less sharp than any camera's."""


def _jpeg(pixels: Picture) -> bytes:
    done, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    assert done
    return data.tobytes()


@pytest.fixture(scope="module")
def reader(weights: Path) -> EmotionReader:
    return EmotionReader.load(weights, SURE)


def _shown(reader: EmotionReader, pictures: list[Picture], state: bytes | None = None) -> list[Reading]:
    readings = []
    for picture in pictures:
        readings += reader.read([Frame(_jpeg(picture), state)])
        state = readings[-1].state
    return readings


@pytest.fixture(scope="module")
def own(reader: EmotionReader) -> Reading:
    readings = _shown(reader, [astronaut_at(40 + step % 3) for step in range(8)])
    assert all(reading.reason is None for reading in readings)
    return readings[-1]


@pytest.mark.parametrize("between", [[], [WALL] * 5])
def test_somebody_elses_face_is_not_read_and_is_said(
    reader: EmotionReader, own: Reading, between: list[Picture]
) -> None:
    readings = _shown(reader, [*between, *[stranger_at(3)] * 8], own.state)[len(between) :]
    assert [reading.reason for reading in readings] == ["unfamiliar_face"] * 4 + ["another_face"] * 4
    for reading in readings:
        assert (reading.emotion, reading.confidence) == (UNCERTAIN, 0.0)
        assert reading.probabilities is None and reading.smoothed is None
        assert reading.box is not None and reading.detection > 0.9


def test_a_stranger_leaves_no_trace_in_the_patients_memory(reader: EmotionReader, own: Reading) -> None:
    count = TemporalState.numbers(reader.model.config.lstm_size)
    gone = _shown(reader, [stranger_at(3)] * 8, own.state)[-1]
    before, after = (unpack(reading.state, reader._name, count) for reading in (own, gone))
    np.testing.assert_array_equal(before.followed, after.followed)
    assert before.track and after.track and before.track.known and after.track.known
    assert before.track.known.looks == after.track.known.looks


def test_the_own_face_is_read_again_when_it_is_back(reader: EmotionReader, own: Reading) -> None:
    gone = _shown(reader, [stranger_at(3)] * 7, own.state)[-1]
    back = _shown(reader, [astronaut_at()] * 4, gone.state)
    assert [reading.reason for reading in back[-2:]] == [None, None]
    assert back[-1].probabilities is not None


def test_without_the_memory_whoever_is_there_is_the_sessions_own(reader: EmotionReader) -> None:
    assert all(reading.reason is None for reading in _shown(reader, [stranger_at(3)] * 6))


def test_a_blurred_moment_of_a_stranger_is_still_a_strangers(reader: EmotionReader, own: Reading) -> None:
    gone = _shown(reader, [stranger_at(3)] * 7, own.state)[-1]
    blurred = cv2.GaussianBlur(stranger_at(3), (0, 0), 6).astype(np.uint8)
    reading = _shown(reader, [blurred], gone.state)[0]
    assert reading.reason in {"another_face", "no_face"}
    assert reading.probabilities is None


def test_a_face_turned_away_is_not_named(weights: Path) -> None:
    strict = EmotionReader.load(weights, Bar(least_confidence=0.0, most_turn=0.0))
    reading = _shown(strict, [astronaut_at()])[0]
    assert (reading.emotion, reading.reason) == (UNCERTAIN, "turned_away")
