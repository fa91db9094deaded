"""Folds each batch norm into the convolution before it: the same answers from fewer operations."""

import copy

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ml.emotion.face_trunk import BasicBlock, FaceTrunk
from ml.emotion.network import EmotionNet
from ml.emotion.trunk import Bottleneck, Trunk


def folded(model: EmotionNet) -> EmotionNet:
    """A copy for reading only; training it on would go wrong, since its norms are gone."""
    reading = copy.deepcopy(model).eval()
    for block in reading.trunk.modules():
        if isinstance(block, Trunk | FaceTrunk):
            _fold(block, "conv1", "bn1")
        if isinstance(block, Bottleneck | BasicBlock):
            for place in ("1", "2", "3") if isinstance(block, Bottleneck) else ("1", "2"):
                _fold(block, f"conv{place}", f"bn{place}")
        if isinstance(block, Bottleneck) and isinstance(block.downsample, nn.Sequential):
            _fold(block.downsample, "0", "1")
    return reading


def _fold(module: nn.Module, convolution: str, norm: str) -> None:
    parts = module.get_submodule(convolution), module.get_submodule(norm)
    if isinstance(parts[0], nn.Conv2d) and isinstance(parts[1], nn.BatchNorm2d):
        setattr(module, convolution, fuse_conv_bn_eval(parts[0], parts[1]))
        setattr(module, norm, nn.Identity())
