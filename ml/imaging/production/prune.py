"""Leaves out what counts least inside a UNet's blocks: a narrower network that still has to recover.

A channel counts for its norm's factor times the weights that read it, as in `ml.emotion.training.prune` (after Liu et
al., Learning efficient convolutional networks through network slimming, 2017); a group of a norm for the sum of its
channels, since groups stay or go whole. A feed-forward unit counts for the weights that make its value times those that
read it. What the blocks hand on keeps its width, for the shortcuts.
"""

from typing import Final

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention import FeedForward
from diffusers.models.resnet import ResnetBlock2D
from torch import Tensor

from ml.imaging.production.pruned import Widths, feed_forward_at, narrow, resnet_at

_MULTIPLE: Final = 8
"""Of how many feed-forward units what is kept is a multiple: processors take them by eights."""


def pruned(unet: UNet2DConditionModel, share: float) -> tuple[UNet2DConditionModel, Widths]:
    """A UNet without about `share` (0 … 1) of the inside of each block, and how wide it is; `unet` stays as it is.

    Single precision. With share 0 it answers as `unet` does. No block is left empty.
    """
    widths = _widths(unet, share)
    smaller = UNet2DConditionModel.from_config(unet.config)
    narrow(smaller, widths)
    _copy_what_fits(unet, smaller)
    for path, groups in widths.resnets.items():
        _copy_resnet(resnet_at(unet, path), resnet_at(smaller, path), groups)
    for path, units in widths.feed_forwards.items():
        _copy_feed_forward(feed_forward_at(unet, path), feed_forward_at(smaller, path), units)
    return smaller.train(unet.training), widths


def _widths(unet: UNet2DConditionModel, share: float) -> Widths:
    resnets, feed_forwards = dict[str, int](), dict[str, int]()
    for path, module in unet.named_modules():
        if isinstance(module, ResnetBlock2D):
            resnets[path] = max(1, round(module.norm2.num_groups * (1 - share)))
        elif isinstance(module, FeedForward):
            units = module.net[2].in_features
            kept = round(units * (1 - share) / _MULTIPLE) * _MULTIPLE
            feed_forwards[path] = min(units, max(_MULTIPLE, kept))
    return Widths(resnets, feed_forwards)


def _copy_what_fits(old: UNet2DConditionModel, new: UNet2DConditionModel) -> None:
    """All but the insides of blocks has the same shape in both."""
    theirs = old.state_dict()
    new.load_state_dict({name: theirs[name] if theirs[name].shape == own.shape else own
                         for name, own in new.state_dict().items()})  # fmt: skip


@torch.no_grad()
def _copy_resnet(old: ResnetBlock2D, new: ResnetBlock2D, groups: int) -> None:
    counts = old.norm2.weight.abs() * old.conv2.weight.pow(2).sum(dim=(0, 2, 3)).sqrt()
    wide = len(counts) // old.norm2.num_groups
    kept = _foremost(counts.reshape(-1, wide).sum(dim=1), groups)
    channels = (kept[:, None] * wide + torch.arange(wide)).flatten()
    for before, after in ((old.conv1, new.conv1), (old.time_emb_proj, new.time_emb_proj), (old.norm2, new.norm2)):
        after.weight.copy_(before.weight[channels])
        after.bias.copy_(before.bias[channels])
    new.conv2.weight.copy_(old.conv2.weight[:, channels])
    new.conv2.bias.copy_(old.conv2.bias)


@torch.no_grad()
def _copy_feed_forward(old: FeedForward, new: FeedForward, units: int) -> None:
    """The first half of the projection makes the values, the second the gates."""
    projection, reader = old.net[0].proj, old.net[2]
    value = projection.weight[: reader.in_features]
    kept = _foremost(value.norm(dim=1) * reader.weight.norm(dim=0), units)
    rows = torch.cat([kept, kept + reader.in_features])
    new.net[0].proj.weight.copy_(projection.weight[rows])
    new.net[0].proj.bias.copy_(projection.bias[rows])
    new.net[2].weight.copy_(reader.weight[:, kept])
    new.net[2].bias.copy_(reader.bias)


def _foremost(counts: Tensor, count: int) -> Tensor:
    """The numbers of the `count` that count most, in their order."""
    return counts.topk(count).indices.sort().values
