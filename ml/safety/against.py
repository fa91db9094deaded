"""What a picture is judged against: what the technique wants of it, and what this patient must not see."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ml.prompting.triggers import canonical
from ml.vocabulary import TECHNIQUES

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Against:
    """`technique` is of `ml.vocabulary.TECHNIQUES`, or None where nobody says; `triggers` are tags or free words."""

    technique: str | None = None
    triggers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a technique that does not exist: nothing would be judged against it."""
        if self.technique not in (None, *TECHNIQUES):
            raise ValueError("unknown technique")
        object.__setattr__(self, "triggers", tuple(sorted(canonical(self.triggers))))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One picture under judgement: (H, W, 3) uint8, and what it is held against."""

    pixels: Pixels
    against: Against = field(default_factory=Against)
