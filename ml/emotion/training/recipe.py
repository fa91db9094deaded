"""How a run is trained, as a function of its progress (0 at the start, 1 at the end); stored in each checkpoint."""

import json
import math
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, Self, get_args

from ml.emotion.training.augment import Augmentation

Optimiser = Literal["sgd", "adamw", "adam"]
OPTIMISERS: Final[tuple[Optimiser, ...]] = get_args(Optimiser)
Teach = Literal["each", "once"]
TEACH: Final[tuple[Teach, ...]] = get_args(Teach)

_RECIPES: Final = Path(__file__).with_name("recipes")
_UNSTATED: Final[dict[str, Any]] = {"logit_adjustment": 0.0, "hide": 0.0, "teach": "each"}
_UNSTATED_FACES: Final = {"gamma": 0.0, "noise": 0.0, "soften": 0.0}
"""What a recipe stored before these existed did without, whatever their defaults are today."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A one-cycle rate, progressive resizing and an average of the weights; or a constant rate and none of these.

    SGD with Nesterov momentum ends higher after dozens of epochs; AdamW gets further in the first few. `adam` is Adam
    as published, with its decay in the gradient. `sizes` pairs a progress with the side in pixels trained on from
    there. Mixup stops at `mixup_until`, so that the last steps see faces as they are. `logit_adjustment` is τ of Menon
    et al. (Long-tail learning via logit adjustment, 2020): the loss sees logits raised by τ times the log of each
    emotion's share, so that rare emotions are learned as if less rare; 0 is plain cross-entropy. `class_weights` weighs
    each face by how rare its emotion is instead. `labels` are soft where people voted, or hard: the original one alone.
    `distil` is the share of a target that teachers give; they look at `each` step's faces, or `once` at every face and
    its mirror image before the first step, which costs a step nothing. `hide` is the share of the faces of which a
    large part is covered once the teachers have seen them whole: what they say of all of it is learned from the rest.
    `patience`: stop after so many epochs without a lower validation loss; None never stops early. `hold_out` is the
    share of the data that only chooses, stops and calibrates.
    """

    seed: int = 0
    epochs: float = 22.0
    optimiser: Optimiser = "sgd"
    batch: int = 96
    schedule: Literal["one-cycle", "constant"] = "one-cycle"
    peak_rate: float = 0.1
    warm_up: float = 0.15
    momentum: float = 0.9
    weight_decay: float = 5e-4
    average: float = 0.999
    mixup: float = 0.2
    mixup_until: float = 0.7
    labels: Literal["soft", "hard"] = "soft"
    class_weights: bool = False
    logit_adjustment: float = 0.3
    distil: float = 0.0
    teach: Teach = "each"
    hide: float = 0.0
    patience: int | None = None
    sizes: tuple[tuple[float, int], ...] = ((0.0, 32), (0.6, 44))
    augmentation: Augmentation = field(default_factory=Augmentation)
    hold_out: float = 0.1

    def rate(self, progress: float) -> float:
        """One cycle: a tenth of the peak rising linearly, then a cosine down to zero (Smith & Topin, 2017)."""
        if self.schedule == "constant":
            return self.peak_rate
        if progress < self.warm_up:
            return self.peak_rate * (0.1 + 0.9 * progress / self.warm_up)
        along = min(1.0, (progress - self.warm_up) / (1 - self.warm_up))
        return self.peak_rate * (1 + math.cos(math.pi * along)) / 2

    def size(self, progress: float) -> int:
        return [size for start, size in self.sizes if progress >= start][-1]

    def mixup_at(self, progress: float) -> float:
        return self.mixup if progress < self.mixup_until else 0.0

    def averaging(self, step: int) -> float:
        """Decay of the weights' moving average; short at first, so that the random start is soon forgotten."""
        return min(self.average, (1 + step) / (10 + step))

    def fitted_to(self, side: int) -> Self:
        """The same with its sizes in proportion, the last one `side` pixels."""
        last = self.sizes[-1][1]
        return replace(self, sizes=tuple((start, round(size * side / last)) for start, size in self.sizes))

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Read what :meth:`to_dict` wrote, also after JSON made lists of its tuples, also before fields were added."""
        known = _UNSTATED | fields
        known["sizes"] = tuple((float(start), int(size)) for start, size in known["sizes"])
        known["augmentation"] = Augmentation(**(_UNSTATED_FACES | known["augmentation"]))
        return cls(**known)


def load_recipe(name: str) -> Recipe:
    """``best``, the defaults above, or one that ships as data.

    ``paper`` is the row of the paper that Attune follows, ``wide-first`` and ``wide-second`` what the weights that ship
    were trained by, one after the other, ``first`` what those before them were.

    Raises:
        FileNotFoundError: no recipe of that name.
    """
    if name == "best":
        return Recipe()
    return Recipe.from_dict(json.loads((_RECIPES / f"{name}.json").read_text(encoding="utf-8")))
