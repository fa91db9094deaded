"""One training run of the single-frame network, resumable to the step."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import torch
from torch import Tensor

from ml.emotion.config import EmotionConfig
from ml.emotion.data.batches import Batches
from ml.emotion.data.labelled import LabelledFaces
from ml.emotion.face_trunk import FaceTrunk
from ml.emotion.network import EmotionNet
from ml.emotion.resize import resize
from ml.emotion.training import checkpoints
from ml.emotion.training.dlib_weights import load_face_trunk
from ml.emotion.training.machine import Machine
from ml.emotion.training.objective import Objective
from ml.emotion.training.optimisers import optimiser_of
from ml.emotion.training.pretrained import load_trunk
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.teachers import Teachers
from ml.emotion.training.trained import take_average

_SOME: Final = 512
"""Faces whose statistics a network that begins elsewhere takes for its norms."""


@dataclass(frozen=True)
class Length:
    """How long to train: a number of steps, or minutes of training time, pauses not counted."""

    steps: int | None = None
    minutes: float | None = None

    def progress(self, step: int, seconds: float) -> float:
        if self.minutes is not None:
            return min(1.0, seconds / (self.minutes * 60))
        return min(1.0, step / (self.steps or 1))


class DifferentNetwork(ValueError):
    """The weights to start from are of another configuration; retrying does not help."""


class Trainer:
    """Holds network, average, optimiser and clock of one run over one set of faces.

    `teachers`, when set, give the share of each target that the recipe names.
    """

    teachers: Teachers | None = None

    def __init__(
        self,
        config: EmotionConfig,
        recipe: Recipe,
        faces: LabelledFaces,
        length: Length,
        machine: Machine | None = None,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.length, self.machine = recipe, length, machine or Machine()
        device = self.machine.device
        self.model = EmotionNet(config).to(device).to(memory_format=torch.channels_last)
        self.model.trunk.checkpointing = self.machine.checkpointing
        self.average = EmotionNet(config).to(device).to(memory_format=torch.channels_last)
        self.average.load_state_dict(self.model.state_dict())
        self.optimiser, self.scaler = optimiser_of(self.model, recipe), self.machine.scaler()
        self.batches = Batches(faces, recipe, device)
        counts = torch.from_numpy(faces.weights).float()
        self.objective = Objective.of(recipe, self.batches.targets, counts).to(device)
        self.step, self.seconds = 0, 0.0

    @property
    def progress(self) -> float:
        return self.length.progress(self.step, self.seconds)

    @property
    def epoch(self) -> float:
        return self.step / self.batches.steps

    def start_from(self, path: Path) -> None:
        """Begin at a published network of this layout. Raises FileNotFoundError and WrongWeights."""
        if isinstance(self.model.trunk, FaceTrunk):
            load_face_trunk(self.model.trunk, path, self._some_faces())
        else:
            load_trunk(self.model.bottlenecks, path)
        self.average.load_state_dict(self.model.state_dict())

    def _some_faces(self) -> Tensor:
        """(N, C, S, S) faces as the network sees them at first, normalised, spread over the data."""
        rows = np.linspace(0, len(self.batches.faces) - 1, min(_SOME, len(self.batches.faces))).astype(np.intp)
        pictures, _ = self.batches.faces.take(rows)
        faces = torch.from_numpy(pictures).to(self.machine.device).float().div(255)
        return self.model.normalised(resize(faces, self.recipe.size(0.0)))

    def go_on_from(self, state: dict[str, Any]) -> None:
        """Begin at another run's average, all but its LSTM, which is trained afterwards.

        Raises:
            DifferentNetwork: it is of another configuration.
        """
        if EmotionConfig.from_dict(json.loads(state["config"])) != self.model.config:
            raise DifferentNetwork("the run to start from is of another configuration")
        take_average(self.model, state)
        self.average.load_state_dict(self.model.state_dict())

    def run(self) -> Iterator[float]:
        """Take steps until the length is reached, yielding each one's loss."""
        while self.progress < 1:
            started = time.monotonic()
            loss = self._take_step()
            self.seconds += time.monotonic() - started
            yield loss

    def _take_step(self) -> float:
        progress = self.progress
        faces, targets = self.batches.at(self.step, progress)
        faces = faces.expand(-1, self.model.config.channels, -1, -1)
        if self.teachers:
            targets = self.teachers.blended(faces, targets, self.recipe.distil)
        faces = self.batches.hidden(faces, self.step)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate(progress)
        self.model.train()
        torch.manual_seed(self.batches.seed_of_dropout(self.step))  # so that a resumed run leaves out the same
        with self.machine.autocast():
            logits = self.model(faces.contiguous(memory_format=torch.channels_last))
        loss = self.objective.loss(logits, targets)
        self.optimiser.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.step += 1
        self._follow_average()
        return float(loss.detach())

    @torch.no_grad()
    def _follow_average(self) -> None:
        decay = self.recipe.averaging(self.step)
        for kept, new in zip(self.average.state_dict().values(), self.model.state_dict().values(), strict=True):
            if kept.is_floating_point():
                kept.lerp_(new, 1 - decay)
            else:
                kept.copy_(new)

    def state(self) -> dict[str, Any]:
        """All that a later run needs to go on as if nothing had happened."""
        return {
            "config": self.model.config.to_json(),
            "recipe": self.recipe.to_dict(),
            "machine": asdict(self.machine),
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "scaler": self.scaler.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "minutes": self.length.minutes,
        }

    def restore(self, state: dict[str, Any]) -> Self:
        """Take over what :meth:`state` wrote, also before there were machines and scalers."""
        checkpoints.put(state["model"], self.model)
        checkpoints.put(state["average"], self.average)
        self.optimiser.load_state_dict(state["optimiser"])
        if state.get("scaler") and self.scaler.is_enabled():
            self.scaler.load_state_dict(state["scaler"])
        self.step, self.seconds = state["step"], state["seconds"]
        return self
