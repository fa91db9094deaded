"""What runs the emotion network: ONNX Runtime on a processor, torch on a GPU. Chosen by measurement: ADR 13."""

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from ml.emotion.engine_graph import emotion_graph
from ml.emotion.network import EmotionNet
from ml.engine.session import Session

Engine: TypeAlias = Callable[[Tensor], tuple[Tensor, Tensor]]
"""(B, C, S, S) faces in [0, 1] on the network's device → features (B, F) and logits (B, 7) of each face alone."""


def engine_for(model: EmotionNet) -> Engine:
    """The faster one where `model` lies. On a processor its norms have to be folded."""
    return in_onnx_runtime(model) if model.temperature.device.type == "cpu" else eager(model)


def eager(model: EmotionNet) -> Engine:
    """Torch as it is, on any device."""

    def see(faces: Tensor) -> tuple[Tensor, Tensor]:
        features, _ = model.features(faces.contiguous(memory_format=torch.channels_last))
        return features, model.head(features)

    return see


def in_onnx_runtime(model: EmotionNet) -> Engine:
    """The network as it is now: what happens to its weights later does not reach the engine."""
    session = Session(emotion_graph(model))

    def see(faces: Tensor) -> tuple[Tensor, Tensor]:
        features, logits = session(model.normalised(faces))
        return features, logits

    return see
