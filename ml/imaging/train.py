"""Train the painter, stage by stage: data, vae, tokenizer, text, unet, export; or tune one: lora, full.

Each goes on with --resume.

Example:
    python -m ml.imaging.train --stage vae --budget-minutes 90 --resume
    python -m ml.imaging.train --stage lora --data DIR --base MODEL --out DIR
"""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from ml.imaging.finetune.settings import add_options

DEFAULT_FOLDER = Path("var/training/painter")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, cap torch's threads, run one stage. Exit status: 0 done, 2 wrong use."""
    parser = _parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(options.threads)
    if options.stage in TUNING:
        return _tune(parser, options)
    options.folder.mkdir(parents=True, exist_ok=True)
    STAGES[options.stage](options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.imaging.train", description=__doc__)
    parser.add_argument("--stage", choices=(*STAGES, *TUNING), required=True)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER, help="where data and checkpoints live")
    parser.add_argument("--out", type=Path, help="where a stage writes (default: in the folder)")
    parser.add_argument("--budget-minutes", type=float, default=60.0, help="the rate anneals over this time")
    parser.add_argument("--scenes", type=int, default=24_000, help="how many scenes the data stage paints")
    parser.add_argument("--text-steps", type=int, default=300, help="warm-up steps of the text encoder")
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--start", type=Path, help="unet: begin from another run's unet.pt")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    add_options(parser)
    return parser


def _tune(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Stages `lora` and `full`; what is wrong with their input is said in one line."""
    if options.data is None:
        parser.error(f"--stage {options.stage} needs --data")
    options.out = options.out or options.folder / options.stage
    from ml.imaging.finetune.base import BaseMissing
    from ml.imaging.finetune.objective import BaseUnfit
    from ml.imaging.finetune.pictures import NoSuchPictures
    from ml.imaging.finetune.run import OtherRun, finetune
    from ml.weights.shelf import WeightsAltered, WeightsMissing

    try:
        finetune(options)
    except (ValueError, NoSuchPictures, BaseMissing, BaseUnfit, OtherRun, WeightsAltered, WeightsMissing) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _paint(options: argparse.Namespace) -> None:
    from ml.imaging.training.dataset import paint_scenes

    paint_scenes(options.folder / "scenes", options.scenes, options.seed)


def _decoder(options: argparse.Namespace) -> None:
    from ml.imaging.training.dataset import open_scenes
    from ml.imaging.training.train_decoder import train_decoder

    scenes = open_scenes(options.folder / "scenes")
    train_decoder(scenes, options.folder, options.budget_minutes, options.seed, resume=options.resume)


def _tokenizer(options: argparse.Namespace) -> None:
    from ml.imaging.training.text import train_tokenizer

    train_tokenizer(options.folder, options.seed)


def _text(options: argparse.Namespace) -> None:
    from ml.imaging.training.text import train_text

    train_text(options.folder, options.text_steps, options.seed)


def _unet(options: argparse.Namespace) -> None:
    from ml.imaging.training.dataset import open_scenes
    from ml.imaging.training.train_unet import train_unet

    scenes = open_scenes(options.folder / "scenes")
    minutes, seed = options.budget_minutes, options.seed
    train_unet(scenes, options.folder, minutes, seed, resume=options.resume, start=options.start)


def _export(options: argparse.Namespace) -> None:
    from ml.imaging.training.export import export

    export(options.folder, options.out or options.folder / "pipeline")


STAGES: dict[str, Callable[[argparse.Namespace], None]] = {
    "data": _paint,
    "vae": _decoder,
    "tokenizer": _tokenizer,
    "text": _text,
    "unet": _unet,
    "export": _export,
}
TUNING = ("lora", "full")


if __name__ == "__main__":
    sys.exit(main())
