"""The range of shapes that an engine is built for: of every input the least, the usual and the largest."""

from typing import TypeAlias

from ml.imaging.production.onnx_files import Network

Shape: TypeAlias = tuple[int, ...]
Shapes: TypeAlias = tuple[Shape, Shape, Shape]
"""Least, usual, largest."""


def shapes_of(network: Network, side: int, batch: int, *, guided: bool) -> dict[str, Shapes]:
    """By input: batches from 1 to `batch` of codes of `side`; with guidance the UNet sees each picture twice.

    The text encoder and the decoder are asked for no more than `batch` at once.
    """
    passes = 2 if guided and network.name == "unet" else 1
    ranges: dict[str, Shapes] = {}
    for name, example in network.inputs.items():
        axes = network.axes.get(name, {})
        first, *rest = (side if axes.get(at) in ("h", "w") else size for at, size in enumerate(example.shape))
        least, most = (passes, passes * batch) if axes.get(0) == "B" else (first, first)
        ranges[name] = ((least, *rest), (least, *rest), (most, *rest))
    return ranges
