"""What the commands have in common that train on rendered scenes, at a stretch or in pieces."""

import argparse
import logging
import sys
from pathlib import Path

import torch

from ml.imaging.training.dataset import Scenes, open_scenes, paint_scenes


def parser_of(module: str, doc: str | None) -> argparse.ArgumentParser:
    """Flags of ``python -m module``: where, on which scenes, for how long."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=doc)
    parser.add_argument("--out", type=Path, required=True, help="where checkpoint and weights are written")
    parser.add_argument("--scenes", type=Path, help="scenes that the painter's data stage made (default: OUT/scenes)")
    parser.add_argument("--count", type=int, default=24_000, help="how many scenes to paint where there are none")
    parser.add_argument("--minutes", type=float, required=True, help="the rate anneals over this time")
    parser.add_argument("--at-most", type=float, help="stop after so many of these minutes; --resume goes on")
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    return parser


def scenes_of(options: argparse.Namespace) -> Scenes:
    """Log to standard error, cap torch's threads, and open the scenes, painted first where there are none."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(options.threads)
    folder = options.scenes or options.out / "scenes"
    if not (folder / "count").exists():
        paint_scenes(folder, options.count, options.seed)
    return open_scenes(folder)
