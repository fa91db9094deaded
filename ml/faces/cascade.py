"""R- and O-Net: which of the proposed boxes are faces, exactly where, and where their eyes, nose and mouth are."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.ops import batched_nms

from ml.faces.nets import FaceNets, as_input

_REFINE_SIDE, _DECIDE_SIDE = 24, 48
_REFINE_THRESHOLD, _DECIDE_THRESHOLD = 0.7, 0.7


@dataclass(frozen=True)
class Found:
    """K faces: `boxes` (K, 4) corners and `points` (K, 5, 2) in pixels, `scores` (K,), `owners` (K,) frame numbers."""

    boxes: Tensor
    points: Tensor
    scores: Tensor
    owners: Tensor


def confirm(frames: Sequence[Tensor], boxes: Tensor, owners: Tensor, nets: FaceNets) -> Found:
    """Boxes (K, 4+) of frames (H, W, 3) uint8 → the faces among them, best first within each frame.

    The frames, of whatever sizes, are on the networks' device; boxes and the answer are on the CPU.
    """
    boxes, owners = _refine(frames, _squares(boxes[:, :4]), owners, nets)
    if len(boxes) == 0:
        return Found(torch.zeros(0, 4), torch.zeros(0, 5, 2), torch.zeros(0), torch.zeros(0, dtype=torch.long))
    moves, points, scores = nets.decide(_cut(frames, boxes, owners, _DECIDE_SIDE))
    sure = scores[:, 1] > _DECIDE_THRESHOLD
    boxes, owners, moves, points, scores = boxes[sure], owners[sure], moves[sure], points[sure], scores[sure, 1]
    sides = boxes[:, 2:] - boxes[:, :2] + 1
    places = torch.stack([points[:, :5], points[:, 5:]], dim=2) * sides[:, None] + boxes[:, None, :2] - 1
    moved = boxes + moves * sides.repeat(1, 2)
    kept = _one_a_face(moved, scores, owners)
    return Found(moved[kept], places[kept], scores[kept], owners[kept])


def _refine(frames: Sequence[Tensor], boxes: Tensor, owners: Tensor, nets: FaceNets) -> tuple[Tensor, Tensor]:
    if len(boxes) == 0:
        return boxes, owners
    moves, scores = nets.refine(_cut(frames, boxes, owners, _REFINE_SIDE))
    sure = scores[:, 1] > _REFINE_THRESHOLD
    boxes, owners, moves, score = boxes[sure], owners[sure], moves[sure], scores[sure, 1]
    kept = batched_nms(boxes, score, owners, 0.7)
    boxes, owners, moves = boxes[kept], owners[kept], moves[kept]
    return _squares(boxes + moves * (boxes[:, 2:] - boxes[:, :2] + 1).repeat(1, 2)), owners


def _squares(boxes: Tensor) -> Tensor:
    """Corners widened to squares of the longer side, about the same centres."""
    half = (boxes[:, 2:] - boxes[:, :2]).amax(dim=1, keepdim=True) / 2
    centre = (boxes[:, 2:] + boxes[:, :2]) / 2
    return torch.cat([centre - half, centre + half], dim=1)


def _cut(frames: Sequence[Tensor], boxes: Tensor, owners: Tensor, side: int) -> Tensor:
    """(K, 3, side, side) in [−1, 1]; what lies outside the frame is left out and the rest stretched, as MTCNN does."""
    patches: list[Tensor] = []
    for owner, corners in zip(owners.tolist(), boxes.trunc().int().tolist(), strict=True):
        height, width = frames[owner].shape[:2]
        x1, y1, x2, y2 = _within(corners, width, height)
        patch = as_input(frames[owner][y1:y2, x1:x2])
        patches.append(functional.interpolate(patch[None], size=(side, side), mode="area"))
    return torch.cat(patches)


def _within(corners: Sequence[int], width: int, height: int) -> tuple[int, int, int, int]:
    """Corners within the frame, at least one pixel apart."""
    x1, y1, x2, y2 = corners
    left, top = min(max(x1 - 1, 0), width - 1), min(max(y1 - 1, 0), height - 1)
    return left, top, max(min(x2, width), left + 1), max(min(y2, height), top + 1)


def _one_a_face(boxes: Tensor, scores: Tensor, owners: Tensor) -> Tensor:
    """Rows kept when a box that mostly lies within a better one of the same frame is dropped."""
    order, of = scores.argsort(descending=True), owners.tolist()
    kept: list[int] = []
    for row in order.tolist():
        rivals = [other for other in kept if of[other] == of[row]]
        if all(_inside(boxes[row], boxes[other]) <= 0.7 for other in rivals):
            kept.append(row)
    return torch.tensor(kept, dtype=torch.long)


def _inside(one: Tensor, other: Tensor) -> float:
    """Shared area as a share of the smaller box."""
    low, high = torch.maximum(one[:2], other[:2]), torch.minimum(one[2:], other[2:])
    shared = (high - low).clamp_min(0).prod()
    smaller = torch.minimum((one[2:] - one[:2]).prod(), (other[2:] - other[:2]).prod())
    return float(shared / smaller.clamp_min(1))
