"""What the worker and its painter's process say to each other, as pickles over a socket that nobody else has."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ml.imaging.order import Drawn, Order


@dataclass(frozen=True, slots=True)
class Recipe:
    """Which painter the process loads.

    Attributes:
        warm_up: an order to paint before it is ready, where one was allowed.
        unseen: what no layer of the worker, which judges the pictures, can see.
        acceleration: how the model runs, over its profile.
        adapters: a folder with one for each organisation.
    """

    profile: str
    folder: Path | None
    device: str
    threads: int
    warm_up: Order | None
    unseen: tuple[str, ...]
    acceleration: str = ""
    adapters: Path | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """Loaded and warm. Bytes that are free on its device, and that one more picture takes."""

    model: str
    pid: int
    free: int
    picture: int


@dataclass(frozen=True, slots=True)
class Unable:
    """It could not load: the exception's class, and no more."""

    code: str


@dataclass(frozen=True, slots=True)
class Paint:
    """Orders to paint as one batch."""

    batch: int
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nobody waits for any picture of this batch."""

    batch: int


@dataclass(frozen=True, slots=True)
class Step:
    """So many steps of a batch are done."""

    batch: int
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class Painted:
    """The pictures of a batch in the orders' order; none where it was cancelled."""

    batch: int
    pictures: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A batch that came to nothing: the exception's class, and no more."""

    batch: int
    code: str


FromPainter: TypeAlias = Ready | Unable | Step | Painted | Failed
ToPainter: TypeAlias = Recipe | Paint | Cancel
