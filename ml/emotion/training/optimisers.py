"""The optimiser that a recipe names, over the weights that this stage trains."""

from typing import Any

import torch

from ml.emotion.network import EmotionNet
from ml.emotion.training.recipe import Recipe


def optimiser_of(model: EmotionNet, recipe: Recipe) -> torch.optim.Optimizer:
    groups = _groups(model, recipe)
    if recipe.optimiser == "adamw":
        return torch.optim.AdamW(groups, lr=0.0, betas=(recipe.momentum, 0.99))
    if recipe.optimiser == "adam":
        return torch.optim.Adam(groups, lr=0.0, betas=(recipe.momentum, 0.999))
    return torch.optim.SGD(groups, lr=0.0, momentum=recipe.momentum, nesterov=True)


def _groups(model: EmotionNet, recipe: Recipe) -> list[dict[str, Any]]:
    """Weights decay, norms and biases do not; the LSTM is trained later, on frozen features."""
    trained = [p for name, p in model.named_parameters() if not name.startswith("temporal.")]
    return [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
