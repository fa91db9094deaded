"""Two trunks that read the same face: what one gets wrong, the other, begun elsewhere, often gets right."""

import torch
from torch import Tensor, nn

from ml.emotion.resize import resize


class Both(nn.Module):
    """`second` sees the face at `side` pixels; its features and attention maps follow those of `first`."""

    checkpointing = False
    """Not offered: its parts are trained one by one."""

    def __init__(self, first: nn.Module, second: nn.Module, side: int) -> None:
        super().__init__()
        self.first, self.second, self.side = first, second, side

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(B, C, S, S) normalised faces → (B, F₁ + F₂) pooled features and the attention maps, each (B, 1, h, w)."""
        features, maps = self.first(x)
        more, others = self.second(resize(x, self.side))
        return torch.cat([features, more], dim=1), [*maps, *others]
