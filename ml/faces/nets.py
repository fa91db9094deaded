"""facenet-pytorch's three networks, with the weights that its wheel carries (Zhang et al., MTCNN, 2016)."""

from dataclasses import dataclass
from typing import Self

from facenet_pytorch.models.mtcnn import ONet, PNet, RNet
from torch import Tensor


@dataclass(frozen=True)
class FaceNets:
    """P-Net proposes, R-Net refines, O-Net decides and finds eyes, nose and mouth. Inputs (B, 3, H, W) in [−1, 1]."""

    propose: PNet
    refine: RNet
    decide: ONet

    @classmethod
    def load(cls) -> Self:
        """Read the weights from the installed wheel; no network. About 2 MB."""
        nets = PNet().eval(), RNet().eval(), ONet().eval()
        for net in nets:
            net.requires_grad_(requires_grad=False)
        return cls(*nets)


def as_input(pixels: Tensor) -> Tensor:
    """(…, H, W, 3) uint8 → (…, 3, H, W) in [−1, 1], as the three networks were trained."""
    return (pixels.movedim(-1, -3).float() - 127.5).mul_(0.0078125).contiguous()
