"""The network of a run's checkpoint, frozen, for what comes after training."""

import json
from dataclasses import replace
from typing import Any, Final

import torch

from ml.emotion.config import EmotionConfig
from ml.emotion.network import EmotionNet

_LATER: Final = "temporal."
"""The part that is trained afterwards: a checkpoint's own is an untrained one, perhaps of an old form."""


def trained(state: dict[str, Any], *, units: int | None = None) -> EmotionNet:
    """The average of a run's weights, in single precision, ready to read; no parameter asks for a gradient.

    Its LSTM is a fresh one of `units`, or of as many as the run's configuration says.
    """
    config = EmotionConfig.from_dict(json.loads(state["config"]))
    model = EmotionNet(replace(config, lstm_size=units or config.lstm_size))
    own = {name: value for name, value in model.state_dict().items() if name.startswith(_LATER)}
    kept = {name: value for name, value in state["average"].items() if not name.startswith(_LATER)}
    model.load_state_dict(kept | own)
    model.eval().requires_grad_(requires_grad=False)
    return model.to(memory_format=torch.channels_last)
