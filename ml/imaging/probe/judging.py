"""Asks the painter for combinations that it never saw, and the probe for what came out."""

import logging
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch

from ml.imaging.painter import Painter
from ml.imaging.probe.distance import distances, nearest_pair
from ml.imaging.probe.pictures import Pixels, as_tensor, held_out_specs, renders
from ml.imaging.probe.reader import Probe, Reading
from ml.imaging.probe.share import Share
from ml.safety.text import screen_text
from ml.safety.verdict import SafePrompt
from ml.scenes.captions import ATTRIBUTES
from ml.scenes.spec import SceneSpec
from ml.scenes.wording import say

COMPARED: Final = 64
"""So many pictures are compared pair by pair, and stand on the sheet."""
FLOORS: Final = {"kind": 0.9, "time": 0.9, "weather": 0.8, "palette": 0.8}
"""Shares right below which the painter is not good enough."""
log = logging.getLogger(__name__)


class NothingDrawn(Exception):
    """Text safety refused every prompt. Retrying won't help: the message names why."""


@dataclass(frozen=True)
class Drawings:
    """What was asked and what came out: (N, SIDE, SIDE, 3) bytes, brought down from the size that people see.

    `refused`: for each prompt that text safety refused, why.
    """

    specs: list[SceneSpec]
    pixels: Pixels
    refused: tuple[str, ...]


def asked(spec: SceneSpec) -> str:
    """A prompt that says all six attributes in the plainest words."""
    return say(dict(zip(ATTRIBUTES, spec.words(), strict=True)))


def draw(painter: Painter, specs: list[SceneSpec]) -> Drawings:
    """One picture a scene, with the scene's seed; as the model paints it, not screened afterwards.

    A prompt that text safety refuses is left out and counted.

    Raises:
        NothingDrawn: it refused them all.
    """
    done: list[SceneSpec] = []
    pictures: list[Pixels] = []
    refused: list[str] = []
    for number, spec in enumerate(specs):
        prompt = screen_text(asked(spec))
        if isinstance(prompt, SafePrompt):
            done.append(spec)
            pictures.append(_small(painter.draw(prompt, seed=spec.seed).pixels))
        else:
            refused.append(prompt.verdict.reason)
        if number % 50 == 49:
            log.info("%d of %d drawn", number + 1, len(specs))
    if not done:
        raise NothingDrawn(f"no prompt was allowed: {', '.join(sorted(set(refused)))}")
    return Drawings(done, np.stack(pictures), tuple(refused))


def _small(pixels: Pixels) -> Pixels:
    small = as_tensor(pixels[None])[0].permute(1, 2, 0).numpy()
    return np.asarray(np.clip(small * 255.0 + 0.5, 0, 255), np.uint8)


def right(reading: Reading, specs: list[SceneSpec]) -> dict[str, Share]:
    """How often each attribute is what was asked for."""
    read = [reading.words(row) for row in range(len(specs))]
    return {
        name: Share(sum(words[name] == spec.words()[at] for words, spec in zip(read, specs, strict=True)), len(specs))
        for at, name in enumerate(ATTRIBUTES)
    }


def apart(pixels: Pixels, floor: float | None = None) -> dict[str, Any]:
    """The smallest and the median distance of all pairs of the first pictures, and which pair is nearest.

    `floor`: how far any two must be apart, for "met" and how many lie "below".
    """
    pictures = as_tensor(pixels[:COMPARED])
    if len(pictures) < 2:
        return {"measure": "1 - MS-SSIM", "pictures": len(pictures), "smallest": None}
    table = distances(pictures).round(decimals=4)
    one, other, smallest = nearest_pair(table)
    pairs = table[torch.triu(torch.ones_like(table), 1) > 0]
    facts = {
        "measure": "1 - MS-SSIM", "pictures": len(pictures), "pairs": len(pairs), "smallest": round(smallest, 4),
        "median": round(float(pairs.median()), 4), "nearest": [one, other],
    }  # fmt: skip
    if floor is None:
        return facts
    near = int((pairs < np.float32(floor)).sum())
    return {**facts, "floor": floor, "below": near, "met": not near}


def judge(painter: Painter, probe: Probe, count: int, seed: int) -> tuple[dict[str, Any], Drawings, Reading]:
    """The verdict as JSON's own types, the drawings, and what the probe read in them.

    No two pictures may be nearer to each other than the nearest two renders of the same scenes: a desert and a meadow
    in mist are near each other whoever draws them, and only a painter that repeats itself comes nearer than that.
    """
    drawings = draw(painter, held_out_specs(count, seed))
    reading = probe.read(drawings.pixels)
    shown = renders(drawings.specs)
    rendering = probe.read(shown)
    rendered, spread = right(rendering, drawings.specs), apart(shown)
    facts = {
        "model": painter.model, "probe": probe.label, "prompts": count, "seed": seed, "refused": len(drawings.refused),
        "combinations": len({spec.words()[:3] for spec in drawings.specs}),
        "attributes": {
            name: {"drawn": share.facts, "rendered": rendered[name].facts, **_against(name, share)}
            for name, share in right(reading, drawings.specs).items()
        },
        "weather_outdoors": {"drawn": outdoors(reading, drawings.specs).facts,
                             "rendered": outdoors(rendering, drawings.specs).facts},
        "kinds": by_kind(reading, drawings.specs),
        "distance": apart(drawings.pixels, floor=spread["smallest"]), "distance_rendered": spread,
    }  # fmt: skip
    return facts, drawings, reading


def outdoors(reading: Reading, specs: list[SceneSpec]) -> Share:
    """How often the weather is what was asked, rooms left out: there it hardly shows, in renders either."""
    rows = [row for row, spec in enumerate(specs) if spec.kind != "room"]
    return Share(sum(reading.words(row)["weather"] == specs[row].weather for row in rows), len(rows))


def by_kind(reading: Reading, specs: list[SceneSpec]) -> dict[str, dict[str, float]]:
    """How often each kind of place came out as that kind."""
    shares: dict[str, dict[str, float]] = {}
    for kind in sorted({spec.kind for spec in specs}):
        rows = [row for row, spec in enumerate(specs) if spec.kind == kind]
        shares[kind] = Share(sum(reading.words(row)["kind"] == kind for row in rows), len(rows)).facts
    return shares


def _against(name: str, share: Share) -> dict[str, Any]:
    floor = FLOORS.get(name)
    return {} if floor is None else {"floor": floor, "met": share.value >= floor}
