"""How a run is trained, as a function of its progress (0 at the start, 1 at the end); stored in each checkpoint."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from ml.emotion.augment import Augmentation


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A one-cycle rate, progressive resizing and an average of the weights.

    SGD with Nesterov momentum ends higher after dozens of epochs; AdamW gets further in the first few.
    `sizes` pairs a progress with the side in pixels trained on from there. Mixup stops at `mixup_until`, so that the
    last steps see faces as they are. `hold_out` is the share of the data that only chooses, stops and calibrates.
    """

    seed: int = 0
    optimiser: Literal["sgd", "adamw"] = "sgd"
    batch: int = 96
    peak_rate: float = 0.1
    warm_up: float = 0.15
    momentum: float = 0.9
    weight_decay: float = 5e-4
    average: float = 0.998
    mixup: float = 0.2
    mixup_until: float = 0.7
    sizes: tuple[tuple[float, int], ...] = ((0.0, 32), (0.5, 44))
    augmentation: Augmentation = field(default_factory=Augmentation)
    hold_out: float = 0.1

    def rate(self, progress: float) -> float:
        """One cycle: a tenth of the peak rising linearly, then a cosine down to zero (Smith & Topin, 2017)."""
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

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Read what :meth:`to_dict` wrote, also after JSON made lists of its tuples."""
        known = dict(fields)
        known["sizes"] = tuple((float(start), int(size)) for start, size in known["sizes"])
        known["augmentation"] = Augmentation(**known["augmentation"])
        return cls(**known)
