"""A UNet made wider that paints what the narrow one painted: a channel's copies share what it gave to the next layer.

Function-preserving widening (Chen, Goodfellow and Shlens 2016, "Net2Net: Accelerating Learning via Knowledge
Transfer"). The shares are drawn an element: copies with equal shares would be taught alike and never differ. It is
exact where all widths grow by one whole factor; else the norms see some channels more often than others, and training
mends that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

_UNEVEN: Final = 0.3
"""How far from equal the shares of a channel's copies are drawn."""
_TIME: Final = 4
"""diffusers' time embedding is this many times the finest width, and so is the inside of a feed-forward."""

_Sizes: TypeAlias = tuple[tuple[int, int], ...]
"""A layer's channels as parts, each with its old and new width."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer of the UNet: parameters under `name`, with what comes out of it and into it (nothing: as before)."""

    name: str
    out: _Sizes
    into: _Sizes = ()


def widened(narrow: dict[str, Tensor], wide: UNet2DConditionModel) -> dict[str, Tensor]:
    """A state for `wide` (layers of `train_unet.new_unet`) that computes what the narrow one's state does.

    Raises:
        ValueError: the finest width does not grow by a whole factor, on which the waves of the time depend.
    """
    new = tuple(wide.config.block_out_channels)
    old = tuple(len(narrow[f"down_blocks.{level}.resnets.0.conv1.bias"]) for level in range(len(new)))
    if new[0] % old[0]:
        raise ValueError(f"a finest width of {old[0]} cannot become {new[0]}: only a multiple of it")
    chance = torch.Generator().manual_seed(0)
    layers = {layer.name: layer for layer in _layers(tuple(zip(old, new, strict=True)))}
    state = {}
    for name, value in narrow.items():
        layer = layers[name.rpartition(".")[0]]
        state[name] = _parameter(value, layer, chance)
        if ".to_q." in name:
            [(before, now)] = layer.out  # scores are a sum over copies, divided by the root of the wider head
            state[name] *= _alone(before, now)[:, None] * (now / before) ** 0.5
    state["time_embedding.linear_1.weight"] = _waves(state["time_embedding.linear_1.weight"], old[0], new[0])
    return state


def _parameter(value: Tensor, layer: _Layer, chance: torch.Generator) -> Tensor:
    """One weight or bias: rows copied, columns copied with a share each."""
    if layer.out:
        value = value[_sources(layer.out)]
    if layer.into and value.dim() > 1:
        columns = _sources(layer.into)
        shares = 1.0 + _UNEVEN * (2.0 * torch.rand((*value.shape[:1], len(columns)), generator=chance) - 1.0)
        totals = torch.zeros(value.shape[:2]).index_add_(1, columns, shares)
        shares = (shares / totals[:, columns]).reshape(*shares.shape, *[1] * (value.dim() - 2))
        value = value[:, columns] * shares
    return value.clone()


def _sources(sizes: _Sizes) -> Tensor:
    """For each new channel the old one that it copies; copies lie beside each other, so that groups keep theirs."""
    parts, first = [], 0
    for before, now in sizes:
        parts.append(first + torch.arange(now) * before // now)
        first += before
    return torch.cat(parts)


def _alone(before: int, now: int) -> Tensor:
    """For each new channel, one over the number of copies."""
    sources = _sources(((before, now),))
    return 1.0 / torch.bincount(sources)[sources]


def _waves(weight: Tensor, before: int, now: int) -> Tensor:
    """The time's cosines and sines: each k-th wave of the finer set is one of the coarser, the others begin unheard."""
    heard = torch.zeros(len(weight), now)
    heard[:, :: now // before] = weight
    return heard


def _layers(widths: _Sizes) -> Iterator[_Layer]:
    """The layers of `train_unet.new_unet` by name."""
    time = _times(widths[0])
    yield _Layer("conv_in", (widths[0],))
    yield _Layer("time_embedding.linear_1", (time,))
    yield _Layer("time_embedding.linear_2", (time,), (time,))
    last = len(widths) - 1
    for level, own in enumerate(widths):
        block = f"down_blocks.{level}"
        yield from _resnet(f"{block}.resnets.0", (widths[max(level - 1, 0)],), own, time)
        if level:
            yield from _attention(f"{block}.attentions.0", own)
        yield _Layer(f"{block}.downsamplers.0.conv", (own,), (own,))
    for resnet in range(2):
        yield from _resnet(f"mid_block.resnets.{resnet}", (widths[last],), widths[last], time)
    yield from _attention("mid_block.attentions.0", widths[last])
    for number, level in enumerate(range(last, -1, -1)):
        block = f"up_blocks.{number}"
        own, below, above = widths[level], widths[min(level + 1, last)], widths[max(level - 1, 0)]
        yield from _resnet(f"{block}.resnets.0", (below, own), own, time)
        yield from _resnet(f"{block}.resnets.1", (own, above), own, time)
        for attention in range(2 if level else 0):
            yield from _attention(f"{block}.attentions.{attention}", own)
        yield _Layer(f"{block}.upsamplers.0.conv", (own,), (own,))
    yield _Layer("conv_norm_out", (widths[0],))
    yield _Layer("conv_out", (), (widths[0],))


def _times(width: tuple[int, int]) -> tuple[int, int]:
    return _TIME * width[0], _TIME * width[1]


def _resnet(name: str, into: _Sizes, own: tuple[int, int], time: tuple[int, int]) -> Iterator[_Layer]:
    yield _Layer(f"{name}.norm1", into)
    yield _Layer(f"{name}.conv1", (own,), into)
    yield _Layer(f"{name}.time_emb_proj", (own,), (time,))
    yield _Layer(f"{name}.norm2", (own,))
    yield _Layer(f"{name}.conv2", (own,), (own,))
    yield _Layer(f"{name}.conv_shortcut", (own,), into)


def _attention(name: str, own: tuple[int, int]) -> Iterator[_Layer]:
    """To itself, to the words (whose width stays), and the feed-forward, gated: its inside comes twice."""
    inside = _times(own)
    block = f"{name}.transformer_blocks.0"
    yield _Layer(f"{name}.norm", (own,))
    for layer in (f"{name}.proj_in", f"{name}.proj_out", f"{block}.attn1.to_out.0", f"{block}.attn2.to_out.0"):
        yield _Layer(layer, (own,), (own,))
    for part in ("to_q", "to_k", "to_v"):
        yield _Layer(f"{block}.attn1.{part}", (own,), (own,))
        yield _Layer(f"{block}.attn2.{part}", (own,), (own,) if part == "to_q" else ())
    for norm in ("norm1", "norm2", "norm3"):
        yield _Layer(f"{block}.{norm}", (own,))
    yield _Layer(f"{block}.ff.net.0.proj", (inside, inside), (own,))
    yield _Layer(f"{block}.ff.net.2", (own,), (inside,))
