"""The network of a run's checkpoint, frozen, for what comes after training."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import torch

from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.data.holdout import split
from ml.emotion.data.layouts import load_faces
from ml.emotion.network import EmotionNet
from ml.emotion.training import checkpoints
from ml.emotion.training.held_out import refuse_other
from ml.emotion.training.recipe import Recipe

_LATER: Final = "temporal."
"""The part that is trained afterwards: a checkpoint's own is an untrained one, perhaps of an old form."""


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run's best average and the faces it was trained and chosen on, parted as they were then."""

    model: EmotionNet
    recipe: Recipe
    training: FaceSet
    held: FaceSet
    steps: int


def open_run(run: Path, data: Path, *, units: int | None = None) -> FinishedRun:
    """What ``ml.emotion.train`` left in `run`, with its data; the LSTM is a fresh one of `units`.

    Raises:
        NoSuchData: no such faces in `data`, or the run learned from another folder, or from others too.
        FileNotFoundError: nothing was trained in `run`.
    """
    faces, state = load_faces(data, "training"), checkpoints.load(run / "best.pt")
    refuse_other(state, data)
    recipe = Recipe.from_dict(state["recipe"])
    training, held = split(faces, share=recipe.hold_out, seed=recipe.seed)
    return FinishedRun(trained(state, units=units), recipe, training, held, state["step"])


def trained(state: dict[str, Any], *, units: int | None = None) -> EmotionNet:
    """The average of a run's weights, in single precision, ready to read; no parameter asks for a gradient.

    Its LSTM is a fresh one of `units`, or of as many as the run's configuration says.
    """
    config = EmotionConfig.from_dict(json.loads(state["config"]))
    model = EmotionNet(replace(config, lstm_size=units or config.lstm_size))
    take_average(model, state)
    model.eval().requires_grad_(requires_grad=False)
    return model.to(memory_format=torch.channels_last)


def take_average(model: EmotionNet, state: dict[str, Any]) -> None:
    """Load a run's average into a network of its sizes, all but the LSTM, which stays as it is."""
    own = {name: value for name, value in model.state_dict().items() if name.startswith(_LATER)}
    kept = {name: value for name, value in state["average"].items() if not name.startswith(_LATER)}
    model.load_state_dict(kept | own)
