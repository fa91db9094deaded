"""P-, R- and O-Net as ONNX graphs; their outputs are in the order in which facenet-pytorch's modules give them."""

from collections.abc import Iterable

from facenet_pytorch.models.mtcnn import ONet, PNet, RNet
from torch import nn

from ml.engine.graph import Graph

_PIXELS = "pixels"
_CHANNELS_LAST = [0, 3, 2, 1]
"""As their dense layers were trained: the whole turned round, width before height."""


def propose_graph(net: PNet) -> bytes:
    """(B, 3, H, W) of any size → moves (B, 4, h, w) and probabilities (B, 2, h, w)."""
    graph = Graph()
    x = _body(graph, net, _PIXELS, ("conv1", "prelu1", "pool1", "conv2", "prelu2", "conv3", "prelu3"))
    graph.op("Identity", graph.layer(net.conv4_2, x), name="moves")
    graph.layer(net.softmax4_1, graph.layer(net.conv4_1, x), name="scores")
    return graph.finish({_PIXELS: ["B", 3, "H", "W"]}, {"moves": ["B", 4, "h", "w"], "scores": ["B", 2, "h", "w"]})


def refine_graph(net: RNet) -> bytes:
    """(B, 3, 24, 24) → moves (B, 4) and probabilities (B, 2)."""
    graph = Graph()
    x = _body(graph, net, _PIXELS, ("conv1", "prelu1", "pool1", "conv2", "prelu2", "pool2", "conv3", "prelu3"))
    x = _dense(graph, net.dense4, net.prelu4, x)
    graph.layer(net.dense5_2, x, name="moves")
    graph.layer(net.softmax5_1, graph.layer(net.dense5_1, x), name="scores")
    return graph.finish({_PIXELS: ["B", 3, 24, 24]}, {"moves": ["B", 4], "scores": ["B", 2]})


def decide_graph(net: ONet) -> bytes:
    """(B, 3, 48, 48) → moves (B, 4), points (B, 10) and probabilities (B, 2)."""
    graph = Graph()
    layers = ("conv1", "prelu1", "pool1", "conv2", "prelu2", "pool2", "conv3", "prelu3", "pool3", "conv4", "prelu4")
    x = _dense(graph, net.dense5, net.prelu5, _body(graph, net, _PIXELS, layers))
    graph.layer(net.dense6_2, x, name="moves")
    graph.layer(net.dense6_3, x, name="points")
    graph.layer(net.softmax6_1, graph.layer(net.dense6_1, x), name="scores")
    return graph.finish({_PIXELS: ["B", 3, 48, 48]}, {"moves": ["B", 4], "points": ["B", 10], "scores": ["B", 2]})


def _body(graph: Graph, net: nn.Module, x: str, layers: Iterable[str]) -> str:
    for layer in map(net.get_submodule, layers):
        if isinstance(layer, nn.PReLU):  # one slope a channel, whatever the height and width
            x = graph.op("PRelu", x, graph.constant(layer.weight.view(-1, 1, 1)))
        else:
            x = graph.layer(layer, x)
    return x


def _dense(graph: Graph, dense: nn.Linear, slopes: nn.PReLU, x: str) -> str:
    flat = graph.op("Flatten", graph.op("Transpose", x, perm=_CHANNELS_LAST), axis=1)
    return graph.op("PRelu", graph.layer(dense, flat), graph.constant(slopes.weight))
