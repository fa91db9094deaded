"""Measure how alike the pictures of one sitting are, where a sitting is a sequence: the same prompts for every patient.

For each place, every patient is painted the same sequence in a style of their own. The distance by the tiny CLIP
between the pictures of one patient is held against that between the pictures of two.

Example:
    python -m ml.imaging.quality.sittings --clip ml/weights/clip --places 12 --strengths 0,0.5
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ml.imaging.quality.consistency import LEAST, angles, structure, vectors
from ml.imaging.quality.kinship import kinship, mean_between
from ml.imaging.quality.sequences import painted, sequences, strengths_of
from ml.scenes.spec import STYLES, SceneSpec

if TYPE_CHECKING:
    from ml.imaging.painter import Painter


def measure(painter: "Painter", places: Sequence[Sequence[SceneSpec]], clip: Path, seed: int) -> dict[str, Any]:
    """Mean over the places of within / between, with the interval of places drawn again, and the nearest two of all."""
    ratios, least, least_structure = list[float](), list[float](), list[float]()
    for number, scenes in enumerate(places):
        pictures = []
        for patient, style in enumerate(STYLES):
            own = [replace(scene, style=style) for scene in scenes]
            pictures += painted(painter, own, seed + (number * len(STYLES) + patient) * len(scenes))[0]
        shown = np.stack(pictures)
        found = kinship(angles(vectors(shown, clip)), len(STYLES))
        ratios.append(found.ratio)
        least.append(found.least)
        least_structure.append(kinship(structure(shown), len(STYLES)).least)
    low, high = mean_between(ratios)
    return {
        "model": painter.model, "strength": painter.profile.strength, "places": len(places), "patients": len(STYLES),
        "ratio": round(float(np.mean(ratios)), 3), "ratio_from": round(low, 3),
        "ratio_to": round(high, 3), "least": {"clip": round(min(least), 3), "structure":
        round(min(least_structure), 3)}, "bars": LEAST,
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 measured, 1 two pictures of one sitting lie nearer than they may, 2 wrong use."""
    from ml.imaging.painter import Painter

    parser = argparse.ArgumentParser(prog="python -m ml.imaging.quality.sittings", description=__doc__)
    parser.add_argument("--profile", default="embedded", help="which painter of profiles.toml")
    parser.add_argument("--clip", type=Path, required=True, help="a folder with the tiny CLIP")
    parser.add_argument("--places", type=int, default=12)
    parser.add_argument("--strengths", type=strengths_of, default=None, help="in place of the profile's; 0: from noise")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    if options.places < 1:
        parser.error("one place at least")
    torch.set_num_threads(1)
    painter = Painter.load(options.profile, unseen=())
    places, repeats = sequences(options.places, options.seed), False
    for strength in options.strengths or [painter.profile.strength]:
        painter.profile = replace(painter.profile, strength=strength)
        facts = measure(painter, places, options.clip, options.seed)
        repeats |= any(facts["least"][name] < bar for name, bar in LEAST.items())
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()
    return int(repeats)


if __name__ == "__main__":
    raise SystemExit(main())
