"""Judge a painter by the probe, on combinations of kind, time and weather that neither of them ever saw.

Example:
    python -m ml.imaging.probe.judge --profile embedded --prompts 240 --seed 1 --json
"""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import torch

DEFAULT_SHEET = Path("var/judge/sheet.webp")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 judged; 1 no painter, probe or allowed prompt, or, with --gate, below a floor; 2 wrong use."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(options.threads)
    try:
        facts = _judged(options)
    except _missing() as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    sys.stdout.write((json.dumps(facts) if options.as_json else in_words(facts)) + "\n")
    return int(options.gate and not facts["met"])


def _judged(options: argparse.Namespace) -> dict[str, Any]:
    from ml.imaging.painter import Painter
    from ml.imaging.probe.contact import contact_sheet
    from ml.imaging.probe.judging import COMPARED, judge
    from ml.imaging.probe.reader import Probe
    from ml.scenes.sheet import webp

    probe = Probe.load(options.weights)
    painter = Painter.load(options.profile, folder=options.folder, device=options.device, unseen=())
    with _networks(painter, options.onnx):
        facts, drawings, reading = judge(painter, probe, options.prompts, options.seed)
    page = contact_sheet(drawings.pixels[:COMPARED], drawings.specs[:COMPARED], reading)
    options.sheet.parent.mkdir(parents=True, exist_ok=True)
    options.sheet.write_bytes(webp(page))
    held = [entry["met"] for entry in (*facts["attributes"].values(), facts["distance"]) if "met" in entry]
    return {**facts, "sheet": str(options.sheet), "met": all(held)}


def _networks(painter: Any, onnx: Path | None) -> AbstractContextManager[object]:
    """The painter's own networks, or those in a folder of ONNX files, as long as the block lasts."""
    if onnx is None:
        return nullcontext()
    from ml.imaging.production.onnx_running import onnx_parts, running

    return running(painter.pipeline, onnx_parts(onnx))


def _missing() -> tuple[type[Exception], ...]:
    from ml.imaging.loading import PainterMissing
    from ml.imaging.painter import PainterUnjudged
    from ml.imaging.probe.judging import NothingDrawn
    from ml.imaging.probe.stored import ProbeOutdated
    from ml.weights.shelf import WeightsAltered, WeightsMissing

    weights = (WeightsAltered, WeightsMissing, ProbeOutdated, FileNotFoundError, LookupError)
    return PainterMissing, PainterUnjudged, NothingDrawn, *weights


def in_words(facts: dict[str, Any]) -> str:
    """The same for people, a line an attribute."""
    drawn = facts["prompts"] - facts["refused"]
    lines = [f"{facts['model']}, read by {facts['probe']}: {drawn} pictures of combinations never seen"]
    for name, entry in facts["attributes"].items():
        share, floor = entry["drawn"], f", floor {entry['floor']:.0%}" if "floor" in entry else ""
        lines.append(f"{name:8} {share['right']:.1%} ({share['from']:.1%} to {share['to']:.1%}){floor}; "
                     f"of renders {entry['rendered']['right']:.1%}")  # fmt: skip
    gap, renders = facts["distance"], facts["distance_rendered"]
    lines.append(f"nearest of {gap.get('pairs', 0)} pairs {gap['smallest']} apart ({gap['measure']}), "
                 f"of the renders {renders['smallest']}; {facts['sheet']}")  # fmt: skip
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.probe.judge", description=__doc__)
    parser.add_argument("--profile", default="embedded", help="which painter of profiles.toml")
    parser.add_argument("--folder", type=Path, help="its weights (default: the profile's own)")
    parser.add_argument("--onnx", type=Path, help="ONNX files to run in place of its networks, such as int8's")
    parser.add_argument("--weights", type=Path, help="the probe's weights (default: those that ship)")
    parser.add_argument("--prompts", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sheet", type=Path, default=DEFAULT_SHEET, help="where the contact sheet is written")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--gate", action="store_true", help="exit 1 below a floor")
    parser.add_argument("--json", action="store_true", dest="as_json")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
