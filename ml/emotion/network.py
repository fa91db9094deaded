"""EmotionNet: trunk with spatial attention, a seven-way softmax, and an LSTM over a session's frames."""

from typing import Final

import torch
from torch import Tensor, nn

from ml.emotion.both import Both
from ml.emotion.config import EmotionConfig
from ml.emotion.face_trunk import FaceTrunk
from ml.emotion.resize import resize
from ml.emotion.temporal import Temporal, TemporalState
from ml.emotion.trunk import Trunk
from ml.vocabulary import EMOTIONS

_IMAGENET_MEAN: Final = (0.485, 0.456, 0.406)
_IMAGENET_STD: Final = (0.229, 0.224, 0.225)
_LEAST_CONTRAST: Final = 0.03
"""A flat face is not blown up into noise: standard deviations below this count as this."""


class EmotionNet(nn.Module):
    """Reads the seven emotions from faces of `config.input_size`, one at a time or along a session."""

    temperature: Tensor
    """Divides logits, so that confidence means what it says; fitted after training, 1 until then."""

    def __init__(self, config: EmotionConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = trunk_of(config)
        self.head = nn.Linear(config.features, len(EMOTIONS))
        self.temporal = Temporal(config.features, len(EMOTIONS), config.lstm_size)
        self.register_buffer("temperature", torch.ones(()))
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    @property
    def bottlenecks(self) -> Trunk:
        """The trunk, of the layout that can be pruned. Raises TypeError for one of basic blocks, and for two."""
        if not isinstance(self.trunk, Trunk):
            raise TypeError("this is for one trunk of the ResNet-50 layout, not for basic blocks")
        return self.trunk

    def features(self, faces: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(B, C, S, S) in [0, 1] → (B, F) features and the attention maps, finest first, (B, 1, h, w) each."""
        return self.trunk(self.normalised(faces))  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped

    def forward(self, faces: Tensor) -> Tensor:
        """Logits of single faces, without history: (B, C, S, S) in [0, 1] → (B, 7). Any S from 16 up works."""
        return self.head(self.features(faces)[0])  # type: ignore[no-any-return]  # nn.Module.__call__ is untyped

    def follow(self, faces: Tensor, state: TemporalState) -> tuple[Tensor, TemporalState]:
        """Logits of each session's next face in the light of those before: (B, C, S, S) → (B, 7), next state."""
        features, _ = self.features(faces)
        return self.temporal(features, self.head(features), state)  # type: ignore[no-any-return]  # as above

    def sized(self, faces: Tensor) -> Tensor:
        """(B, 1 or C, s, s) → (B, C, S, S), as the network reads faces."""
        return resize(faces, self.config.input_size).expand(-1, self.config.channels, -1, -1)

    def normalised(self, faces: Tensor) -> Tensor:
        """Light and contrast taken out face by face, or ImageNet's statistics where its weights are to be used."""
        if self.config.normalise == "imagenet":
            mean, std = (torch.tensor(values, device=faces.device).view(1, -1, 1, 1) for values in _STATISTICS)
            return (faces - mean) / std
        mean = faces.mean(dim=(1, 2, 3), keepdim=True)
        std = faces.std(dim=(1, 2, 3), keepdim=True).clamp_min(_LEAST_CONTRAST)
        return (faces - mean) / std


def trunk_of(config: EmotionConfig) -> Trunk | FaceTrunk | Both:
    """Untrained: of the configured blocks, alone or with the one beside it."""
    own = FaceTrunk(config) if config.block == "basic" else Trunk(config)
    return Both(own, trunk_of(config.beside), config.beside.input_size) if config.beside else own


_STATISTICS: Final = (_IMAGENET_MEAN, _IMAGENET_STD)
