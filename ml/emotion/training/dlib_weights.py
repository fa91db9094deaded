"""Starts the teacher's trunk from dlib's face recognition network: a file under CC0, in PyPI's face_recognition_models.

The file is dlib's own serialisation: integers with a byte that says sign and length, tensors as four sizes and
little-endian floats. Only its numbers are read, in order; code in it is never run.
"""

import math
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from ml.emotion.face_trunk import FaceTrunk
from ml.emotion.training.pretrained import WrongWeights

_LAYER: Final = re.compile(rb"con_4|affine_")
_TENSOR_FORM: Final = 2
_MEAN: Final = (122.782, 117.001, 104.298)
"""What dlib takes from red, green and blue, of 0 to 255, before it divides by :data:`_SCALE`."""
_SCALE: Final = 256.0
_LIGHT: Final = 115.0
_CONTRAST: Final = 55.0
"""The mean and the deviation that stand for the 0 and 1 of a normalised face: near those of photographs."""


@torch.no_grad()
def load_face_trunk(trunk: FaceTrunk, path: Path, faces: Tensor) -> None:
    """Load the weights; batch norms do what dlib's affine layers did, on the statistics of `faces`.

    Args:
        trunk: of the published layout; in evaluation mode afterwards, answering as dlib's does.
        path: dlib_face_recognition_resnet_model_v1.dat.
        faces: (N, 1, S, S), normalised, of those to be learned from: a few hundred.

    Raises:
        FileNotFoundError, WrongWeights: retrying does not help.
    """
    layers = _layers(path)
    # dlib's, which have no bias of their own here; those of attention have one, and stay the identity
    convolutions = [module for module in trunk.modules() if isinstance(module, nn.Conv2d) and module.bias is None]
    norms = [module for module in trunk.modules() if isinstance(module, nn.BatchNorm2d)]
    taking = []
    for conv, norm in zip(convolutions, norms, strict=True):  # both in the order in which a face meets them
        colours = len(_MEAN) if conv.in_channels == 1 else 1
        kernel, bias = _parts(layers, path, conv.weight.numel() * colours, conv.out_channels)
        scale, shift = _parts(layers, path, norm.num_features, norm.num_features)
        if colours > 1:
            kernel, bias = _grey(kernel.view(conv.out_channels, colours, *conv.kernel_size), bias)
        conv.weight.copy_(kernel.view_as(conv.weight))
        taking.append(norm.register_forward_pre_hook(partial(_take_over, scale=scale, shift=shift + scale * bias)))
    trunk.eval()
    trunk(faces)
    for hook in taking:
        hook.remove()


def _take_over(norm: nn.Module, given: tuple[Tensor, ...], *, scale: Tensor, shift: Tensor) -> None:
    """Make `norm`, about to see its input for the first time, scale and shift that input as asked."""
    assert isinstance(norm, nn.BatchNorm2d)  # noqa: S101 -- an invariant
    assert norm.running_mean is not None  # noqa: S101 -- an invariant
    assert norm.running_var is not None  # noqa: S101 -- an invariant
    mean, variance = given[0].mean(dim=(0, 2, 3)), given[0].var(dim=(0, 2, 3))
    scale, shift = scale.to(mean.device), shift.to(mean.device)  # they come from the file, the faces from the device
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.copy_(scale * (variance + norm.eps).sqrt())
    norm.bias.copy_(shift + scale * mean)


def _grey(kernel: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """A stem for colours of 0 to 255 as one for normalised grey."""
    offset = (_LIGHT - torch.tensor(_MEAN)) / _SCALE
    return kernel.sum(dim=1) * (_CONTRAST / _SCALE), bias + kernel.sum(dim=(2, 3)) @ offset


def _parts(layers: Iterator[Tensor], path: Path, first: int, second: int) -> tuple[Tensor, Tensor]:
    values = next(layers, torch.empty(0))
    if values.numel() != first + second:
        raise WrongWeights(f"{path}: not dlib's face recognition network, or not all of it")
    return values[:first], values[first:]


def _layers(path: Path) -> Iterator[Tensor]:
    """What each convolution (kernel, then bias) and each affine layer (scale, then shift) holds, flat, in order."""
    held = path.read_bytes()
    at = 0
    while found := _LAYER.search(held, at):
        values, at = _tensor(held, found.end())
        yield values


def _tensor(held: bytes, at: int) -> tuple[Tensor, int]:
    """The tensor that begins at `at`, flat, and where it ends; an empty one where none begins."""
    form, at = _integer(held, at)
    sizes = []
    for _ in range(4):
        size, at = _integer(held, at)
        sizes.append(size)
    count = math.prod(sizes)
    if form != _TENSOR_FORM or not 0 < count <= (len(held) - at) // 4:
        return torch.empty(0), at
    return torch.from_numpy(np.frombuffer(held, "<f4", count, at).copy()), at + 4 * count


def _integer(held: bytes, at: int) -> tuple[int, int]:
    """One number: a byte with the sign and how many bytes follow, then those, the lowest first."""
    head = held[at] if at < len(held) else 0
    end = at + 1 + (head & 0x7F)
    value = int.from_bytes(held[at + 1 : end], "little")
    return (-value if head & 0x80 else value), end
