"""The one call that the frames worker makes: JPEG frames of several sessions in, readings out, as one batch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from ml.emotion.abstain import Bar, Reason, unfit
from ml.emotion.fold import folded
from ml.emotion.network import EmotionNet
from ml.emotion.packing import Memory, StaleState, fresh, pack, unpack
from ml.emotion.read import read_both
from ml.emotion.stored import load_network
from ml.emotion.temporal import TemporalState
from ml.faces.align import aligned
from ml.faces.detector import Face
from ml.faces.jpeg import decode
from ml.faces.jpeg_header import BadFrame
from ml.faces.nets import FaceNets
from ml.faces.tracker import follow
from ml.vocabulary import EMOTIONS, UNCERTAIN
from ml.weights import shelf


@dataclass(frozen=True)
class Frame:
    """A session's newest frame, and the state that its last reading gave (None: its first)."""

    jpeg: bytes
    state: bytes | None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one frame says. `box` is x, y, width, height in pixels of the source; seven probabilities in EMOTIONS order.

    `probabilities` is the frame alone, `smoothed` with the session's history; `emotion` and `confidence` are of the
    latter. `reason` says why the emotion is "uncertain". `state` goes with the session's next frame.
    """

    box: tuple[int, int, int, int] | None
    detection: float
    emotion: str
    confidence: float
    probabilities: tuple[float, ...] | None
    smoothed: tuple[float, ...] | None
    reason: Reason | None
    state: bytes


@dataclass(frozen=True)
class EmotionReader:
    """Face and emotion networks, loaded once a process. Stateless between calls: any worker can serve any frame."""

    nets: FaceNets
    model: EmotionNet
    weights: str
    bar: Bar

    @classmethod
    def load(cls, folder: Path | None = None, bar: Bar | None = None) -> Self:
        """With the emotion weights that ship, or those in `folder`.

        Raises:
            WeightsMissing, WeightsAltered
        """
        weights = shelf.take("emotion", folder=folder)
        return cls(FaceNets.load(), folded(load_network(weights)), weights.label, bar or Bar())

    def warm_up(self) -> None:
        """Run detector and emotion network once: the first use of each costs many times a later one."""
        follow([np.zeros((480, 640, 3), np.uint8)], [None], self.nets)
        config = self.model.config
        face = torch.zeros(1, config.channels, config.input_size, config.input_size)
        read_both(face, TemporalState.fresh(1, config.lstm_size), self.model)

    def read(self, frames: Sequence[Frame]) -> list[Reading]:
        """Read one frame of each of several sessions. A frame that is no picture is answered, not raised."""
        memories = [self._recall(frame.state) for frame in frames]
        pictures = [_picture(frame.jpeg) for frame in frames]
        seen = [place for place, picture in enumerate(pictures) if picture is not None]
        shown = [pictures[place] for place in seen]
        followed = follow([p for p in shown if p is not None], [memories[place].track for place in seen], self.nets)
        readings = [self._blind(memory, "unreadable") for memory in memories]
        found: list[tuple[int, Face]] = []
        for place, (face, track) in zip(seen, followed, strict=True):
            memories[place] = replace(memories[place], track=track)
            readings[place] = self._blind(memories[place], "no_face")
            if face is not None:
                found.append((place, face))
        for place, reading in self._read_faces(found, pictures, memories):
            readings[place] = reading
        return readings

    def _read_faces(
        self, found: list[tuple[int, Face]], pictures: list[NDArray[np.uint8] | None], memories: list[Memory]
    ) -> list[tuple[int, Reading]]:
        """One forward pass for all faces of the batch."""
        if not found:
            return []
        side = self.model.config.input_size
        crops = [aligned(picture, face, side) for place, face in found if (picture := pictures[place]) is not None]
        faces = torch.from_numpy(np.stack(crops)).float().div(255).unsqueeze(1)
        hidden = torch.from_numpy(np.stack([memories[place].hidden for place, _ in found]))
        cell = torch.from_numpy(np.stack([memories[place].cell for place, _ in found]))
        faces = faces.expand(-1, self.model.config.channels, -1, -1)
        alone, smoothed, state = read_both(faces, TemporalState(hidden, cell), self.model)
        answer: list[tuple[int, Reading]] = []
        for row, (place, face) in enumerate(found):
            memory = Memory(memories[place].track, state.hidden[row].numpy(), state.cell[row].numpy())
            poor = unfit(crops[row], max(face.box.width, face.box.height), self.bar)
            answer.append((place, self._reading(face, alone[row].tolist(), smoothed[row].tolist(), poor, memory)))
        return answer

    def _reading(
        self, face: Face, alone: list[float], smoothed: list[float], poor: Reason | None, memory: Memory
    ) -> Reading:
        confidence = max(smoothed)
        reason: Reason | None = poor or ("low_confidence" if confidence < self.bar.least_confidence else None)
        return Reading(
            box=face.box.rounded(),
            detection=face.score,
            emotion=UNCERTAIN if reason else EMOTIONS[smoothed.index(confidence)],
            confidence=confidence,
            probabilities=tuple(alone),
            smoothed=tuple(smoothed),
            reason=reason,
            state=pack(memory, self._name),
        )

    def _blind(self, memory: Memory, reason: Reason) -> Reading:
        return Reading(
            box=None,
            detection=0.0,
            emotion=UNCERTAIN,
            confidence=0.0,
            probabilities=None,
            smoothed=None,
            reason=reason,
            state=pack(memory, self._name),
        )

    def _recall(self, state: bytes | None) -> Memory:
        size = self.model.config.lstm_size
        if state is None:
            return fresh(size)
        try:
            return unpack(state, self._name, size)
        except StaleState:
            return fresh(size)

    @property
    def _name(self) -> bytes:
        return self.weights.rpartition("@")[2].encode()[:8].ljust(8, b"\0")


def _picture(jpeg: bytes) -> NDArray[np.uint8] | None:
    try:
        return decode(jpeg)
    except BadFrame:
        return None
