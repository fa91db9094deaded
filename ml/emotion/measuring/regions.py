"""Where the network looks: the share of its attention that falls on eyes, brows and mouth, against an even spread.

Regions come from MTCNN's five points: an ellipse about each eye that reaches up over the brow, and one about the mouth.
A share above the region's area is more than even.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from ml.emotion.measuring.landmarks import locate
from ml.emotion.network import EmotionNet
from ml.emotion.resize import resize
from ml.faces.detector import Face
from ml.faces.nets import FaceNets

_BATCH: Final = 64


@dataclass(frozen=True)
class Regions:
    """(S, S) boolean masks in the network's input."""

    eyes_and_brows: NDArray[np.bool_]
    mouth: NDArray[np.bool_]


def regions(face: Face, side: int, scale: float) -> Regions:
    """Masks of a face whose points, times `scale`, are pixels of the (side, side) input."""
    left, right, _, mouth_left, mouth_right = (np.array(point) * scale for point in face.points)
    between = float(np.linalg.norm(right - left))
    # brows lie about a quarter of the distance between the eyes above them
    upper = _ellipse(left - (0, 0.12 * between), 0.34 * between, 0.32 * between, side)
    upper |= _ellipse(right - (0, 0.12 * between), 0.34 * between, 0.32 * between, side)
    width = float(np.linalg.norm(mouth_right - mouth_left))
    mouth = _ellipse((mouth_left + mouth_right) / 2, 0.7 * width, 0.35 * between, side)
    return Regions(upper, mouth & ~upper)


def attention_report(model: EmotionNet, images: NDArray[np.uint8], nets: FaceNets) -> list[dict[str, Any]]:
    """A row for each attention map, over those of the (N, 48, 48) grey faces whose points were found.

    `share` of the map on each region, `area` the region's part of the picture (an even spread), `ratio` of the two.
    """
    side = model.config.input_size
    faces = locate(images, nets)
    rows = [row for row, face in enumerate(faces) if face is not None]
    if not rows:
        return []
    found = [regions(face, side, side / images.shape[1]) for face in faces if face is not None]
    masks = {
        "eyes_and_brows": np.stack([where.eyes_and_brows for where in found]),
        "mouth": np.stack([where.mouth for where in found]),
    }
    report: list[dict[str, Any]] = []
    for stage, seen in zip(model.config.attention_maps, _maps(model, images[rows], side), strict=True):
        even = seen / seen.sum(axis=(1, 2), keepdims=True)
        row: dict[str, Any] = {"stage": stage, "faces": len(rows)}
        for name, mask in masks.items():
            share, area = float((even * mask).sum(axis=(1, 2)).mean()), float(mask.mean())
            row[name] = {"share": share, "area": area, "ratio": share / area}
        report.append(row)
    return report


@torch.inference_mode()
def _maps(model: EmotionNet, images: NDArray[np.uint8], side: int) -> list[NDArray[np.float32]]:
    """The (N, side, side) attention maps of each stage."""
    parts: list[list[NDArray[np.float32]]] = []
    for start in range(0, len(images), _BATCH):
        faces = torch.from_numpy(images[start : start + _BATCH]).float().div(255).unsqueeze(1)
        faces = resize(faces.expand(-1, model.config.channels, -1, -1), side)
        maps = model.features(faces.contiguous(memory_format=torch.channels_last))[1]
        parts.append([resize(seen, side)[:, 0].numpy() for seen in maps])
    return [np.concatenate(stage) for stage in zip(*parts, strict=True)]


def _ellipse(centre: NDArray[np.float64], across: float, down: float, side: int) -> NDArray[np.bool_]:
    rows, columns = np.mgrid[:side, :side] + 0.5
    inside = ((columns - centre[0]) / max(across, 1e-6)) ** 2 + ((rows - centre[1]) / max(down, 1e-6)) ** 2
    shape: NDArray[np.bool_] = inside <= 1
    return shape
