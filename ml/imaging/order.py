"""What a painter is asked for and what it gives; free of torch, so that whoever only asks does not load it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ml.safety.verdict import SafePrompt

OnStep: TypeAlias = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""
WordPairs: TypeAlias = tuple[tuple[str, str], ...]
"""Words of a prompt, each with the known word that it is read as."""


@dataclass(frozen=True, slots=True)
class Order:
    """One picture that is wanted. `steps` and `guidance` are the profile's where None; no `organisation`, no adapter.

    `look` is the seed of what this picture shares with others of the same patient; None shares nothing. `nearby` are
    words that a painter of few words does not know, each with the one of its own that means nearly the same. `start`,
    (side, side, 3) RGB bytes, is the picture that this one goes on from: a painter that can begins as it.

    Raises:
        TypeError: the prompt was not judged.
    """

    prompt: SafePrompt
    seed: int
    steps: int | None = None
    guidance: float | None = None
    organisation: str | None = None
    look: int | None = None
    nearby: WordPairs = ()
    start: npt.NDArray[np.uint8] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.prompt, SafePrompt):
            raise TypeError("an order takes a SafePrompt; ml.safety.text.screen_text makes one")

    @property
    def manner(self) -> tuple[int | None, float | None, str | None, bool]:
        """What orders painted in one batch have in common."""
        return self.steps, self.guidance, self.organisation, self.start is not None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture nobody has judged yet: show it only after `ml.safety.image` allowed it.

    Attributes:
        pixels: (side, side, 3) RGB bytes, side as the profile shows it.
        ms: wall time of the whole call, which a batch shares.
        model: name@sha256[:8] of the weights.
        asked: the words the model was given; differs from the prompt where it reads only its own words.
        unread: words of the prompt that it cannot read.
        alt: what it was asked to show, or None when the model reads any text.
        read_as: words of the prompt that it does not know, each with the one in whose place it was read.
        strength: how much of it is painted anew, as diffusers counts it: 1 where it did not begin as a picture.
    """

    pixels: npt.NDArray[np.uint8]
    ms: int
    model: str
    seed: int
    steps: int
    guidance: float
    asked: str
    unread: tuple[str, ...]
    alt: str | None
    read_as: WordPairs = ()
    strength: float = 1.0
