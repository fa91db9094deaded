"""diffusers' own AutoencoderKL, started from the linear code instead of from noise.

The encoder is set, not trained: its stride-2 convolutions gather 2x2 neighbours, so three of them can read out any 8x8
patch basis; residual branches are zero; and the last GroupNorm and SiLU are passed by pairs (x, -x), since
silu(x) - silu(-x) = x, with constants of +-`ANCHOR` in each group that hold the group's deviation still.
"""

from typing import Any, Final

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import nn

from ml.imaging.training.linear_code import LinearCode

WIDTHS: Final = (16, 24, 48, 96)
GROUPS: Final = 4
ANCHOR: Final = 256.0
QUIET: Final = -30.0
"""The log-variance the encoder answers: samples equal the mean."""


def new_autoencoder(channels: int, widths: tuple[int, ...] = WIDTHS, layers: int = 1) -> AutoencoderKL:
    """An untrained f8 autoencoder of the layout that ships."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=widths, layers_per_block=layers, latent_channels=channels, norm_num_groups=GROUPS,
        sample_size=128, scaling_factor=1.0, mid_block_add_attention=False,
    )  # fmt: skip


@torch.no_grad()
def install_encoder(vae: AutoencoderKL, code: LinearCode) -> None:
    """Make `vae.encode(x).latent_dist.mean` the linear code of x."""
    encoder = vae.encoder
    silence_residuals(encoder)
    corners, outer = _two_levels(code, encoder.down_blocks[1].downsamplers[0].conv.out_channels)
    pass_through(encoder.conv_in, 3)
    pass_through(encoder.down_blocks[1].resnets[0].conv_shortcut, 12)
    pass_through(encoder.down_blocks[2].resnets[0].conv_shortcut, corners.shape[0])
    gather = torch.eye(12).reshape(12, 2, 2, 3)
    for block, kernel in zip(encoder.down_blocks[:3], (gather, corners, outer), strict=True):
        clear(block.downsamplers[0].conv)
        out, _, _, channels = kernel.shape
        block.downsamplers[0].conv.weight[:out, :channels, :2, :2] = kernel.permute(0, 3, 1, 2)
    _install_pairs(encoder.down_blocks[3].resnets[0].conv_shortcut, encoder, code)
    pass_through(vae.quant_conv, vae.quant_conv.in_channels)
    pass_through(vae.post_quant_conv, vae.post_quant_conv.in_channels)


def _two_levels(code: LinearCode, short: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Split the patch basis into a 4x4 stage of `short` channels and a 2x2 stage over it.

    Returns:
        Kernels (out, 2, 2, in): the 4x4 stage over gathered 2x2 pixels, and the last stage, scale included.
    """
    channels = code.basis.shape[0]
    rows = (code.basis / code.scale[:, None, None, None]).reshape(channels, 2, 4, 2, 4, 3)
    quadrants = rows.transpose(0, 1, 3, 2, 4, 5).reshape(channels * 4, 48)
    _, _, directions = np.linalg.svd(quadrants, full_matrices=False)
    kept = directions[: min(short, 48)]
    outer = (quadrants @ kept.T).reshape(channels, 2, 2, -1)
    inner = kept.reshape(-1, 2, 2, 2, 2, 3).transpose(0, 1, 3, 2, 4, 5).reshape(len(kept), 2, 2, 12)
    return torch.from_numpy(np.ascontiguousarray(inner)).float(), torch.from_numpy(np.ascontiguousarray(outer)).float()


def _install_pairs(widen: Any, encoder: Any, code: LinearCode) -> None:
    """Lay the code out as (x, -x) pairs with anchors, and read the differences off after norm and SiLU."""
    channels, width = len(code.scale), widen.out_channels
    per_group = width // GROUPS
    clear(widen)
    clear(encoder.conv_out)
    gain = ANCHOR * (2.0 / per_group) ** 0.5
    for index in range(channels):
        place = (index % GROUPS) * per_group + 2 + 2 * (index // GROUPS)
        widen.weight[place, index, 0, 0], widen.weight[place + 1, index, 0, 0] = 1.0, -1.0
        encoder.conv_out.weight[index, place, 1, 1], encoder.conv_out.weight[index, place + 1, 1, 1] = gain, -gain
    for group in range(GROUPS):
        widen.bias[group * per_group], widen.bias[group * per_group + 1] = ANCHOR, -ANCHOR
    offset = np.einsum("kpqc,c->k", code.basis, code.mean) / code.scale
    encoder.conv_out.bias[:channels] = -torch.from_numpy(offset)
    encoder.conv_out.bias[channels:] = QUIET


@torch.no_grad()
def silence_residuals(module: nn.Module) -> None:
    """Zero the last convolution of each residual branch: every block starts as its shortcut."""
    for name, part in module.named_modules():
        if name.endswith("conv2"):
            clear(part)


def clear(layer: nn.Module) -> None:
    for parameter in layer.parameters(recurse=False):
        parameter.zero_()


def pass_through(layer: Any, channels: int) -> None:
    """Copy the first channels unchanged."""
    clear(layer)
    middle = layer.kernel_size[0] // 2
    for index in range(channels):
        layer.weight[index, index, middle, middle] = 1.0
