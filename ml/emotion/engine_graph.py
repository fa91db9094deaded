"""The emotion network as an ONNX graph: trunk with attention and the single face's head, as the module does it."""

from typing import Final

import numpy as np
from torch import nn

from ml.emotion.attention import SpatialAttention
from ml.emotion.both import Both
from ml.emotion.face_trunk import BasicBlock, FaceTrunk
from ml.emotion.network import EmotionNet
from ml.emotion.trunk import Bottleneck, Trunk
from ml.engine.graph import Graph

FACES = "faces"
_STEM_POOL: Final = nn.MaxPool2d(3, stride=2)


def emotion_graph(model: EmotionNet) -> bytes:
    """(B, C, S, S) normalised faces → features (B, F) and logits (B, 7). `model` has its norms folded (`folded`)."""
    graph, config = Graph(), model.config
    features = _features(graph, model.trunk, FACES, config.input_size, name="features")
    graph.layer(model.head, features, name="logits")
    side, classes = config.input_size, model.head.out_features
    return graph.finish(
        {FACES: ["B", config.channels, side, side]}, {"features": ["B", config.features], "logits": ["B", classes]}
    )


def _features(graph: Graph, trunk: nn.Module, faces: str, side: int, *, name: str = "") -> str:
    """(B, F) of `faces`, which are `side` pixels wide."""
    if isinstance(trunk, Both):
        first = _features(graph, trunk.first, faces, side)
        second = _features(graph, trunk.second, graph.resized(faces, trunk.side), trunk.side)
        return graph.op("Concat", first, second, name=name, axis=1)
    if isinstance(trunk, FaceTrunk):
        last = _face_trunk(graph, trunk, faces, side)
    elif isinstance(trunk, Trunk):
        last = _trunk(graph, trunk, faces)
    else:
        raise TypeError(f"cannot write {type(trunk).__name__}")
    return graph.op("Flatten", graph.op("GlobalAveragePool", last), name=name, axis=1)


def _trunk(graph: Graph, trunk: Trunk, faces: str) -> str:
    x = graph.op("Relu", graph.layer(trunk.conv1, faces))
    if isinstance(trunk.maxpool, nn.MaxPool2d):
        x = graph.layer(trunk.maxpool, x)
    for stage in ("1", "2", "3", "4"):
        for block in trunk.get_submodule(f"layer{stage}").children():
            x = _block(graph, block, x)
        if stage in trunk.attention:
            x = _attention(graph, trunk.attention[stage], x)
    return x


def _block(graph: Graph, block: nn.Module, x: str) -> str:
    if not isinstance(block, Bottleneck) or not isinstance(block.bn1, nn.Identity):
        raise TypeError("wants blocks whose norms are folded")
    shortcut = x if block.downsample is None else graph.layer(block.downsample.get_submodule("0"), x)
    out = graph.op("Relu", graph.layer(block.conv1, x))
    out = graph.op("Relu", graph.layer(block.conv2, out))
    return graph.op("Relu", graph.op("Add", graph.layer(block.conv3, out), shortcut))


def _face_trunk(graph: Graph, trunk: FaceTrunk, faces: str, side: int) -> str:
    """`side` is that of the faces in pixels, from which follows where the blocks pad."""
    x = graph.layer(_STEM_POOL, graph.op("Relu", graph.layer(trunk.conv1, faces)))
    side = ((side - 7) // 2 + 1 - 3) // 2 + 1
    for number, stage in enumerate(trunk.stages, start=1):
        for block in stage.children():
            x, side = _basic_block(graph, block, x, side)
        if str(number) in trunk.attention:
            x = _attention(graph, trunk.attention[str(number)], x)
    return x


def _basic_block(graph: Graph, block: nn.Module, x: str, side: int) -> tuple[str, int]:
    """The block's output and its side, that of its shortcut, which is the larger."""
    if not isinstance(block, BasicBlock) or not isinstance(block.bn1, nn.Identity):
        raise TypeError("wants blocks whose norms are folded")
    out = graph.layer(block.conv2, graph.op("Relu", graph.layer(block.conv1, x)))
    if block.stride == 1:
        return graph.op("Relu", graph.op("Add", out, x)), side
    shortcut = graph.op("AveragePool", x, kernel_shape=[block.stride] * 2, strides=[block.stride] * 2)
    convolved, pooled = (side - 3) // block.stride + 1, side // block.stride
    out = _padded(graph, out, 0, pooled - convolved)
    shortcut = _padded(graph, shortcut, block.conv1.out_channels - block.conv1.in_channels, 0)
    return graph.op("Relu", graph.op("Add", out, shortcut)), pooled


def _padded(graph: Graph, x: str, channels: int, side: int) -> str:
    """Zeros behind: so many channels, rows and columns more."""
    if not channels and not side:
        return x
    return graph.op("Pad", x, graph.constant(np.array([0, 0, 0, 0, 0, channels, side, side], np.int64)))


def _attention(graph: Graph, attention: nn.Module, x: str) -> str:
    if not isinstance(attention, SpatialAttention):
        raise TypeError(f"cannot write {type(attention).__name__}")
    means = graph.op("ReduceMean", x, axes=[1], keepdims=1)
    highest = graph.op("ReduceMax", x, axes=[1], keepdims=1)
    seen = graph.layer(attention.conv, graph.op("Concat", means, highest, axis=1))
    weights = graph.op("Mul", graph.op("Sigmoid", seen), graph.constant(np.array(2, np.float32)))
    return graph.op("Mul", x, weights)
