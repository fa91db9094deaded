"""Clips through the frozen trunk, and the LSTM along them."""

from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from ml.emotion.data.faceset import FaceSet
from ml.emotion.network import EmotionNet
from ml.emotion.temporal import TemporalState
from ml.emotion.training.clips import Clips, make_clips


@dataclass(frozen=True)
class Seen:
    """Clips through the frozen trunk: `features` (N, T, F) and `logits` (N, T, 7); their frames are let go.

    `changing` (N, T) as the clips say it, each by its own fade.
    """

    clips: Clips
    features: Tensor
    logits: Tensor
    changing: Tensor

    @classmethod
    def of(cls, parts: "list[Seen]") -> Self:
        """All of them as one; the fade of `clips` means nothing then."""
        clips = Clips(
            torch.cat([part.clips.frames for part in parts]),
            torch.cat([part.clips.targets for part in parts]),
            torch.cat([part.clips.change for part in parts]),
            torch.cat([part.clips.turns for part in parts]),
        )
        features, logits = torch.cat([part.features for part in parts]), torch.cat([part.logits for part in parts])
        return cls(clips, features, logits, torch.cat([part.changing for part in parts]))


@torch.no_grad()
def see(model: EmotionNet, faces: FaceSet, count: int, random: torch.Generator, *, fade: int) -> Seen:
    """`count` clips of the faces, through the frozen trunk."""
    stills = torch.from_numpy(faces.images).float().div(255).unsqueeze(1)
    clips = make_clips(
        stills, torch.from_numpy(faces.soft_targets()), count, model.config.input_size, random, fade=fade
    )
    parts: list[Tensor] = []
    for batch in torch.split(clips.frames.flatten(0, 1), 128):
        wide = batch.expand(-1, model.config.channels, -1, -1).contiguous(memory_format=torch.channels_last)
        parts.append(model.features(wide)[0])
    features = torch.cat(parts).view(*clips.frames.shape[:2], -1)
    return Seen(replace(clips, frames=clips.frames[:, :0]), features, model.head(features), clips.changing)


def unroll(model: EmotionNet, seen: Seen, rows: Tensor | None = None) -> Tensor:
    """(N, T, 7) logits of the clips in `rows` (all when None), each frame in the light of those before."""
    features, logits = (x if rows is None else x[rows] for x in (seen.features, seen.logits))
    state = TemporalState.fresh(len(features), model.config.lstm_size)
    answers: list[Tensor] = []
    for frame in range(features.shape[1]):
        answer, state = model.temporal(features[:, frame], logits[:, frame], state)
        answers.append(answer)
    return torch.stack(answers, dim=1)
