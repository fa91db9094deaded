"""What is written as a graph computes what torch's layers do."""

import pytest
import torch
from torch import nn

from ml.engine.graph import Graph
from ml.engine.session import Session

LAYERS = {
    "convolution": nn.Conv2d(3, 5, 3, stride=2, padding=1),
    "without bias": nn.Conv2d(3, 4, 1, bias=False),
    "pool": nn.MaxPool2d(3, 2, padding=1),
    "pool that rounds up": nn.MaxPool2d(2, 2, ceil_mode=True),
    "softmax": nn.Softmax(dim=1),
}


def run(layer: nn.Module, x: torch.Tensor) -> torch.Tensor:
    graph = Graph()
    graph.op("Identity", graph.layer(layer, "x"), name="y")
    return Session(graph.finish({"x": ["B", *x.shape[1:]]}, {"y": ["B", *layer(x).shape[1:]]}))(x)[0]


@pytest.mark.parametrize("name", LAYERS)
@torch.no_grad()
def test_a_layer_answers_as_in_torch(name: str) -> None:
    x = torch.randn(2, 3, 13, 11, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(run(LAYERS[name], x), LAYERS[name](x), atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_a_tensor_that_lies_channels_last_is_read_rightly() -> None:
    x = torch.randn(2, 3, 13, 11).contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(run(LAYERS["convolution"], x), LAYERS["convolution"](x), atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_a_dense_layer_answers_as_in_torch() -> None:
    layer, x = nn.Linear(6, 4), torch.randn(3, 6)
    torch.testing.assert_close(run(layer, x), layer(x), atol=1e-5, rtol=1e-5)


def test_a_layer_that_nobody_wrote_down_is_refused() -> None:
    with pytest.raises(TypeError, match="GELU"):
        Graph().layer(nn.GELU(), "x")
