"""facenet-pytorch's three networks, with the weights that its wheel carries (Zhang et al., MTCNN, 2016)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeAlias

import torch
from facenet_pytorch.models.mtcnn import ONet, PNet, RNet
from torch import Tensor

from ml.engine.session import Session
from ml.faces.graphs import decide_graph, propose_graph, refine_graph

Net: TypeAlias = Callable[[Tensor], tuple[Tensor, ...]]


@dataclass(frozen=True)
class FaceNets:
    """P-Net proposes, R-Net refines, O-Net decides and finds eyes, nose and mouth.

    Each takes (B, 3, H, W) in [−1, 1] on `device`. Answers come on the CPU, where boxes are reckoned with: they are
    small, and dozens of steps of a few numbers each would be slower on a GPU.
    """

    propose: Net
    refine: Net
    decide: Net
    device: str = "cpu"

    @classmethod
    def load(cls, device: str = "cpu") -> Self:
        """Read the weights from the installed wheel; no network. In ONNX Runtime on a CPU, else in torch."""
        if device != "cpu":
            return cls.eager(device)
        return cls(
            Session(propose_graph(PNet().eval())),
            Session(refine_graph(RNet().eval())),
            Session(decide_graph(ONet().eval())),
        )

    @classmethod
    def eager(cls, device: str = "cpu") -> Self:
        """The same in torch, on any device."""
        propose, refine, decide = (_in_torch(kind, device) for kind in (PNet, RNet, ONet))
        return cls(propose, refine, decide, device)


def as_input(pixels: Tensor) -> Tensor:
    """(…, H, W, 3) uint8 → (…, 3, H, W) in [−1, 1], as the three networks were trained."""
    return (pixels.movedim(-1, -3).float() - 127.5).mul_(0.0078125).contiguous()


def _in_torch(kind: type[PNet | RNet | ONet], device: str) -> Net:
    with torch.device(device):
        net = kind().eval().requires_grad_(requires_grad=False)

    def answer(faces: Tensor) -> tuple[Tensor, ...]:
        return tuple(part.cpu() for part in net(faces))

    return answer
