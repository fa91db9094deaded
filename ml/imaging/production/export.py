"""Writes a pipeline's networks as ONNX and compares ONNX Runtime with eager torch, as one line of JSON:
``python -m ml.imaging.production.export --folder DIR --out DIR``. Exit status 1: they are too far apart."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ml.imaging.loading import PainterMissing, load_pipeline
from ml.imaging.production.acceleration import Acceleration
from ml.imaging.production.beside import GREY_LEVELS, TOLERANCE, Asking, of_network, of_pictures
from ml.imaging.production.onnx_files import OPSET, networks, size_of, write
from ml.imaging.production.onnx_running import onnx_parts
from ml.imaging.profiles import Profile, profile_at
from ml.weights.shelf import WeightsAltered, WeightsMissing

_MIB = 2**20


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 within the tolerance, 1 beyond it, 2 wrong use (no pipeline, no such profile)."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        one = profile_at(options.profile, options.folder)
        report = compare(one, options.folder, options.out, options.pictures, options.rounds)
    except (PainterMissing, WeightsMissing, WeightsAltered, LookupError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(json.dumps(report) + "\n")
    return 0 if report["within"] else 1


def compare(one: Profile, folder: Path, out: Path, pictures: int, rounds: int) -> dict[str, Any]:
    """Export to `out` and measure; `within` says whether every network and picture is within its tolerance."""
    pipeline, model = load_pipeline(replace(one, acceleration=Acceleration()), folder, "cpu")
    found = networks(pipeline)
    for network in found:
        write(network, out)
    parts = onnx_parts(out)
    rows = {network.name: of_network(network, parts[network.name], rounds) for network in found}
    for name, row in rows.items():
        row["mib"] = round(size_of(out, name) / _MIB, 2)
    asking = Asking(one.steps, one.guidance, one.size, pictures, rounds)
    picture = of_pictures(pipeline, parts, asking)
    within = all(row["share_of_largest"] <= TOLERANCE for row in rows.values())
    return {
        "model": model, "opset": OPSET, "threads": torch.get_num_threads(), "networks": rows, "picture": picture,
        "tolerance": TOLERANCE, "grey_levels": GREY_LEVELS,
        "within": within and picture["max_grey_levels"] <= GREY_LEVELS,
    }  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.production.export", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="a Stable Diffusion pipeline of diffusers")
    parser.add_argument("--out", type=Path, required=True, help="where the .onnx files go")
    parser.add_argument("--profile", default="embedded", help="how it is asked (steps, guidance, size)")
    parser.add_argument("--pictures", type=int, default=2, help="how many are painted both ways")
    parser.add_argument("--rounds", type=int, default=5, help="how often each network is timed")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
