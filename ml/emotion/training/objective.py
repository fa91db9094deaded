"""What a step minimises: cross-entropy, adjusted or weighed for rare emotions as the recipe says."""

from dataclasses import dataclass
from typing import Final, Self

import torch
from torch import Tensor
from torch.nn import functional

from ml.emotion.training.recipe import Recipe

_LEAST_SHARE: Final = 1e-3
"""An emotion that the data lack altogether counts as this rare, not as impossible."""


@dataclass(frozen=True)
class Objective:
    """`adjustment` (7,) is added to the logits; `weights` (7,) weigh the emotions, None weighs them alike."""

    adjustment: Tensor
    weights: Tensor | None

    @classmethod
    def of(cls, recipe: Recipe, targets: Tensor, counts: Tensor) -> Self:
        """From the (N, 7) targets and how often an epoch shows each, (N,)."""
        shares = (targets * counts[:, None]).sum(dim=0) / counts.sum()
        bounded = shares.clamp_min(_LEAST_SHARE)
        # balanced: 1/7 of the loss for each emotion that there is, 1 on average over the faces
        weights = 1 / (bounded * (shares > 0).sum()) if recipe.class_weights else None
        return cls(recipe.logit_adjustment * bounded.log(), weights)

    def to(self, device: str) -> Self:
        return type(self)(self.adjustment.to(device), None if self.weights is None else self.weights.to(device))

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Mean over a batch of logits and targets, (B, 7) each; a weighted mean where emotions are weighed."""
        adjusted = logits.float() + self.adjustment
        if self.weights is None:
            return functional.cross_entropy(adjusted, targets)
        summed = functional.cross_entropy(adjusted, targets, weight=self.weights, reduction="sum")
        return summed / (targets @ self.weights).sum()


def plain_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """(N,) cross-entropy of (N, 7) logits with (N,) labels: what a validation set is judged by."""
    return functional.cross_entropy(logits.float(), labels, reduction="none")


def targets_of(recipe: Recipe, soft: Tensor, labels: Tensor) -> Tensor:
    """(N, 7): the soft targets, or the original labels alone where the recipe is hard."""
    return soft if recipe.labels == "soft" else torch.eye(soft.shape[1])[labels]
