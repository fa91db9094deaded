"""Leaves out the inner channels of each block that count least: a smaller network that still has to recover.

A channel counts for its norm's factor times the weights that read it, after Liu et al. (Learning efficient
convolutional networks through network slimming, 2017). What the blocks hand on keeps its width, for the shortcuts.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import torch
from torch import Tensor, nn

from ml.emotion.network import EmotionNet
from ml.emotion.trunk import Bottleneck, Trunk

_MULTIPLE: Final = 4
"""Of how many channels an inner width is a multiple: processors take them by fours and more."""


def pruned(model: EmotionNet, share: float) -> EmotionNet:
    """A network without about `share` (0…1) of the inner channels of each block; `model` stays as it is.

    With share 0 it answers as `model` does. No block is left without channels.
    """
    planes = tuple(_kept(block.conv2.out_channels, share) for block in blocks(model.bottlenecks))
    smaller = EmotionNet(replace(model.config, planes=planes)).train(model.training)
    _copy_all_but_blocks(model, smaller)
    for old, new in zip(blocks(model.bottlenecks), blocks(smaller.bottlenecks), strict=True):
        _copy_block(old, new)
    return smaller.to(memory_format=torch.channels_last)


def blocks(trunk: Trunk) -> Iterator[Bottleneck]:
    """From the first to the last, as `EmotionConfig.planes` counts them."""
    return (module for module in trunk.modules() if isinstance(module, Bottleneck))


def _kept(planes: int, share: float) -> int:
    wanted = round(planes * (1 - share) / _MULTIPLE) * _MULTIPLE
    return min(planes, max(_MULTIPLE, wanted))


def _copy_all_but_blocks(old: EmotionNet, new: EmotionNet) -> None:
    """Whatever has the same shape in both, which is all but the insides of blocks."""
    theirs = old.state_dict()
    new.load_state_dict({name: theirs[name] if theirs[name].shape == own.shape else own
                         for name, own in new.state_dict().items()})  # fmt: skip


@torch.no_grad()
def _copy_block(old: Bottleneck, new: Bottleneck) -> None:
    first = _foremost(old.bn1, old.conv2, new.conv1.out_channels)
    second = _foremost(old.bn2, old.conv3, new.conv2.out_channels)
    new.conv1.weight.copy_(old.conv1.weight[first])
    _copy_norm(old.bn1, new.bn1, first)
    new.conv2.weight.copy_(old.conv2.weight[second][:, first])
    _copy_norm(old.bn2, new.bn2, second)
    new.conv3.weight.copy_(old.conv3.weight[:, second])


def _foremost(norm: nn.BatchNorm2d, reader: nn.Conv2d, count: int) -> Tensor:
    """The numbers of the `count` channels that count most, in their order."""
    weight = norm.weight.abs() * reader.weight.pow(2).sum(dim=(0, 2, 3)).sqrt()
    return weight.topk(count).indices.sort().values


def _copy_norm(old: nn.BatchNorm2d, new: nn.BatchNorm2d, kept: Tensor) -> None:
    for name in ("weight", "bias", "running_mean", "running_var"):
        getattr(new, name).copy_(getattr(old, name)[kept])
