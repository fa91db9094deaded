"""How a fine-tuning runs, as the command line says it; free of torch."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

_RATES: Final = {"lora": 1e-4, "full": 1e-5}
"""Usual for Stable Diffusion. The small painter that ships wants some 1e-3 with LoRA."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the result. A run is resumed with the same ones or not at all.

    Attributes:
        empty: share of lessons without a caption, which guidance needs.
        decay: of the weights' moving average; 0 keeps none.
    """

    stage: Literal["lora", "full"]
    steps: int
    rate: float
    batch: int
    seed: int
    rank: int
    targets: Literal["attention", "all"]
    precision: Literal["no", "bf16", "fp16"]
    checkpointing: bool
    mirror: bool
    decay: float
    empty: float = 0.1


def settings_of(options: argparse.Namespace) -> Settings:
    """From parsed options.

    Raises:
        ValueError: a number that makes no sense, named.
    """
    rate = _RATES[options.stage] if options.lr is None else options.lr
    for name, value in (("steps", options.steps), ("batch", options.batch), ("rank", options.rank), ("lr", rate),
                        ("save-every", options.save_every)):  # fmt: skip
        if value <= 0:
            raise ValueError(f"--{name} has to be above zero")
    if not 0 <= options.ema < 1:
        raise ValueError("--ema has to be at least 0 and below 1")
    return Settings(
        options.stage, options.steps, rate, options.batch, options.seed, options.rank, options.targets,
        options.mixed_precision, options.gradient_checkpointing, options.mirror, options.ema,
    )  # fmt: skip


def add_options(parser: argparse.ArgumentParser) -> None:
    """What stages `lora` and `full` take, beside --out, --resume and --seed."""
    group = parser.add_argument_group("fine-tuning (stages lora and full)")
    group.add_argument("--data", type=Path, help="a data set of ml.imaging.finetune.build")
    group.add_argument("--base", default="embedded", help="folder, profile or cached hub id of the model to tune")
    group.add_argument("--steps", type=int, default=400)
    group.add_argument(
        "--lr", type=float, help=f"peak learning rate ({_RATES['lora']} for lora, {_RATES['full']} full)"
    )
    group.add_argument("--batch", type=int, default=4)
    group.add_argument("--rank", type=int, default=8, help="of the adapters")
    group.add_argument("--targets", choices=("attention", "all"), default="attention", help="layers that get adapters")
    group.add_argument("--mixed-precision", choices=("no", "bf16", "fp16"), default="no")
    group.add_argument("--gradient-checkpointing", action="store_true", help="less memory, about a third more work")
    group.add_argument(
        "--measure-memory", action="store_true", help="first one step with and one without checkpointing"
    )
    group.add_argument("--mirror", action="store_true", help="learn from mirror images too")
    group.add_argument("--ema", type=float, default=0.0, help="decay of the weights' moving average; 0: none")
    group.add_argument("--save-every", type=int, default=100, help="steps between checkpoints and validations")
    group.add_argument("--device", default="cpu", help="torch's name of it")
