"""Joins two trained networks into one that says what they say on average: ``python -m ml.emotion.join``.

Goes after two runs of ``ml.emotion.train`` that held the same faces out, and before ``ml.emotion.train_temporal``.
"""

import argparse
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from ml.emotion.config import EmotionConfig
from ml.emotion.training import checkpoints
from ml.emotion.training.held_out import HeldOut, data_of

_LOG = logging.getLogger("ml.emotion.join")
_TRUNK: Final = "trunk."


class NotToBeJoined(ValueError):
    """The runs held different faces out or read faces in different ways, or one would count for nothing.

    Retrying does not help.
    """


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 joined and written, 2 no such runs, or none that go together."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        first, second = (checkpoints.load(run / "best.pt") for run in (options.first, options.second))
        state = joined(first, second, options.share)
    except (FileNotFoundError, NotToBeJoined) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    data = data_of(first) or data_of(second)
    facts = {"first": str(options.first), "second": str(options.second), "share": options.share, "data": data}
    checkpoints.save(state | {"facts": facts}, options.out / "best.pt")
    _LOG.info("written to %s", options.out)
    return 0


def joined(first: dict[str, Any], second: dict[str, Any], share: float) -> dict[str, Any]:
    """One run's state from two. `share` in (0, 1) is how much the second's logits count.

    Raises:
        NotToBeJoined
    """
    mine, theirs = (EmotionConfig.from_dict(json.loads(state["config"])) for state in (first, second))
    if not 0 < share < 1:
        raise NotToBeJoined("the share of the second lies between 0 and 1")
    if mine.beside or theirs.beside:
        raise NotToBeJoined("one of the two is joined already")
    if not HeldOut.of(first).is_that_of(HeldOut.of(second)):
        raise NotToBeJoined("the runs held different faces out: nothing is left to calibrate both on")
    try:
        config = replace(mine, name=f"{mine.name}+{theirs.name}", beside=theirs)
    except ValueError as error:
        raise NotToBeJoined(str(error)) from error
    a, b = first["average"], second["average"]
    average: dict[str, Tensor] = {
        **{f"{_TRUNK}first.{name.removeprefix(_TRUNK)}": value for name, value in a.items() if name.startswith(_TRUNK)},
        **{
            f"{_TRUNK}second.{name.removeprefix(_TRUNK)}": value for name, value in b.items() if name.startswith(_TRUNK)
        },
        "head.weight": torch.cat([(1 - share) * a["head.weight"], share * b["head.weight"]], dim=1),
        "head.bias": (1 - share) * a["head.bias"] + share * b["head.bias"],
        "temperature": torch.ones(()),
    }
    steps = int(first["step"]) + int(second["step"])
    return {"config": config.to_json(), "recipe": first["recipe"], "average": average, "step": steps}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.join", description=__doc__)
    parser.add_argument("--first", type=Path, required=True, help="folder of a run, at whose size faces are cut out")
    parser.add_argument("--second", type=Path, required=True, help="folder of the other, which sees them resized")
    parser.add_argument("--out", type=Path, required=True, help="folder that becomes their joint run's")
    parser.add_argument("--share", type=float, default=0.5, help="how much the second counts, 0 to 1")
    return parser


if __name__ == "__main__":
    sys.exit(main())
