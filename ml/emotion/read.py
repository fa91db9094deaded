"""One aligned face of each session → what it says, in the light of the session's frames before."""

import torch
from torch import Tensor

from ml.emotion.engine import Engine, eager
from ml.emotion.network import EmotionNet
from ml.emotion.temporal import TemporalState


def read_emotions(faces: Tensor, state: TemporalState, model: EmotionNet) -> tuple[Tensor, TemporalState]:
    """Classify one aligned face of each of B sessions.

    Args:
        faces: (B, C, S, S), float in [0, 1]; C and S as `model.config` says (3 and 224, or 1 and 44).

    Returns:
        (B, 7) probabilities in EMOTIONS order, and the state to pass with each session's next frame.
    """
    _, smoothed, following = read_both(faces, state, model)
    return smoothed, following


@torch.inference_mode()
def read_both(
    faces: Tensor, state: TemporalState, model: EmotionNet, engine: Engine | None = None
) -> tuple[Tensor, Tensor, TemporalState]:
    """As :func:`read_emotions`, with what each face says alone first: (B, 7), (B, 7) and the next state.

    Takes and gives CPU tensors, wherever `model` lies. `engine` sees the faces in the model's place, where one is made.
    """
    device = model.temperature.device
    features, alone = (engine or eager(model))(faces.to(device))
    followed, following = model.temporal(features, alone, state.to(device))
    return _probabilities(alone, model), _probabilities(followed, model), following.to("cpu")


def _probabilities(logits: Tensor, model: EmotionNet) -> Tensor:
    return (logits / model.temperature).softmax(dim=1).cpu()
