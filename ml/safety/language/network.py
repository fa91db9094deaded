"""A BERT whose upper layers are tuned, with heads for each label and for "harmful at all"."""

from typing import Any, Final

import torch
from torch import nn

from ml.safety.language.labels import LABELS

_FAR: Final = -1e4
"""What is added to the attention of a place that holds no token, and stands there when the highest is taken."""


class Network(nn.Module):
    """Token numbers → margins. The lower layers and the word embeddings stay as they came."""

    def __init__(self, encoder: Any, tuned: int) -> None:
        """Freeze all of `encoder` but its last `tuned` layers; with 0 the heads alone learn."""
        super().__init__()
        self.encoder = encoder
        self.heads = nn.Linear(2 * encoder.config.hidden_size, len(LABELS) + 1)
        self.drop = nn.Dropout(0.1)
        every = list(encoder.encoder.layer)
        self._lower, self._upper = every[: len(every) - tuned], every[len(every) - tuned :]
        encoder.requires_grad_(requires_grad=False)
        for layer in self._upper:
            layer.requires_grad_(requires_grad=True)

    def lower(self, numbers: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(N, T) token numbers → (N, T, D), what the frozen part makes of them."""
        hidden: torch.Tensor = self.encoder.embeddings(input_ids=numbers)
        return _through(self._lower, hidden, mask)

    def upper(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(N, T, D) → (N, L + 1) margins: each label's, and last that of anything at all.

        What is pooled is the mean of the tokens and the highest of each feature: a scene, and a word that stands out.
        """
        hidden, held = _through(self._upper, hidden, mask).float(), mask.unsqueeze(-1)
        mean = (hidden * held).sum(1) / held.sum(1).clamp(min=1)
        highest = hidden.masked_fill(held == 0, _FAR).amax(1)
        margins: torch.Tensor = self.heads(self.drop(torch.cat([mean, highest], dim=1)))
        return margins

    def forward(self, numbers: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.upper(self.lower(numbers, mask), mask)

    def tuned_weights(self) -> dict[str, torch.nn.Parameter]:
        """What is learned, by name: the upper layers and the heads."""
        return {name: value for name, value in self.named_parameters() if value.requires_grad}


def _through(layers: list[Any], hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    far = (1 - mask[:, None, None, :].to(hidden.dtype)) * _FAR
    for layer in layers:
        hidden = layer(hidden, far.to(hidden.dtype))
    return hidden
