"""Writes a torch network down as an ONNX graph, layer by layer.

By hand, since the networks are few and plain: torch's exporters want a package more and change by release.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper
from torch import Tensor, nn

_OPSET: Final = 17
_IR: Final = 8

Shape = Sequence[int | str]
"""A string is a size that may differ from call to call."""


class Graph:
    """Grows node by node; each method takes and gives names of values."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def op(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Any operator of ONNX with one output, called `name` where it is one of the graph's own."""
        output = name or f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def constant(self, value: Tensor | NDArray[np.float32] | NDArray[np.int64]) -> str:
        array = value.detach().cpu().float().numpy() if isinstance(value, Tensor) else value
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def resized(self, x: str, side: int) -> str:
        """(B, C, H, W) → (B, C, side, side), bilinear, as torch's `interpolate` does it with corners not aligned."""
        whole = self.constant(np.array([side, side], np.int64))
        sizes = self.op("Concat", self.op("Shape", x, start=0, end=2), whole, axis=0)
        return self.op("Resize", x, "", "", sizes, mode="linear", coordinate_transformation_mode="half_pixel")

    def layer(self, layer: nn.Module, x: str, *, name: str = "") -> str:
        """One layer without children. TypeError for a kind that is not written here."""
        if isinstance(layer, nn.Conv2d):
            return self._convolution(layer, x)
        if isinstance(layer, nn.MaxPool2d):
            return self._pool(layer, x)
        if isinstance(layer, nn.Linear):
            return self.op("Gemm", x, self.constant(layer.weight), self.constant(layer.bias), name=name, transB=1)
        if isinstance(layer, nn.Softmax):
            return self.op("Softmax", x, name=name, axis=layer.dim)
        raise TypeError(f"cannot write {type(layer).__name__}")

    def _convolution(self, layer: nn.Conv2d, x: str) -> str:
        operands = [self.constant(layer.weight)]
        if layer.bias is not None:
            operands.append(self.constant(layer.bias))
        pads = [int(padding) for padding in layer.padding] * 2
        return self.op(
            "Conv", x, *operands, kernel_shape=list(layer.kernel_size), strides=list(layer.stride), pads=pads
        )

    def _pool(self, layer: nn.MaxPool2d, x: str) -> str:
        side, stride, padding = _square(layer.kernel_size), _square(layer.stride), _square(layer.padding)
        return self.op(
            "MaxPool", x, kernel_shape=side, strides=stride, pads=padding * 2, ceil_mode=int(layer.ceil_mode)
        )

    def finish(self, inputs: dict[str, Shape], outputs: dict[str, Shape]) -> bytes:
        """The model's bytes. All values are float32."""
        graph = helper.make_graph(self._nodes, "attune", _values(inputs), _values(outputs), self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)
        return bytes(model.SerializeToString())


def _square(side: int | tuple[int, int]) -> list[int]:
    return [side] * 2 if isinstance(side, int) else list(side)


def _values(named: dict[str, Shape]) -> list[ValueInfoProto]:
    return [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)) for name, shape in named.items()]
