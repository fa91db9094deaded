"""The painter's service and the safety layers around it, once a process."""

import atexit
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Final

from django.conf import settings

from apps.imagery import scheduling
from apps.imagery.tasks import judging, reading, several
from ml.safety.verdict import Refusal, SafeImage, SafePrompt

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ml.imaging.order import Drawn, WordPairs
    from ml.imaging.serving.service import Coming, PaintingService
    from ml.safety.against import Against

_PAINT_SEEDS: Final = 2**31
# What the painter's process may see of the environment: it needs no key and no database.
_SEEN: Final = (
    "PATH", "HOME", "LANG", "LC_", "TZ", "TMPDIR", "LD_", "OMP_", "MKL_", "OPENBLAS_", "NUMEXPR_", "CUDA_", "NVIDIA_",
    "HIP_", "TORCH", "PYTORCH_", "HF_", "TRANSFORMERS_", "DIFFUSERS_", "XDG_", "PYTHONUNBUFFERED",
)  # fmt: skip
_COMING: "ContextVar[Coming | None]" = ContextVar("attune_picture_coming", default=None)
_judging: Final = RLock()
"""Safety's models, like the service's making, are one thread's at a time."""


class PainterFailed(Exception):
    """The model is missing or broke while painting; `code` says which, without content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Cancelled(Exception):
    """Nobody waits for this picture any more; `reason` is the code of why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture that may be shown, and how it was painted."""

    image: SafeImage
    drawn: "Drawn"
    quality: dict[str, float] = field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()  # what was painted beside it and may not be shown


@dataclass(frozen=True, slots=True)
class Declined:
    """What the safety layers refused: the "prompt", or each "picture" that was painted of it."""

    what: str
    refusals: tuple[Refusal, ...]


def paint(
    prompt: str,
    negative: str,
    seed: int,
    on_step: Callable[[int, int], None],
    against: "Against",
    look: int | None = None,
    once: bool = False,
    start: "npt.NDArray[np.uint8] | None" = None,
) -> tuple[SafePrompt, Painted] | Declined:
    """Judge the prompt, paint it, perhaps together with others', judge the picture; show the best of those allowed.

    May be called by many threads. More than one picture is painted only while time allows and nobody else waits.

    Args:
        against: what the picture is judged against.
        look: a number of the patient's: their pictures share a part of what they begin as.
        once: paint one picture of just this seed, and choose between none.
        start: the picture that this one goes on from.
        on_step: called with (steps done, steps in all), again now and then while nothing changes, (0, 0) at first.

    Raises:
        PainterFailed: no picture; show one of the library.
        Cancelled: as raised by `on_step`.
    """
    from ml.safety.text import screen_text

    with _judging:
        _install()
        safe = screen_text(prompt, negative)
        if isinstance(safe, Refusal):
            return Declined("prompt", (safe,))
        near = reading.nearby(safe, against)
    found = several.best(
        lambda number: _one(partial(_draw, safe, near, seed + number, look, on_step, start), against),
        lambda painted: (painted.drawn.pixels, painted.drawn.asked),
        lambda: once or service().others_wait or scheduling.due().exists(),
        PainterFailed,
    )
    if found.best is None:
        return Declined("picture", tuple(found.refused))
    return safe, replace(found.best, quality=found.scores, refused=tuple(found.refused))


def _one(draw: Callable[[], "Drawn"], against: "Against") -> tuple[Painted | None, Refusal | None]:
    """One picture, or why it may not be shown. Raises as `paint`."""
    from ml.safety.image import screen_image

    drawn = draw()
    with _judging:
        image = screen_image(drawn.pixels, against)
    return (None, image) if isinstance(image, Refusal) else (Painted(image, drawn), None)


@contextmanager
def coming(begin_by: float) -> Iterator[None]:
    """What this thread may paint is announced, so that others who paint wait a little for it.

    Args:
        begin_by: by `time.monotonic`; a picture that is not begun by then fails as "late".
    """
    try:
        serving = service()
    except PainterFailed:  # as `paint` will say, within the job's claim, where it leaves the patient a vetted scene
        yield
        return
    announced = serving.announce(begin_by)
    token = _COMING.set(announced)
    try:
        yield
    finally:
        _COMING.reset(token)
        serving.withdraw(announced)


def most_together() -> int:
    """How many pictures are painted together at most."""
    from ml.imaging.serving.limits import limits_of

    return limits_of(settings.ATTUNE_PAINTER_DEVICE).largest


def warm_up() -> str:
    """Start the painter and load each safety layer's model. Gives the name of the painter's weights."""
    from ml.safety.against import Against
    from ml.safety.image import screen_image
    from ml.safety.text import screen_text
    from ml.scenes.library import entries
    from ml.vocabulary import TECHNIQUES

    with _judging:
        _install()
        several.scorer()
        if isinstance(safe := screen_text("a lake at dawn"), SafePrompt):
            reading.nearby(safe, Against())
    screen_image(entries()[0].pixels(128, 128), Against(TECHNIQUES[0]))
    return service().start()


def close() -> None:
    """End the painter, if this process has one."""
    with _judging:
        if _service.cache_info().currsize:
            _service().close()
            _service.cache_clear()


def service() -> "PaintingService":
    """The one that paints for this process; its painter is started by the first order."""
    with _judging:
        return _service()


@cache
def _service() -> "PaintingService":
    from ml.imaging.order import Order
    from ml.imaging.serving.messages import Recipe
    from ml.imaging.serving.process import PainterProcess
    from ml.imaging.serving.service import PaintingService
    from ml.safety.text import screen_text

    allowed = screen_text("a lake at dawn", "")
    recipe = Recipe(
        profile=settings.ATTUNE_PAINTER,
        folder=Path(settings.ATTUNE_PAINTER_FOLDER) if settings.ATTUNE_PAINTER_FOLDER else None,
        device=settings.ATTUNE_PAINTER_DEVICE,
        threads=settings.ATTUNE_PAINTER_THREADS,
        warm_up=Order(allowed, seed=0) if isinstance(allowed, SafePrompt) else None,
        unseen=_install(),
        acceleration=settings.ATTUNE_PAINTER_ACCELERATION,
        adapters=Path(settings.ATTUNE_ADAPTER_FOLDER) if settings.ATTUNE_ADAPTER_FOLDER else None,
    )
    atexit.register(close)
    seen = {name: value for name, value in os.environ.items() if name.startswith(_SEEN)}
    return PaintingService(PainterProcess(recipe, seen))


def _install() -> tuple[str, ...]:
    """What nothing here can judge. A setting that names what is not there leaves the patient a vetted scene."""
    try:
        return judging.unjudged()
    except Exception as error:  # noqa: BLE001 -- fails closed: nothing is painted that cannot be judged as was set
        raise PainterFailed(type(error).__name__) from None


def _draw(
    safe: SafePrompt, near: "WordPairs", seed: int, look: int | None, on_step: Callable[[int, int], None],
    start: "npt.NDArray[np.uint8] | None",
) -> "Drawn":  # fmt: skip
    from ml.imaging.order import Order
    from ml.imaging.serving.process import PaintingFailed

    try:
        whose = settings.ATTUNE_ORGANISATION or None
        theirs = None if look is None else look % _PAINT_SEEDS
        order = Order(safe, seed % _PAINT_SEEDS, organisation=whose, look=theirs, nearby=near, start=start)
        return service().draw(order, coming=_COMING.get(), on_step=on_step)
    except PaintingFailed as failed:
        raise PainterFailed(failed.code) from None
