"""The emotion network as an ONNX graph: trunk with attention and the single face's head, as the module does it."""

import numpy as np
from torch import nn

from ml.emotion.attention import SpatialAttention
from ml.emotion.network import EmotionNet
from ml.emotion.trunk import Bottleneck, Trunk
from ml.engine.graph import Graph

FACES = "faces"


def emotion_graph(model: EmotionNet) -> bytes:
    """(B, C, S, S) normalised faces → features (B, F) and logits (B, 7). `model` has its norms folded (`folded`)."""
    graph, config = Graph(), model.config
    pooled = graph.op("GlobalAveragePool", _trunk(graph, model.bottlenecks))
    features = graph.op("Flatten", pooled, name="features", axis=1)
    graph.layer(model.head, features, name="logits")
    side, classes = config.input_size, model.head.out_features
    return graph.finish(
        {FACES: ["B", config.channels, side, side]}, {"features": ["B", config.features], "logits": ["B", classes]}
    )


def _trunk(graph: Graph, trunk: Trunk) -> str:
    x = graph.op("Relu", graph.layer(trunk.conv1, FACES))
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


def _attention(graph: Graph, attention: nn.Module, x: str) -> str:
    if not isinstance(attention, SpatialAttention):
        raise TypeError(f"cannot write {type(attention).__name__}")
    means = graph.op("ReduceMean", x, axes=[1], keepdims=1)
    highest = graph.op("ReduceMax", x, axes=[1], keepdims=1)
    seen = graph.layer(attention.conv, graph.op("Concat", means, highest, axis=1))
    weights = graph.op("Mul", graph.op("Sigmoid", seen), graph.constant(np.array(2, np.float32)))
    return graph.op("Mul", x, weights)
