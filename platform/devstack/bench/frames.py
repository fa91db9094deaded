"""The frames worker's path, JPEG to reading, on one thread in a process of its own, beside the naive way.

The naive way has some of the same frames, between ours, so that a busy machine hits both alike.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from devstack.bench.measurement import Measurement, alone, peak_mib, percentiles, timed

if TYPE_CHECKING:
    from ml.emotion.reader import EmotionReader, Reading

FRAMES, LEAST_FRAMES = 240, 24
"""In each of the runs: 240 are what a session shows in 48 seconds, twice the clip with its two absences."""
FPS = 5.0
ONE_IN = 12
"""Of the frames, that many are read the naive way too."""
BATCHES = (2, 4, 8, 16)
BARS = {8: 60.0}


def measure(minutes: float | None) -> list[Measurement]:
    """About a minute's worth of FRAMES; more or fewer of them in proportion."""
    return alone(_measure, max(LEAST_FRAMES, round(FRAMES * (minutes or 1.0))))


def _measure(frames: int) -> list[Measurement]:
    import cv2
    import torch

    from ml.emotion.reader import EmotionReader, Frame

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    stills, reader = _stills(frames), EmotionReader.load()
    reader.read([Frame(stills[0], None)])  # as the worker warms up
    batches = [_batch(reader, stills, sessions) for sessions in BATCHES]
    memory = peak_mib()  # before the naive way adds its own
    return [*_beside(reader, stills), *batches, _memory(memory, reader.weights)]


def _stills(frames: int) -> list[bytes]:
    """640×480 at the quality that a page begins with."""
    from apps.sessions.demo.clip import Clip, encode, ensure_clip

    with tempfile.TemporaryDirectory() as folder:
        clip = Clip(ensure_clip(Path(folder)))
        stills = [encode(clip.at(number / FPS)[1], width=640, quality=0.8) for number in range(frames)]
        clip.close()
    return stills


def _batch(reader: "EmotionReader", stills: list[bytes], sessions: int) -> Measurement:
    """Each session has a stretch of the clip to itself; one frame of each a call, first searches included."""
    from ml.emotion.reader import Frame

    states: list[bytes | None] = [None] * sessions
    turns = len(stills) // sessions
    began = time.perf_counter()
    for turn in range(turns):
        shown = stills[turn::turns][:sessions]
        states = [one.state for one in reader.read(list(map(Frame, shown, states)))]
    rate = turns * sessions / (time.perf_counter() - began)
    return Measurement(f"{sessions} sessions a batch", rate, "frames/s", bar=BARS.get(sessions))


def _beside(reader: "EmotionReader", stills: list[bytes]) -> list[Measurement]:
    """One session over all frames, the naive way on one in ONE_IN of them."""
    from ml.emotion.reader import Frame

    naive, state = _naive_way(), None
    naive(stills[0])
    readings: list[Reading] = []
    ours_ms, naive_ms = list[float](), list[float]()
    for number, jpeg in enumerate(stills):
        [reading], took = timed(reader.read, [Frame(jpeg, state)])
        state = reading.state
        readings.append(reading)
        ours_ms.append(took)
        if number % ONE_IN == ONE_IN // 2:
            naive_ms.append(timed(naive, jpeg)[1])
    return _compared(ours_ms, naive_ms, sum(reading.box is None for reading in readings))


def _naive_way() -> Callable[[bytes], object]:
    """facenet-pytorch's MTCNN with its default least face on each whole frame, then an eager ResNet-50 at 224."""
    import torch
    from facenet_pytorch import MTCNN
    from torchvision.models import resnet50

    from ml.faces.jpeg import decode

    finder, network = MTCNN(image_size=224, min_face_size=20, keep_all=True), resnet50(weights=None).eval()

    @torch.inference_mode()
    def read(jpeg: bytes) -> object:
        faces = finder(decode(jpeg))
        return None if faces is None else network(faces[:1])

    return read


def _compared(ours_ms: list[float], naive_ms: list[float], faceless: int) -> list[Measurement]:
    """The ratio is of means, since a mean holds the searches and the absences at their share."""
    from ml.faces.tracker import SEARCH_EVERY

    note = f"{len(ours_ms)} frames, 1 thread, searched anew after {SEARCH_EVERY}; {faceless} show no face"
    ratio = statistics.mean(naive_ms) / statistics.mean(ours_ms)
    return [
        *percentiles("one session, JPEG to reading", ours_ms, note, p50=30, p95=67),
        *percentiles("the naive way", naive_ms, f"{len(naive_ms)} of the same frames, 1 thread"),
        Measurement("times the naive way", ratio, "times", "mean of each", bar=10),
    ]


def _memory(mib: float, weights: str) -> Measurement:
    return Measurement("memory of the process, at most", mib, "MiB", weights, bar=1200, higher_is_better=False)
