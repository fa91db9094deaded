"""The LSTM that reads a session's frames in order, and the state that travels with the session between workers."""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class TemporalState:
    """The LSTM's memory of B sessions: `hidden` and `cell`, (B, H) each. All zeros: nothing seen yet."""

    hidden: Tensor
    cell: Tensor

    @classmethod
    def fresh(cls, sessions: int, size: int, device: torch.device | str = "cpu") -> Self:
        return cls(torch.zeros(sessions, size, device=device), torch.zeros(sessions, size, device=device))


class Temporal(nn.Module):
    """Corrects a frame's logits by the frames before it. A session's first frame is read as it stands."""

    def __init__(self, features: int, classes: int, size: int) -> None:
        super().__init__()
        self.cell = nn.LSTMCell(features + classes, size)
        self.correction = nn.Linear(size, classes)
        nn.init.zeros_(self.correction.weight)
        nn.init.zeros_(self.correction.bias)

    def forward(self, features: Tensor, logits: Tensor, state: TemporalState) -> tuple[Tensor, TemporalState]:
        """Features (B, F) and logits (B, 7) of one frame each → corrected logits (B, 7) and the next state."""
        hidden, cell = self.cell(torch.cat([features, logits], dim=1), (state.hidden, state.cell))
        has_history = (state.cell != 0).any(dim=1, keepdim=True)
        return logits + self.correction(hidden) * has_history, TemporalState(hidden, cell)
