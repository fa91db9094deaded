"""The faces of each step: drawn, turned and mixed by the numbers of run and step alone."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.emotion.data.labelled import LabelledFaces, NoSuchData
from ml.emotion.data.sampling import epoch_length, epoch_rows
from ml.emotion.training.augment import augment, cover, mix
from ml.emotion.training.objective import targets_of
from ml.emotion.training.recipe import Recipe

_STEP_STRIDE: Final = 1_000_003
"""Each step draws from a generator of its own, seeded by run and step, so that a resumed run repeats it exactly."""
_HIDDEN_SEED: Final = 500_000
"""What is hidden is drawn apart from the rest: a recipe that hides more moves and lights the faces alike."""
_DROPOUT_SEED: Final = 250_000
"""What the network leaves out is drawn apart from how the faces are moved and lit."""
_HIDDEN_EXTENTS: Final = (0.35, 0.6)
"""Least and most of a side: a hand before the mouth, hair over an eye, half a face behind a phone."""


class Batches:
    """`targets` (N, 7) are what the recipe learns from the faces' labels and votes."""

    def __init__(self, faces: LabelledFaces, recipe: Recipe, device: str) -> None:
        self.faces, self.recipe, self.device = faces, recipe, device
        self.targets = targets_of(recipe, torch.from_numpy(faces.soft_targets()), torch.from_numpy(faces.labels))
        self.length = epoch_length(faces.weights)
        self.steps = max(1, self.length // recipe.batch)
        self._order: tuple[int, NDArray[np.intp]] = (-1, np.empty((0, 0), np.intp))

    def at(self, step: int, progress: float) -> tuple[Tensor, Tensor]:
        """(B, C, S, S) faces in [0, 1] and (B, 7) targets, on the device; S as the recipe says for this progress.

        Raises:
            NoSuchData: none of the step's pictures can be read.
        """
        random = torch.Generator().manual_seed(self._seed(step))
        rows = self._rows(step)
        pictures, read = self.faces.take(rows)
        if not len(pictures):
            raise NoSuchData(f"not one of the {len(rows)} pictures of step {step} can be read")
        faces = torch.from_numpy(pictures).to(self.device).float().div_(255)
        faces = augment(faces, self.recipe.size(progress), self.recipe.augmentation, random)
        return mix(faces, self.targets[rows[read]].to(self.device), self.recipe.mixup_at(progress), random)

    def teach(self, said: Tensor, share: float) -> None:
        """Let `share` of each target be what teachers `said` of its face, (N, 7) probabilities."""
        self.targets = (1 - share) * self.targets + share * said

    def hidden(self, faces: Tensor, step: int) -> Tensor:
        """The (B, C, S, S) faces of `step` with a part covered of as many as the recipe says."""
        if not self.recipe.hide:
            return faces
        random = torch.Generator().manual_seed(self._seed(step, apart=_HIDDEN_SEED))
        return cover(faces, self.recipe.hide, random, _HIDDEN_EXTENTS)

    def seed_of_dropout(self, step: int) -> int:
        """For torch's own generator, from which layers draw, before the network sees the faces of `step`."""
        return self._seed(step, apart=_DROPOUT_SEED)

    def _seed(self, step: int, *, apart: int = 0) -> int:
        return (self.recipe.seed + apart) * _STEP_STRIDE + step

    def _rows(self, step: int) -> NDArray[np.intp]:
        epoch, place = divmod(step, self.steps)
        if self._order[0] != epoch:
            self._order = (epoch, self._shuffled(epoch))
        rows: NDArray[np.intp] = self._order[1][place]
        return rows

    def _shuffled(self, epoch: int) -> NDArray[np.intp]:
        """(steps, batch) row numbers of one epoch, shuffled by run and epoch."""
        order = epoch_rows(self.faces.weights, (self.recipe.seed, epoch))
        batch = min(self.recipe.batch, len(order))
        return order[: self.steps * batch].reshape(self.steps, batch)
