"""An order as a model is asked: in words that it reads."""

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from ml.imaging.order import Order, WordPairs
from ml.scenes.wording import read, say

_ATTRIBUTES: Final = ("kind", "time", "weather", "season", "palette", "style")


@dataclass(frozen=True, slots=True)
class Asked:
    """An order in the words that this model is asked with. `start` is what it begins as; None: noise."""

    prompt: str
    negative: str
    unread: tuple[str, ...]
    alt: str | None
    seed: int
    look: int | None = None
    style: str = ""
    read_as: WordPairs = ()
    start: npt.NDArray[np.uint8] | None = field(default=None, compare=False)


def asked(order: Order, reads: Literal["scenes", "text"], start: npt.NDArray[np.uint8] | None) -> Asked:
    """The order for a model that reads any text, or only the words of `ml.scenes.words`."""
    prompt = order.prompt
    if reads == "text":
        return Asked(prompt.text, prompt.negative, (), None, order.seed, order.look, start=start)
    reading, unwanted = read(prompt.text, dict(order.nearby)), read(prompt.negative)
    wanted = dict(zip(_ATTRIBUTES, reading.spec.words(), strict=True))
    against = {name: word for name, word in unwanted.found.items() if wanted[name] != word}
    return Asked(
        reading.text, say(against), reading.unknown, reading.alt, order.seed, order.look, reading.spec.style,
        reading.read_as, start,
    )  # fmt: skip
