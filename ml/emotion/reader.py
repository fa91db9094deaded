"""The one call that the frames worker makes: JPEG frames of several sessions in, readings out, as one batch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from ml.emotion.abstain import Bar, Reason, unfit
from ml.emotion.engine import Engine, engine_for
from ml.emotion.fold import folded
from ml.emotion.network import EmotionNet
from ml.emotion.packing import Memory, StaleState, fresh, pack, unpack
from ml.emotion.read import read_both
from ml.emotion.stored import load_network
from ml.emotion.temporal import TemporalState
from ml.engine.precision import hold_single
from ml.faces.align import aligned
from ml.faces.detector import Face
from ml.faces.jpeg import decode
from ml.faces.jpeg_header import BadFrame
from ml.faces.likeness.watch import watched
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
    engine: Engine
    weights: str
    bar: Bar

    @classmethod
    def load(cls, folder: Path | None = None, bar: Bar | None = None, *, device: str = "cpu") -> Self:
        """With the emotion weights that ship, or those in `folder`; all networks on `device`, torch's name of one.

        Raises:
            WeightsMissing, WeightsAltered
        """
        hold_single(device)
        weights = shelf.take("emotion", folder=folder)
        model = folded(load_network(weights)).to(device)
        return cls(FaceNets.load(device), model, engine_for(model), weights.label, bar or Bar())

    def warm_up(self) -> None:
        """Run detector and emotion network once: the first use of each costs many times a later one."""
        follow([np.zeros((480, 640, 3), np.uint8)], [None], self.nets)
        config = self.model.config
        face = torch.zeros(1, config.channels, config.input_size, config.input_size)
        read_both(face, TemporalState.fresh(1, config.lstm_size), self.model, self.engine)

    def read(self, frames: Sequence[Frame]) -> list[Reading]:
        """Read one frame of each of several sessions. A frame that is no picture is answered, not raised."""
        memories = [self._recall(frame.state) for frame in frames]
        pictures = [_picture(frame.jpeg) for frame in frames]
        seen = {place: picture for place, picture in enumerate(pictures) if picture is not None}
        followed = follow(list(seen.values()), [memories[place].track for place in seen], self.nets)
        readings = [self._blind(memory, "unreadable") for memory in memories]
        sights: list[_Sight] = []
        for place, (face, track) in zip(seen, followed, strict=True):
            memories[place] = replace(memories[place], track=track)
            readings[place] = self._blind(memories[place], "no_face")
            if face is None or track is None:
                continue
            sight = self._sight(place, face, seen[place])
            if sight.poor is None:
                memories[place] = replace(memories[place], track=watched(seen[place], face, track))
            doubt = _doubt(memories[place], sight.poor)
            if doubt is None:
                sights.append(sight)
            else:  # perhaps somebody else's face: it says nothing of the patient, and leaves no trace in their memory
                readings[place] = self._blind(memories[place], doubt, face)
        for place, reading in self._read_faces(sights, memories):
            readings[place] = reading
        return readings

    def unread(self, frame: Frame, reason: Reason = "out_of_memory") -> Reading:
        """What is said of a frame that could not be read, though it may be a picture; the session's memory stays."""
        return self._blind(self._recall(frame.state), reason)

    def _sight(self, place: int, face: Face, picture: NDArray[np.uint8]) -> "_Sight":
        crop = aligned(picture, face, self.model.config.input_size)
        return _Sight(place, face, crop, unfit(crop, face, self.bar))

    def _read_faces(self, sights: list["_Sight"], memories: list[Memory]) -> list[tuple[int, Reading]]:
        """One forward pass for all faces of the batch."""
        if not sights:
            return []
        faces = torch.from_numpy(np.stack([sight.crop for sight in sights])).float().div(255).unsqueeze(1)
        carried = torch.from_numpy(np.stack([memories[sight.place].followed for sight in sights]))
        before = TemporalState.parted(carried, self.model.config.lstm_size)
        faces = self.model.sized(faces)
        alone, smoothed, state = read_both(faces, before, self.model, self.engine)
        after = state.joined().numpy()
        answer: list[tuple[int, Reading]] = []
        for row, sight in enumerate(sights):
            memory = Memory(memories[sight.place].track, after[row])
            answer.append((sight.place, self._reading(sight, alone[row].tolist(), smoothed[row].tolist(), memory)))
        return answer

    def _reading(self, sight: "_Sight", alone: list[float], smoothed: list[float], memory: Memory) -> Reading:
        confidence = max(smoothed)
        reason: Reason | None = sight.poor or ("low_confidence" if confidence < self.bar.least_confidence else None)
        return Reading(
            box=sight.face.box.rounded(),
            detection=sight.face.score,
            emotion=UNCERTAIN if reason else EMOTIONS[smoothed.index(confidence)],
            confidence=confidence,
            probabilities=tuple(alone),
            smoothed=tuple(smoothed),
            reason=reason,
            state=pack(memory, self._name),
        )

    def _blind(self, memory: Memory, reason: Reason, face: Face | None = None) -> Reading:
        return Reading(
            box=face.box.rounded() if face else None,
            detection=face.score if face else 0.0,
            emotion=UNCERTAIN,
            confidence=0.0,
            probabilities=None,
            smoothed=None,
            reason=reason,
            state=pack(memory, self._name),
        )

    def _recall(self, state: bytes | None) -> Memory:
        count = TemporalState.numbers(self.model.config.lstm_size)
        if state is None:
            return fresh(count)
        try:
            return unpack(state, self._name, count)
        except StaleState:
            return fresh(count)

    @property
    def _name(self) -> bytes:
        return self.weights.rpartition("@")[2].encode()[:8].ljust(8, b"\0")


def _picture(jpeg: bytes) -> NDArray[np.uint8] | None:
    try:
        return decode(jpeg)
    except BadFrame:
        return None


@dataclass(frozen=True)
class _Sight:
    """The own face of frame `place`: its aligned crop, and why it can't be named, if it can't."""

    place: int
    face: Face
    crop: NDArray[np.uint8]
    poor: Reason | None


def _doubt(memory: Memory, poor: Reason | None) -> Reason | None:
    """Why a face should not be read because it may be somebody else's."""
    known = memory.track.known if memory.track else None
    if known is None or not known.is_doubted:
        return None
    return "another_face" if known.is_another else poor or "unfamiliar_face"
