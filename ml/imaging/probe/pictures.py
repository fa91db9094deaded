"""The pictures that the probe learns from and is tested on: rendered scenes, and nothing else.

Kept out of training is what the painter's training keeps out: the combinations of kind, time and weather that
`ml.scenes.spec.held_out` names, and the first rows of its scenes.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from ml.imaging.probe.network import SIDE
from ml.imaging.training.dataset import VOCABULARIES
from ml.scenes.captions import ATTRIBUTES
from ml.scenes.render import render
from ml.scenes.spec import SceneSpec, held_out, sample

Pixels = npt.NDArray[np.uint8]


def held_out_specs(count: int, seed: int) -> list[SceneSpec]:
    """Scenes of combinations that no training saw, the combinations in turn, the rest by chance.

    Each scene has a seed of its own. Of the twelve kinds, river, garden and night sky have no combination kept out.
    """
    rng = np.random.default_rng((seed, 17))
    groups: dict[tuple[str, ...], list[SceneSpec]] = {}
    for _ in range(200 * count):
        spec = sample(rng)
        if held_out(spec):
            groups.setdefault(spec.words()[:3], []).append(spec)
        if sum(map(len, groups.values())) >= 12 * count:
            break
    order = [groups[name] for name in sorted(groups)]
    return [replace(order[at % len(order)].pop(), seed=int(rng.integers(2**31))) for at in range(count)]


def renders(specs: list[SceneSpec]) -> Pixels:
    """(N, SIDE, SIDE, 3) bytes."""
    return np.stack([render(spec, SIDE, SIDE) for spec in specs])


def truths(specs: list[SceneSpec]) -> dict[str, Tensor]:
    """Attribute to (N,) places in its vocabulary."""
    columns = zip(ATTRIBUTES, VOCABULARIES, zip(*(spec.words() for spec in specs), strict=True), strict=True)
    return {name: torch.tensor([words.index(word) for word in column]) for name, words, column in columns}


def as_tensor(pixels: Pixels) -> Tensor:
    """(N, H, W, 3) bytes of any size to (N, 3, SIDE, SIDE) in [0, 1]."""
    pictures = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / 255.0
    if pictures.shape[2:] == (SIDE, SIDE):
        return pictures
    return functional.interpolate(pictures, size=(SIDE, SIDE), mode="bilinear", antialias=True)


def standard(pictures: Tensor) -> Tensor:
    """[0, 1] to what the network takes."""
    return pictures * 2.0 - 1.0
