"""P-Net over a pyramid of scales: where in a frame a face may be."""

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.ops import batched_nms

from ml.faces.nets import FaceNets

_STRIDE = 2
_CELL = 12
_FACTOR = 0.709
_THRESHOLD = 0.6


def propose(frames: Tensor, nets: FaceNets, *, least_side: float) -> tuple[Tensor, Tensor]:
    """(N, 3, H, W) frames in [−1, 1] → boxes (K, 5) as x1 y1 x2 y2 score, and (K,) the frame that each is of.

    The frames are on the networks' device, the answer is on the CPU. Faces smaller than `least_side` pixels are not
    looked for: time grows with the inverse square of it.
    """
    height, width = frames.shape[-2:]
    found: list[tuple[Tensor, Tensor]] = []
    scale = _CELL / least_side
    while min(height, width) * scale >= _CELL:
        size = (int(height * scale + 1), int(width * scale + 1))
        offsets, scores = nets.propose(functional.interpolate(frames, size=size, mode="area"))
        found.append(_at_scale(offsets, scores[:, 1], scale))
        scale *= _FACTOR
    if not found:
        return torch.zeros(0, 5), torch.zeros(0, dtype=torch.long)
    boxes, owners = torch.cat([boxes for boxes, _ in found]), torch.cat([owners for _, owners in found])
    kept = batched_nms(boxes[:, :4], boxes[:, 4], owners, 0.7)
    return boxes[kept], owners[kept]


def _at_scale(offsets: Tensor, scores: Tensor, scale: float) -> tuple[Tensor, Tensor]:
    """Cells above the threshold at one scale, moved by what the network says, in the frame's pixels."""
    places = (scores >= _THRESHOLD).nonzero()
    owners, row, column = places.unbind(1)
    moves = offsets[owners, :, row, column]
    corner = torch.stack([column, row], dim=1) * _STRIDE + 1
    boxes = torch.cat([(corner / scale).floor(), ((corner + _CELL - 1) / scale).floor()], dim=1)
    score = scores[owners, row, column]
    kept = batched_nms(boxes, score, owners, 0.5)
    sides = (boxes[:, 2:] - boxes[:, :2]).repeat(1, 2)
    moved = torch.cat([boxes + moves * sides, score[:, None]], dim=1)
    return moved[kept], owners[kept]
