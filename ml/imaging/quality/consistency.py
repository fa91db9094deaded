"""Measure how much a patient's pictures have in common: the same prompts for all, each in the patient's own style.

Example:
    python -m ml.imaging.quality.consistency --patients 8 --prompts 8 --json
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import torch

from ml.imaging.quality.kinship import kinship

if TYPE_CHECKING:
    from ml.imaging.painter import Painter

Pixels = npt.NDArray[np.uint8]
LEAST: Final = {"clip": 0.05, "structure": 0.2}
"""How far apart the nearest two pictures of one patient must lie, or one is a repeat: about half of what was measured
of the painter that ships (docs/models/painter.md). Set by us; nobody has asked patients from where on they see one."""


def painted(painter: "Painter", patients: int, prompts: int, seed: int) -> Pixels:
    """(patients * prompts, H, W, 3) bytes, patient by patient; patient p has style p modulo their number."""
    from ml.imaging.order import Order
    from ml.prompting.phrase import head
    from ml.safety.text import screen_text
    from ml.safety.verdict import SafePrompt
    from ml.scenes.spec import STYLES, sample

    rng = np.random.default_rng(seed)
    scenes = [sample(rng) for _ in range(prompts)]
    pictures = []
    for patient in range(patients):
        for number, scene in enumerate(scenes):
            said = screen_text(head(replace(scene, style=STYLES[patient % len(STYLES)])), "")
            assert isinstance(said, SafePrompt), "the captions' own words are safe"  # noqa: S101 -- an invariant
            order = Order(said, seed + patient * prompts + number, look=seed + patient)
            pictures.append(painter.draw_many([order])[0].pixels)
    return np.stack(pictures)


def structure(pixels: Pixels) -> npt.NDArray[np.float32]:
    """(N, N) of 1 - MS-SSIM."""
    from ml.imaging.probe.distance import distances
    from ml.imaging.probe.pictures import as_tensor, standard

    return np.asarray(distances(standard(as_tensor(pixels))).numpy(), np.float32)


def vectors(pixels: Pixels, folder: Path) -> npt.NDArray[np.float32]:
    """(N, D) of the tiny CLIP, each of length 1."""
    from ml.imaging.clip.scorer import Clip

    clip = Clip.load(folder)
    return np.concatenate([clip.vectors(one[None]) for one in pixels])


def beyond_words(found: npt.NDArray[np.float32], patients: int) -> npt.NDArray[np.float32]:
    """What of each vector its prompt does not account for, length 1: less the mean of all patients' of that prompt."""
    by_patient = found.reshape(patients, -1, found.shape[1])
    rest = (by_patient - by_patient.mean(axis=0)).reshape(found.shape)
    return np.asarray(rest / np.linalg.norm(rest, axis=1, keepdims=True).clip(1e-9), np.float32)


def angles(found: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(N, N) of 1 - the cosine of vectors of length 1."""
    return np.asarray(1.0 - found @ found.T, np.float32)


def measure(painter: "Painter", options: argparse.Namespace) -> dict[str, Any]:
    """What the command prints."""
    pixels = painted(painter, options.patients, options.prompts, options.seed)
    tables = {"structure": structure(pixels)}
    if options.clip is not None:
        seen = vectors(pixels, options.clip)
        tables["clip"] = angles(seen)
        tables["clip_beyond_words"] = angles(beyond_words(seen, options.patients))
    found = {name: _rounded(asdict(kinship(table, options.patients))) for name, table in tables.items()}
    return {
        "model": painter.model,
        "shared_noise": painter.profile.shared_noise,
        "patients": options.patients,
        "prompts": options.prompts,
        "bars": {name: bar for name, bar in LEAST.items() if name in found},
        **found,
    }


def below(facts: dict[str, Any]) -> list[str]:
    """The distances that were measured and by which two pictures of one patient lie nearer than they may."""
    return [name for name, bar in LEAST.items() if name in facts and facts[name]["least"] < bar]


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 measured, 1 two pictures of one patient lie nearer than `LEAST`, 2 wrong use."""
    from ml.imaging.painter import Painter

    parser = argparse.ArgumentParser(prog="python -m ml.imaging.quality.consistency", description=__doc__)
    parser.add_argument("--profile", default="embedded", help="which painter of profiles.toml")
    parser.add_argument("--folder", type=Path, help="its weights (default: the profile's own)")
    parser.add_argument("--clip", type=Path, help="a folder with the tiny CLIP, for distances of meaning too")
    parser.add_argument("--patients", type=int, default=8)
    parser.add_argument("--prompts", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared-noise", type=float, help="in place of the profile's")
    parser.add_argument("--json", action="store_true", dest="as_json")
    options = parser.parse_args(arguments)
    if min(options.patients, options.prompts) < 2:
        parser.error("two patients and two prompts at least")
    torch.set_num_threads(1)
    painter = Painter.load(options.profile, folder=options.folder, unseen=())
    if options.shared_noise is not None:
        painter.profile = replace(painter.profile, shared_noise=options.shared_noise)
    facts = measure(painter, options)
    sys.stdout.write((json.dumps(facts) if options.as_json else json.dumps(facts, indent=1)) + "\n")
    return 1 if below(facts) else 0


if __name__ == "__main__":
    raise SystemExit(main())
