"""The painter and the safety layers around it, loaded once a process."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings

from ml.safety.verdict import Refusal, SafeImage, SafePrompt

if TYPE_CHECKING:
    from ml.imaging.painter import Drawn, Painter

_PAINT_SEEDS: Final = 2**31


class PainterFailed(Exception):
    """The model is missing or broke while painting; `code` says which, without content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Cancelled(Exception):
    """Nobody waits for this picture any more."""


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture that may be shown, and how it was painted."""

    image: SafeImage
    drawn: "Drawn"


@dataclass(frozen=True, slots=True)
class Declined:
    """What a safety layer refused: "prompt" or "picture"."""

    what: str
    refusal: Refusal


def paint(
    prompt: str, negative: str, seed: int, on_step: Callable[[int, int], None]
) -> tuple[SafePrompt, Painted] | Declined:
    """Judge the prompt, paint it, judge the picture.

    Raises:
        PainterFailed: no picture; show one of the library.
        Cancelled: as raised by `on_step`.
    """
    from ml.safety.image import screen_image
    from ml.safety.text import screen_text

    safe = screen_text(prompt, negative)
    if isinstance(safe, Refusal):
        return Declined("prompt", safe)
    drawn = _draw(safe, seed, on_step)
    image = screen_image(drawn.pixels)
    if isinstance(image, Refusal):
        return Declined("picture", image)
    return safe, Painted(image, drawn)


def warm_up() -> str:
    """Load the painter and each safety layer's model. Gives the name of the painter's weights."""
    from ml.safety.image import screen_image
    from ml.safety.text import screen_text
    from ml.scenes.library import entries

    screen_text("a lake at dawn", "")
    screen_image(entries()[0].pixels(128, 128))
    return _painter().model


def _draw(safe: SafePrompt, seed: int, on_step: Callable[[int, int], None]) -> "Drawn":
    try:
        return _painter().draw(safe, seed=seed % _PAINT_SEEDS, on_step=on_step)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever the model's code raises, the patient gets a vetted scene
        _painter.cache_clear()
        raise PainterFailed(type(error).__name__) from None


@cache
def _painter() -> "Painter":
    import torch

    from ml.engine.memory import free
    from ml.imaging.painter import Painter

    free()  # what a painter that failed has left
    torch.set_num_threads(settings.ATTUNE_PAINTER_THREADS)
    folder = Path(settings.ATTUNE_PAINTER_FOLDER) if settings.ATTUNE_PAINTER_FOLDER else None
    return Painter.load(settings.ATTUNE_PAINTER, folder=folder, device=settings.ATTUNE_PAINTER_DEVICE)
