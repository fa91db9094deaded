"""The worker's one call, on a real face (scikit-image's astronaut) with a tiny network."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from skimage.data import astronaut

from ml.emotion.abstain import Bar, sharpness
from ml.emotion.reader import EmotionReader, Frame
from ml.faces.nets import FaceNets
from ml.vocabulary import EMOTIONS, UNCERTAIN

SURE = Bar(least_confidence=0.0)


def _jpeg(pixels: np.ndarray) -> bytes:
    done, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    assert done
    return data.tobytes()


@pytest.fixture(scope="module")
def reader(weights: Path) -> EmotionReader:
    return EmotionReader.load(weights, SURE)


FACE = _jpeg(astronaut())
WALL = _jpeg(np.full((240, 320, 3), 128, np.uint8))


def test_a_face_is_found_and_read(reader: EmotionReader) -> None:
    reading = reader.read([Frame(FACE, None)])[0]
    assert reading.emotion in EMOTIONS
    assert reading.box == pytest.approx((180, 64, 86, 109), abs=5)
    assert reading.detection > 0.9
    assert sum(reading.probabilities or ()) == pytest.approx(1, abs=1e-5)
    assert reading.confidence == max(reading.smoothed or ())


def test_the_batch_says_what_each_frame_says_alone(reader: EmotionReader) -> None:
    frames = [Frame(FACE, None), Frame(WALL, None), Frame(_jpeg(astronaut()[::2, ::2]), None)]
    for together, frame in zip(reader.read(frames), frames, strict=True):
        alone = reader.read([frame])[0]
        assert together.emotion == alone.emotion
        assert together.box == alone.box
        assert together.confidence == pytest.approx(alone.confidence, abs=1e-4)


@pytest.mark.parametrize("data", [b"", b"hello, I am a text file", b"\xff\xd8\xff", FACE[:2000]])
def test_what_is_no_picture_is_answered_and_not_raised(reader: EmotionReader, data: bytes) -> None:
    bad, good = reader.read([Frame(data, None), Frame(FACE, None)])
    assert (bad.emotion, bad.reason, bad.box) == (UNCERTAIN, "unreadable", None)
    assert good.reason is None


def test_an_empty_wall_is_uncertain_and_the_memory_stays(reader: EmotionReader) -> None:
    first = reader.read([Frame(FACE, None)])[0]
    wall = reader.read([Frame(WALL, first.state)])[0]
    assert (wall.emotion, wall.reason, wall.probabilities) == (UNCERTAIN, "no_face", None)
    again = reader.read([Frame(FACE, wall.state)])[0]
    assert again.reason is None


def test_any_worker_can_serve_any_frame(reader: EmotionReader, weights: Path) -> None:
    other = EmotionReader.load(weights, SURE)
    first = reader.read([Frame(FACE, None)])[0]
    here, there = reader.read([Frame(FACE, first.state)])[0], other.read([Frame(FACE, first.state)])[0]
    assert here == there


@pytest.mark.parametrize("state", [b"", b"junk", bytes(300)])
def test_a_hostile_state_counts_as_none(reader: EmotionReader, state: bytes) -> None:
    assert reader.read([Frame(FACE, state)]) == reader.read([Frame(FACE, None)])


def test_the_reader_abstains_below_its_bar(weights: Path) -> None:
    strict = EmotionReader.load(weights, Bar(least_confidence=0.99))
    reading = strict.read([Frame(FACE, None)])[0]
    assert (reading.emotion, reading.reason) == (UNCERTAIN, "low_confidence")
    assert reading.probabilities is not None


def test_small_dark_and_blurred_faces_are_not_named(weights: Path) -> None:
    face = astronaut()
    dark = (face * 0.12).astype(np.uint8)
    reasons = {
        "small_face": (face, Bar(least_side=200)),
        "dark": (dark, Bar(least_confidence=0)),
        "blurred": (face, Bar(least_confidence=0, least_sharpness=1e6)),
    }
    for reason, (pixels, bar) in reasons.items():
        reading = EmotionReader.load(weights, bar).read([Frame(_jpeg(pixels), None)])[0]
        assert (reading.emotion, reading.reason) == (UNCERTAIN, reason)


def test_blur_shows_and_dim_light_does_not_count_as_blur() -> None:
    face = cv2.resize(cv2.cvtColor(astronaut()[60:180, 170:290], cv2.COLOR_RGB2GRAY), (44, 44)).astype(np.uint8)
    blurred = cv2.GaussianBlur(face, (0, 0), 2).astype(np.uint8)
    assert sharpness(blurred) < Bar().least_sharpness < sharpness(face)
    assert sharpness((face * 0.5).astype(np.uint8)) == pytest.approx(sharpness(face), rel=0.1)
    assert sharpness(np.full((44, 44), 90, np.uint8)) == 0


def test_a_gpu_reads_in_single_precision(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", True)
    monkeypatch.setattr(torch.nn.Module, "to", lambda self, *_, **__: self)  # no GPU here
    monkeypatch.setattr(FaceNets, "load", lambda _: FaceNets.eager())
    EmotionReader.load(weights, device="cuda:0")
    assert not torch.backends.cudnn.allow_tf32
