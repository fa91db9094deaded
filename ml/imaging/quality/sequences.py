"""Measure image-to-image in sequences whose weather clears: does the place stay, and is the weather the one asked for?

Example:
    python -m ml.imaging.quality.sequences --sequences 40 --strengths 0,0.4,0.5
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from ml.imaging.quality.consistency import structure
from ml.imaging.quality.kinship import mean_between
from ml.scenes.sheet import webp
from ml.scenes.spec import SceneSpec, sample

if TYPE_CHECKING:
    from ml.imaging.painter import Painter
    from ml.imaging.probe.reader import Probe

Pixels = npt.NDArray[np.uint8]
CLEARS: Final = ("rain", "misty", "clear")
"""A sequence's weather, picture by picture."""
_SMALL, _GAP = (160, 160), 6


def sequences(number: int, seed: int) -> list[list[SceneSpec]]:
    """So many places, each in the weather of `CLEARS`."""
    rng = np.random.default_rng(seed)
    return [[replace(place, weather=weather) for weather in CLEARS] for place in (sample(rng) for _ in range(number))]


def painted(painter: "Painter", scenes: Sequence[SceneSpec], seed: int) -> tuple[list[Pixels], list[int]]:
    """A sequence as one patient sees it, each picture over the one before; milliseconds of all but the first."""
    from ml.imaging.order import Order
    from ml.prompting.phrase import head
    from ml.safety.text import screen_text
    from ml.safety.verdict import SafePrompt

    pictures, took = list[Pixels](), list[int]()
    for number, scene in enumerate(scenes):
        said = screen_text(head(scene), "")
        assert isinstance(said, SafePrompt), "the captions' own words are safe"  # noqa: S101 -- an invariant
        order = Order(said, seed + number, look=seed, start=pictures[-1] if pictures else None)
        [drawn] = painter.draw_many([order])
        pictures.append(drawn.pixels)
        took.append(drawn.ms)
    return pictures, took[1:]


def alike(one: Pixels, other: Pixels) -> float:
    """Correlation, in [-1, 1], of how light two pictures are from place to place."""
    return float(np.corrcoef(one.mean(axis=2).ravel(), other.mean(axis=2).ravel())[0, 1])


def measure(painter: "Painter", probe: "Probe", places: Sequence[Sequence[SceneSpec]], seed: int) -> dict[str, Any]:
    """Of the pictures that follow another: the probe's kind and weather, likeness to the one before, and time.

    `least` is the smallest distance (1 - MS-SSIM) between a picture and the next; near 0 it would be a repeat.
    """
    likeness, kind, weather, took, apart = list[float](), list[bool](), list[bool](), list[int](), list[float]()
    for number, scenes in enumerate(places):
        pictures, ms = painted(painter, scenes, seed + number * len(CLEARS))
        read = probe.read(np.stack(pictures[1:]))
        for at, scene in enumerate(scenes[1:]):
            words = read.words(at)
            kind.append(words["kind"] == scene.kind)
            weather.append(words["weather"] == scene.weather)
        likeness.append(float(np.mean([alike(*pair) for pair in zip(pictures[1:], pictures, strict=False)])))
        apart.append(float(structure(np.stack(pictures)).diagonal(offset=1).min()))
        took += ms
    low, high = mean_between(likeness)
    return {
        "strength": painter.profile.strength, "pictures": len(kind), "kind": round(float(np.mean(kind)), 3),
        "weather": round(float(np.mean(weather)), 3), "alike": round(float(np.mean(likeness)), 3),
        "alike_from": round(low, 3), "alike_to": round(high, 3), "least": round(min(apart), 3),
        "median_ms": median(took),
    }  # fmt: skip


def strengths_of(text: str) -> list[float]:
    """Numbers with commas between. Raises argparse.ArgumentTypeError: none, or not from 0 to below 1."""
    try:
        found = [float(one) for one in text.split(",")]
    except ValueError:
        found = []
    if not found or not all(0 <= one < 1 for one in found):
        raise argparse.ArgumentTypeError("numbers from 0 to below 1, with commas between")
    return found


def page(rows: Sequence[Sequence[Pixels]]) -> Image.Image:
    """Sequences one below the other, in two columns, each picture at a small size."""
    strips = [np.hstack([cv2.resize(one, _SMALL, interpolation=cv2.INTER_AREA) for one in row]) for row in rows]
    framed = [np.pad(strip, ((_GAP, _GAP), (_GAP, _GAP), (0, 0)), constant_values=250) for strip in strips]
    framed += [np.full_like(framed[0], 250)] * (len(framed) % 2)
    return Image.fromarray(np.vstack([np.hstack(framed[at : at + 2]) for at in range(0, len(framed), 2)]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 measured or painted, 2 wrong use."""
    from ml.imaging.painter import Painter
    from ml.imaging.probe.reader import Probe

    parser = argparse.ArgumentParser(prog="python -m ml.imaging.quality.sequences", description=__doc__)
    parser.add_argument("--profile", default="embedded", help="which painter of profiles.toml")
    parser.add_argument("--sequences", type=int, default=24)
    parser.add_argument("--strengths", type=strengths_of, default="0,0.3,0.4,0.5", help="0: each picture from noise")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sheet", type=Path, help="write some of them there as a WebP file; nothing is measured")
    options = parser.parse_args(arguments)
    if options.sequences < 1:
        parser.error("one sequence at least")
    torch.set_num_threads(1)
    painter, probe = Painter.load(options.profile, unseen=()), Probe.load()
    places = sequences(options.sequences, options.seed)
    if options.sheet is not None:
        rows = [painted(painter, one, options.seed + at * len(CLEARS))[0] for at, one in enumerate(places)]
        options.sheet.write_bytes(webp(page(rows)))
        return 0
    for strength in options.strengths:
        painter.profile = replace(painter.profile, strength=strength)
        sys.stdout.write(json.dumps(measure(painter, probe, places, options.seed)) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
