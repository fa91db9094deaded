"""Faces at the size in pixels that a network reads."""

from torch import Tensor
from torch.nn import functional


def resize(faces: Tensor, size: int) -> Tensor:
    """(B, C, H, W) → (B, C, size, size), bilinear, as training samples it."""
    if faces.shape[-2:] == (size, size):
        return faces
    return functional.interpolate(faces, size=(size, size), mode="bilinear", align_corners=False)
