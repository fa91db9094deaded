"""The flags of ``python -m ml.emotion.train``."""

import argparse
from pathlib import Path

from ml.emotion.data.sources import Source
from ml.emotion.training.machine import PRECISIONS
from ml.emotion.training.plan import OVERRIDES
from ml.emotion.training.recipe import OPTIMISERS, TEACH


def parser(description: str) -> argparse.ArgumentParser:
    flags = argparse.ArgumentParser(prog="python -m ml.emotion.train", description=description)
    _what(flags)
    _where(flags)
    _how(flags)
    return flags


def _what(flags: argparse.ArgumentParser) -> None:
    flags.add_argument(
        "--data",
        type=_source,
        action="append",
        required=True,
        metavar="DIR[:WEIGHT]",
        help="folder in a layout of FER-2013, AffectNet or RAF-DB, and how often an epoch shows its faces; repeatable",
    )
    flags.add_argument("--config", default="cpu", help="configuration's name")
    flags.add_argument("--pretrained", type=Path, help="torchvision's ResNet-50, or dlib's .dat, to start from")
    flags.add_argument("--start", type=Path, help="folder of another run of this network, whose average to start from")
    flags.add_argument("--teachers", type=_paths, default=(), help="best.pt of other runs, with commas between")
    flags.add_argument("--folds", type=int, help="cross-validate over so many parts instead of one training")


def _where(flags: argparse.ArgumentParser) -> None:
    flags.add_argument("--out", type=Path, default=Path("var/training/emotion"), help="the run's folder")
    flags.add_argument("--resume", action="store_true", help="go on from the folder's checkpoint, with its recipe")
    flags.add_argument("--save-every", type=float, default=3.0, help="minutes between checkpoints")
    flags.add_argument("--tensorboard", action="store_true", help="write the run's curves beside its checkpoint")
    flags.add_argument("--device", help="cpu (the default), cuda or cuda:N")
    flags.add_argument("--precision", choices=PRECISIONS, help="of the multiplications; fp32 unless resumed otherwise")
    flags.add_argument("--checkpointing", action="store_true", help="gradient checkpointing: slower, in less memory")
    flags.add_argument("--threads", type=int, default=1)


def _how(flags: argparse.ArgumentParser) -> None:
    flags.add_argument("--recipe", choices=("best", "paper", "first", "wide-first", "wide-second"), default="best")
    flags.add_argument("--budget-minutes", type=float, help="instead of epochs: fit the whole schedule into this time")
    flags.add_argument("--sizes", help="progressive resizing, such as 0:32,0.5:44 (progress:pixels)")
    flags.add_argument("--erase", type=float, help="share of faces covered in part")
    for name, kind in OVERRIDES.items():
        choices = {"optimiser": OPTIMISERS, "teach": TEACH}.get(name)
        flags.add_argument(f"--{name.replace('_', '-')}", type=kind, choices=choices, help="replaces the recipe's own")


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in text.split(",") if part)


def _source(text: str) -> Source:
    try:
        return Source.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
