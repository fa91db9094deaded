"""The LSTM that follows a session's frames, and the state that travels with the session between workers.

It corrects nothing by itself: it decides frame by frame how much of the session's belief to keep. A covered face or a
blurred one leaves the belief as it was; a face that has changed for good is believed at once. A plain running mean
always keeps the same share, and has to choose between flickering and lagging (docs/adr/0014).
"""

from dataclasses import dataclass
from typing import Final, Self

import torch
from torch import Tensor, nn

from ml.vocabulary import EMOTIONS

_LOOK: Final = 8
"""Numbers that the LSTM sees of a frame's features: more let it learn faces by heart."""


@dataclass(frozen=True)
class TemporalState:
    """What is known of B sessions: the LSTM's `hidden` and `cell`, (B, H) each, and the `belief`, (B, 7) logits.

    All zeros: nothing seen yet.
    """

    hidden: Tensor
    cell: Tensor
    belief: Tensor

    @classmethod
    def fresh(cls, sessions: int, size: int, device: torch.device | str = "cpu") -> Self:
        return cls.parted(torch.zeros(sessions, cls.numbers(size), device=device), size)

    @staticmethod
    def numbers(size: int) -> int:
        """How many numbers a session's state has with an LSTM of `size`."""
        return 2 * size + len(EMOTIONS)

    @classmethod
    def parted(cls, joined: Tensor, size: int) -> Self:
        """The state that :meth:`joined` gave as (B, 2·H + 7)."""
        return cls(joined[:, :size], joined[:, size : 2 * size], joined[:, 2 * size :])

    def joined(self) -> Tensor:
        """(B, 2·H + 7): all of it side by side, as it travels."""
        return torch.cat([self.hidden, self.cell, self.belief], dim=1)

    def to(self, device: torch.device | str) -> "TemporalState":
        return TemporalState(self.hidden.to(device), self.cell.to(device), self.belief.to(device))


class Temporal(nn.Module):
    """Blends a frame's logits into a session's belief. A session's first frame is read as it stands."""

    def __init__(self, features: int, classes: int, size: int) -> None:
        super().__init__()
        self.look = nn.Linear(features, _LOOK)
        self.cell = nn.LSTMCell(_LOOK + 2 * classes, size)
        self.gate = nn.Linear(size, 1)

    def forward(self, features: Tensor, logits: Tensor, state: TemporalState) -> tuple[Tensor, TemporalState]:
        """Features (B, F) and logits (B, 7) of one frame each → followed logits (B, 7) and the next state."""
        has_history = (state.cell != 0).any(dim=1, keepdim=True)
        news = torch.where(has_history, state.belief - logits, 0.0)
        hidden, cell = self.cell(torch.cat([self.look(features), logits, news], dim=1), (state.hidden, state.cell))
        kept = torch.sigmoid(self.gate(hidden)) * has_history
        belief = logits + kept * news
        return belief, TemporalState(hidden, cell, belief)
