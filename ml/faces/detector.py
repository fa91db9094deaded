"""Finds all faces in whole pictures, on a copy that is small enough for the time there is."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from ml.faces.cascade import Found, confirm
from ml.faces.geometry import Box
from ml.faces.nets import FaceNets, as_input
from ml.faces.proposals import propose

LIVE_WIDTH: Final = 320
"""A webcam's face fills a fifth of the picture or more: 320 pixels across are enough to find it (17 ms, not 266)."""
LIVE_LEAST_FACE: Final = 48.0


@dataclass(frozen=True)
class Face:
    """One face: its box, five points (eyes, nose, corners of the mouth) as (x, y), pixels of the source; score 0…1."""

    box: Box
    points: tuple[tuple[float, float], ...]
    score: float


def small_copy(pixels: NDArray[np.uint8], width: int = LIVE_WIDTH) -> tuple[NDArray[np.uint8], float]:
    """A copy at most `width` across, and the factor that takes its pixels back to the source's."""
    if pixels.shape[1] <= width:
        return pixels, 1.0
    factor = pixels.shape[1] / width
    height = max(1, round(pixels.shape[0] / factor))
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False), factor


@torch.inference_mode()
def detect(
    pictures: Sequence[NDArray[np.uint8]], nets: FaceNets, *, least_face: float = LIVE_LEAST_FACE
) -> list[list[Face]]:
    """The faces of each (H, W, 3) RGB picture, best first, at the size given; pictures of one size go as one batch."""
    by_size: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for place, picture in enumerate(pictures):
        by_size[picture.shape].append(place)
    answer: list[list[Face]] = [[] for _ in pictures]
    for places in by_size.values():
        frames = torch.from_numpy(np.stack([pictures[place] for place in places])).to(nets.device)
        boxes, owners = propose(as_input(frames), nets, least_side=least_face)
        for owner, face in faces_of(confirm(frames.unbind(), boxes, owners, nets)):
            answer[places[owner]].append(face)
    return answer


@torch.inference_mode()
def look_again(pictures: Sequence[NDArray[np.uint8]], boxes: Sequence[Box], nets: FaceNets) -> list[Face | None]:
    """Whether the face that was at each picture's box still is: R- and O-Net only, all boxes as one batch."""
    frames = [torch.from_numpy(picture).to(nets.device) for picture in pictures]
    rows = torch.tensor([box.corners for box in boxes]).view(-1, 4)
    answer: list[Face | None] = [None] * len(frames)
    for owner, face in faces_of(confirm(frames, rows, torch.arange(len(frames)), nets)):
        answer[owner] = answer[owner] or face
    return answer


def faces_of(found: Found) -> list[tuple[int, Face]]:
    """(frame number, face) pairs, best first."""
    return [
        (owner, Face(Box.from_corners(*box), tuple((x, y) for x, y in points), score))
        for box, points, score, owner in zip(
            found.boxes.tolist(), found.points.tolist(), found.scores.tolist(), found.owners.tolist(), strict=True
        )
    ]


def in_source(face: Face, factor: float) -> Face:
    """The face in the pixels of the source of a `small_copy`."""
    points = tuple((x * factor, y * factor) for x, y in face.points)
    return Face(face.box.scaled(factor), points, face.score)
