"""Decodes a picture in overlapping tiles, for the memory of a quarter of it at a time."""

from typing import Final

from torch import nn

_WHOLE: Final = 4
"""Tiles overlap by a quarter; they fit together where that is a whole number of the code's places."""


def decode_in_tiles(vae: nn.Module, side: int) -> None:
    """From now on, and the encoder as well; no tile has more than half of the side (in pixels) that is painted.

    Left alone, diffusers cuts only what is larger than the side the VAE was trained on, which is what is painted here.
    Where tiles meet they are blended; each is normalised by itself, and so the picture differs by some grey levels.
    """
    vae.enable_tiling()  # type: ignore[operator]  # diffusers' own
    if not hasattr(vae, "tile_latent_min_size"):
        return  # another kind of VAE, with sizes of its own
    scale = 1 << (len(vae.config.block_out_channels) - 1)  # type: ignore[union-attr, arg-type]  # diffusers' own
    places = side // 2 // scale // _WHOLE * _WHOLE
    if not places:
        return  # too small to be cut
    vae.tile_latent_min_size, vae.tile_sample_min_size = places, places * scale  # type: ignore[assignment]
