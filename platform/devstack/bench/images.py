"""The images worker's path, prompt to vetted picture, on one thread in a process of its own, beside the library's.

Each picture is followed by the library's nearest scene, so that a busy machine hits both alike. Then batches, the
painter's process and a bare call of its pipeline are compared (`images_batches`). Last, a stack of its own, from mood
to picture (`images_live`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devstack.bench import images_batches
from devstack.bench.measurement import Measurement, alone, peak_mib, percentiles, timed

if TYPE_CHECKING:
    from ml.imaging.painter import Painter
    from ml.prompting.phrase import Words

PICTURES, LEAST_PICTURES = 12, 2
SIDE = 640
"""Pixels of a library scene as `apps.imagery` shows it."""


@dataclass(slots=True)
class Took:
    """Milliseconds of each step, and how many pictures came through."""

    text_ms: list[float] = field(default_factory=list)
    draw_ms: list[float] = field(default_factory=list)
    image_ms: list[float] = field(default_factory=list)
    library_ms: list[float] = field(default_factory=list)
    shown: int = 0


def measure(minutes: float | None) -> list[Measurement]:
    """About a minute's worth of PICTURES, more or fewer of them in proportion; the whole stack from a minute on."""
    length = minutes or 1.0
    rows = alone(_measure, max(LEAST_PICTURES, round(PICTURES * length)))
    if length < 1.0:
        return rows
    from devstack.bench import images_live

    return [*rows, *images_live.measure(length)]


def _measure(pictures: int) -> list[Measurement]:
    import torch

    from ml.imaging.painter import Painter

    torch.set_num_threads(1)
    painter = Painter.load()
    _warm_up(painter)
    took = Took()
    for seed, words in enumerate(_prompts(pictures)):
        _paint(painter, words, seed, took)
    return [*_rows(took, painter.model), *images_batches.measure(painter, max(1, pictures // 2))]


def _warm_up(painter: "Painter") -> None:
    from ml.safety.image import screen_image
    from ml.safety.text import screen_text
    from ml.safety.verdict import SafePrompt

    prompt = screen_text("a lake at dawn")
    if isinstance(prompt, SafePrompt):
        screen_image(painter.draw(prompt, seed=0, steps=1).pixels)


def _prompts(pictures: int) -> Iterator["Words"]:
    """Templates from all over the library, in every style."""
    from ml.prompting.library import templates
    from ml.prompting.phrase import STYLE_WORDS, words
    from ml.prompting.state import State

    state, styles = State("neutral", season="autumn", day_time="evening"), tuple(STYLE_WORDS)
    ready = [one for one in templates() if one.slots() <= {"season", "day_time"}]  # for a patient with no wishes
    for number in range(pictures):
        template = ready[number * len(ready) // pictures % len(ready)]
        yield words(template, state, styles[number % len(styles)])


def _paint(painter: "Painter", words: "Words", seed: int, took: Took) -> None:
    from ml.safety.image import screen_image
    from ml.safety.text import screen_text
    from ml.safety.verdict import SafeImage, SafePrompt
    from ml.scenes.library import nearest

    prompt, text_ms = timed(screen_text, words.prompt, words.negative)
    took.text_ms.append(text_ms)
    if isinstance(prompt, SafePrompt):
        drawn, draw_ms = timed(painter.draw, prompt, seed=seed)
        image, image_ms = timed(screen_image, drawn.pixels)
        took.draw_ms.append(draw_ms)
        took.image_ms.append(image_ms)
        took.shown += isinstance(image, SafeImage)
    took.library_ms.append(timed(nearest(words.scene).pixels, SIDE, SIDE)[1])


def _rows(took: Took, weights: str) -> list[Measurement]:
    drawn = len(took.draw_ms)
    share = f"{took.shown} of {drawn} drawn; {len(took.text_ms) - drawn} prompts refused"
    return [
        *percentiles("text safety", took.text_ms, f"{len(took.text_ms)} prompts, 1 thread"),
        *percentiles("drawing", took.draw_ms, f"{drawn} pictures, 1 thread", p95=4000),
        *percentiles("image safety", took.image_ms),
        *percentiles(f"a vetted scene at {SIDE}×{SIDE}", took.library_ms, "the library's, for comparison"),
        Measurement("pictures that safety let through", 100 * took.shown / max(1, drawn), "%", share),
        Measurement("memory of the process, at most", peak_mib(), "MiB", weights),
    ]
