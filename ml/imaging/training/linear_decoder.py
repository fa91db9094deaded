"""The decoder's straight road: the convolutions that remain while every residual branch is silent.

They are fitted first, alone, in a minute; the residual branches then learn what a linear decoder cannot do.
"""

from typing import Any, Final

import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn
from torch.nn import functional

from ml.imaging.training.autoencoder import GROUPS, clear, pass_through, silence_residuals

ANCHOR: Final = 6.0
"""Larger than any pixel in [-1, 1], so that the last norm's deviation is nearly constant."""


def straight(vae: AutoencoderKL, to_rgb: nn.Conv2d, codes: Tensor) -> Tensor:
    """(B, C, h, w) codes to (B, 3, 8h, 8w) pixels through shortcuts and upsampling convolutions only."""
    x = vae.decoder.conv_in(codes)
    for block in vae.decoder.up_blocks[:3]:
        shortcut = block.resnets[0].conv_shortcut
        x = x if shortcut is None else shortcut(x)
        x = block.upsamplers[0].conv(functional.interpolate(x, scale_factor=2.0, mode="nearest"))
    rgb: Tensor = to_rgb(x)
    return rgb


def straight_parameters(vae: AutoencoderKL, to_rgb: nn.Conv2d) -> list[nn.Parameter]:
    """What `straight` uses and a linear fit may change."""
    layers: list[nn.Module] = [vae.decoder.conv_in, to_rgb]
    for block in vae.decoder.up_blocks[:3]:
        layers += [block.upsamplers[0].conv]
        layers += [block.resnets[0].conv_shortcut] if block.resnets[0].conv_shortcut is not None else []
    return [parameter for layer in layers for parameter in layer.parameters()]


@torch.no_grad()
def install_straight(vae: AutoencoderKL, to_rgb: Any) -> None:
    """Make the whole decoder answer what `straight` answers, within a percent."""
    decoder = vae.decoder
    silence_residuals(decoder)
    widen = decoder.up_blocks[3].resnets[0].conv_shortcut
    per_group = widen.out_channels // GROUPS
    clear(widen)
    clear(decoder.conv_out)
    gain = ANCHOR * (2.0 / per_group) ** 0.5
    for group in range(GROUPS):
        first = group * per_group
        widen.bias[first], widen.bias[first + 1] = ANCHOR, -ANCHOR
    for colour in range(3):
        place = colour * per_group + 2
        for sign, channel in ((1.0, place), (-1.0, place + 1)):
            widen.weight[channel] = sign * to_rgb.weight[colour]
            widen.bias[channel] = sign * to_rgb.bias[colour]
            decoder.conv_out.weight[colour, channel, 1, 1] = sign * gain
    pass_through(vae.post_quant_conv, vae.post_quant_conv.in_channels)
