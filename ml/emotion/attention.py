"""Spatial attention: where on the face the features count (Woo et al., CBAM, 2018, its spatial half)."""

import torch
from torch import Tensor, nn


class SpatialAttention(nn.Module):
    """Weighs each place by what its channels' mean and maximum say. Starts as the identity (every weight 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 1, 7, padding=3)
        nn.init.zeros_(self.conv.weight)
        nn.init.zeros_(self.conv.bias)  # type: ignore[arg-type]  # present, since bias=True is the default

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, H, W) → the weighed features and the map (B, 1, H, W), each weight in (0, 2)."""
        summary = torch.cat([x.mean(dim=1, keepdim=True), x.amax(dim=1, keepdim=True)], dim=1)
        weights = 2 * torch.sigmoid(self.conv(summary))
        return x * weights, weights
