"""A UNet whose blocks are narrower inside than its configuration says: how it is described, built and read again.

Beside the UNet's files stands `pruned.json`: {"resnets": {path: groups kept}, "feed_forwards": {path: units kept}}.
Only whole groups of a norm go, so that what stays is normalised exactly as before.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, TypeVar

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention import FeedForward
from diffusers.models.resnet import ResnetBlock2D
from safetensors.torch import load_file
from torch import nn

_Block = TypeVar("_Block", bound=nn.Module)
FILE: Final = "pruned.json"
_WEIGHTS: Final = "diffusion_pytorch_model.safetensors"


@dataclass(frozen=True, slots=True)
class Widths:
    """What is left inside each block that was narrowed, by the module's path in the UNet.

    Attributes:
        resnets: groups of the second norm, each as wide as before.
        feed_forwards: units between the two linear layers.
    """

    resnets: dict[str, int]
    feed_forwards: dict[str, int]


def pruned_unet(home: Path, dtype: torch.dtype) -> UNet2DConditionModel | None:
    """The narrowed UNet of a pipeline's folder; None when its UNet is as its configuration says."""
    if not (home / "unet" / FILE).is_file():
        return None
    widths = Widths(**json.loads((home / "unet" / FILE).read_text(encoding="utf-8")))
    unet = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(home / "unet", local_files_only=True))
    narrow(unet, widths)
    unet.load_state_dict(load_file(home / "unet" / _WEIGHTS))
    return (unet if dtype == unet.dtype else unet.to(dtype)).eval()


def save(unet: UNet2DConditionModel, widths: Widths, folder: Path) -> None:
    """Write the UNet so that `pruned_unet` reads it, into a pipeline's `unet` folder."""
    unet.save_pretrained(folder, safe_serialization=True)
    (folder / FILE).write_text(json.dumps(asdict(widths), indent=1) + "\n", encoding="utf-8")


def narrow(unet: UNet2DConditionModel, widths: Widths) -> None:
    """Put fresh layers of the right shape into the blocks named; their weights are still to be loaded."""
    for path, groups in widths.resnets.items():
        _narrow_resnet(resnet_at(unet, path), groups)
    for path, units in widths.feed_forwards.items():
        _narrow_feed_forward(feed_forward_at(unet, path), units)


def resnet_at(unet: UNet2DConditionModel, path: str) -> ResnetBlock2D:
    """Raises TypeError where something else stands."""
    return _of(unet, path, ResnetBlock2D)


def feed_forward_at(unet: UNet2DConditionModel, path: str) -> FeedForward:
    """Raises TypeError where something else stands."""
    return _of(unet, path, FeedForward)


def _of(unet: UNet2DConditionModel, path: str, kind: type[_Block]) -> _Block:
    found: object = unet.get_submodule(path)
    if not isinstance(found, kind):
        raise TypeError(f"{path} is no {kind.__name__}")
    return found


def _narrow_resnet(block: ResnetBlock2D, groups: int) -> None:
    norm, first, second = block.norm2, block.conv1, block.conv2
    width = groups * norm.num_channels // norm.num_groups
    block.conv1 = nn.Conv2d(first.in_channels, width, first.kernel_size, first.stride, first.padding)
    block.time_emb_proj = nn.Linear(block.time_emb_proj.in_features, width)
    block.norm2 = nn.GroupNorm(groups, width, norm.eps)
    block.conv2 = nn.Conv2d(width, second.out_channels, second.kernel_size, second.stride, second.padding)


def _narrow_feed_forward(layer: FeedForward, units: int) -> None:
    layer.net[0].proj = nn.Linear(layer.net[0].proj.in_features, 2 * units)
    layer.net[2] = nn.Linear(units, layer.net[2].out_features)
