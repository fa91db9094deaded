"""All faces of one picture, each read on its own: for files rather than sessions."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ml.emotion.abstain import unfit
from ml.emotion.read import read_both
from ml.emotion.reader import EmotionReader
from ml.emotion.temporal import TemporalState
from ml.faces.align import aligned
from ml.faces.detector import Face
from ml.faces.everywhere import detect_everywhere
from ml.vocabulary import EMOTIONS, UNCERTAIN


@dataclass(frozen=True)
class StillReading:
    """Box as x, y, width, height in pixels of the picture; `emotion` one of EMOTIONS or "uncertain"."""

    box: tuple[int, int, int, int]
    detection: float
    emotion: str
    confidence: float
    probabilities: tuple[float, ...]


def read_picture(pixels: NDArray[np.uint8], reader: EmotionReader) -> list[StillReading]:
    """The faces of an (H, W, 3) RGB picture, from left to right; down to 20 pixels, though small ones are uncertain."""
    found = detect_everywhere(pixels, reader.nets)
    if not found:
        return []
    config = reader.model.config
    crops = [aligned(pixels, face, config.input_size) for face in found]
    faces = reader.model.sized(torch.from_numpy(np.stack(crops)).float().div(255).unsqueeze(1))
    alone, _, _ = read_both(faces, TemporalState.fresh(len(found), config.lstm_size), reader.model, reader.engine)
    rows = zip(found, crops, alone.tolist(), strict=True)
    return [_reading(face, crop, probabilities, reader) for face, crop, probabilities in rows]


def _reading(face: Face, crop: NDArray[np.uint8], probabilities: list[float], reader: EmotionReader) -> StillReading:
    confidence = max(probabilities)
    poor = unfit(crop, face, reader.bar)
    unsure = poor is not None or confidence < reader.bar.least_confidence
    emotion = UNCERTAIN if unsure else EMOTIONS[probabilities.index(confidence)]
    return StillReading(face.box.rounded(), face.score, emotion, confidence, tuple(probabilities))
