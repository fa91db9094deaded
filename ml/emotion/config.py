"""What fixes the shape of an :class:`~ml.emotion.network.EmotionNet`; stored beside its weights."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

_CONFIGS = Path(__file__).with_name("configs")


@dataclass(frozen=True, kw_only=True)
class EmotionConfig:
    """Sizes of one network. `width` is the stem's channel count: 64 is the published ResNet-50, 32 half of it.

    `block` "basic" is the trunk of dlib's face recognition (:mod:`ml.emotion.face_trunk`).
    `planes` are the blocks' inner widths in their order, where pruning made them other than `width` says; else empty.
    `beside` is a second trunk, which reads the same face resized to its own `input_size` (:mod:`ml.emotion.both`).
    """

    name: str
    input_size: int
    channels: Literal[1, 3]
    width: int
    stem: Literal["7x7-pool", "3x3"]
    blocks: tuple[int, int, int, int] = (3, 4, 6, 3)
    attention_stages: tuple[int, ...] = (2, 3)
    lstm_size: int = 64
    normalise: Literal["face", "imagenet"] = "face"
    planes: tuple[int, ...] = ()
    block: Literal["bottleneck", "basic"] = "bottleneck"
    beside: "EmotionConfig | None" = None

    def __post_init__(self) -> None:
        if self.beside and (self.beside.normalise, self.beside.channels) != (self.normalise, self.channels):
            raise ValueError("two trunks side by side want faces normalised alike, and as many channels")
        if self.planes and len(self.planes) != sum(self.blocks):
            raise ValueError(f"{sum(self.blocks)} blocks need as many inner widths, not {len(self.planes)}")

    @property
    def features(self) -> int:
        """Length of the pooled feature vector: the last stage's channels (2048 at width 64 with bottlenecks)."""
        own = self.width * 8 * (4 if self.block == "bottleneck" else 1)
        return own + (self.beside.features if self.beside else 0)

    @property
    def attention_maps(self) -> tuple[str, ...]:
        """The stage that each attention map follows, in the network's order; a second trunk's with its name."""
        theirs = [f"{stage} of {self.beside.name}" for stage in self.beside.attention_maps] if self.beside else []
        return (*map(str, self.attention_stages), *theirs)

    def stage_planes(self, stage: int) -> tuple[int, ...]:
        """The inner widths of the blocks of one stage, 1 to 4."""
        depth, first = self.blocks[stage - 1], sum(self.blocks[: stage - 1])
        return self.planes[first : first + depth] or (self.width * 2 ** (stage - 1),) * depth

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Read what :meth:`to_json` wrote, also with fewer fields. An unknown one raises TypeError."""
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
        }
        if known.get("beside"):
            known["beside"] = cls.from_dict(known["beside"])
        return cls(**known)


def load_config(name: str) -> EmotionConfig:
    """A configuration that ships as data: cpu, whose weights ship, cpu-quarter, resnet50-224, face, teacher.

    Raises:
        FileNotFoundError: no configuration of that name.
    """
    return EmotionConfig.from_dict(json.loads((_CONFIGS / f"{name}.json").read_text(encoding="utf-8")))
