"""The engines among which the reader's was chosen, each built from a folded network. Only `engines` asks for them."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from torch import Tensor

from ml.emotion.engine import Engine, eager, in_onnx_runtime
from ml.emotion.engine_graph import FACES, emotion_graph
from ml.emotion.network import EmotionNet
from ml.engine.session import Session

Build: TypeAlias = Callable[[EmotionNet, Tensor], Engine]
"""A folded network and (N, C, S, S) faces in [0, 1] to calibrate on, for those that need it."""


def compiled(model: EmotionNet, _: Tensor) -> Engine:
    """torch.compile: wants a C++ compiler on the machine that serves, and most of a minute at each start."""
    engine: Engine = torch.compile(eager(model))
    return engine


def in_bytes(model: EmotionNet, calibration: Tensor) -> Engine:
    """ONNX Runtime, weights and activations in eight bits; activations unsigned, as AVX512-VNNI multiplies them."""
    with tempfile.TemporaryDirectory() as folder:
        plain, quantised = Path(folder, "plain.onnx"), Path(folder, "quantised.onnx")
        plain.write_bytes(emotion_graph(model))
        quantize_static(
            plain, quantised, _Calibration(model.normalised(calibration)), quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True,
        )  # fmt: skip
        session = Session(quantised.read_bytes())

    def see(faces: Tensor) -> tuple[Tensor, Tensor]:
        features, logits = session(model.normalised(faces))
        return features, logits

    return see


class _Calibration(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    def __init__(self, faces: Tensor) -> None:
        self._batches: Iterator[Tensor] = iter(faces.split(16))  # type: ignore[no-untyped-call]  # torch leaves it untyped

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        batch = next(self._batches, None)
        return None if batch is None else {FACES: batch.numpy()}


CANDIDATES: Final[dict[str, Build]] = {
    "eager": lambda model, _: eager(model),
    "compiled": compiled,
    "onnxruntime": lambda model, _: in_onnx_runtime(model),
    "onnxruntime-int8": in_bytes,
}
