"""`python -m ml.safety.train`: tunes the language safety on the project's lines, or judges lines of a file.

    python -m ml.safety.train --unfreeze --out DIR [--state DIR] [--encoder FOLDER] [--epochs N] [--layers N]
    python -m ml.safety.train --frozen --out DIR             the heads alone, over the encoder as it came
    python -m ml.safety.train --evaluate FILE --weights DIR  the table for a file of labelled lines (.toml or .csv)
    python -m ml.safety.train --evaluate FILE --today        the same for the layers in use

Each fold that is done is kept in `--state`, and a run goes on from there (docs/models/language-safety.md has times and
figures). Exit status: 0 done, 1 below the floors (`--evaluate`: recall 0.98 at false alarms 0.04), 2 wrong use.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from ml.safety.language.lines import Line, LinesBroken, read
from ml.safety.language.measure import Report, report, today

RECALL: Final = 0.98
ALARMS: Final = 0.04


def main(words: list[str] | None = None) -> int:
    parser = _options()
    options = parser.parse_args(words)
    if options.evaluate is not None:
        return _evaluate(options)
    if options.out is None:
        parser.error("--out names the folder that the weights are written to")
    _fit(options)
    return 0


def _fit(options: argparse.Namespace) -> None:
    import torch

    from ml.safety.language.fitting import fit
    from ml.safety.language.tuning import Tuning

    torch.set_num_threads(1)
    tuning = replace(Tuning(), epochs=options.epochs, layers=0 if options.frozen else options.layers)
    fit(options.out, tuning, options.encoder, state=options.state or options.out.with_name("folds"), say=_say)


def _evaluate(options: argparse.Namespace) -> int:
    """Judge the file's lines with the weights, or with `--today` as the live path does, and say how long one takes."""
    from ml.safety.language.pace import milliseconds
    from ml.weights.shelf import WeightsAltered, WeightsMissing

    try:
        lines = read(options.evaluate)
        label, judge = ("today's layers", today) if options.today else _tuned(options)
        given = [judge(line) for line in lines]
    except (LinesBroken, OSError, WeightsMissing, WeightsAltered) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    found = report(lines, given)
    _show(found, milliseconds(judge), f"{options.evaluate.name}, {label}", as_json=options.json)
    return 0 if found.recall >= RECALL and found.false_alarms <= ALARMS else 1


def _tuned(options: argparse.Namespace) -> tuple[str, Callable[[Line], frozenset[str]]]:
    from ml.safety.language.reader import reader

    chosen = reader(options.weights)
    return chosen.label, chosen.judge


def _show(found: Report, ms: float, name: str, *, as_json: bool) -> None:
    kinds = ", ".join(f"{kind} {recall:.1%} / {alarms:.1%}" for kind, (recall, alarms) in found.by_kind.items())
    speed = f"{ms:.1f} ms of one thread's processor time for a text of twenty words, once warm (median)"
    plain = f"\n{name}\n\n{found.as_table()}\nrecall / false alarms by kind: {kinds}\n{speed}"
    _say(json.dumps({"name": name, **found.as_json(), "ms_twenty_words": round(ms, 2)}) if as_json else plain)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.safety.train", description="The language safety.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--unfreeze", action="store_true", help="tune the upper layers together with the heads")
    what.add_argument("--frozen", action="store_true", help="fit the heads alone")
    what.add_argument("--evaluate", type=Path, help="a file of labelled lines, .toml or .csv")
    parser.add_argument("--weights", type=Path, help="judge with the weights in this folder")
    parser.add_argument("--out", type=Path, help="where the weights are written")
    parser.add_argument("--encoder", type=Path, help="a BERT folder to tune in place of MiniLM")
    parser.add_argument("--state", type=Path, help="where each fold's scores are kept; beside OUT when left out")
    parser.add_argument("--today", action="store_true", help="judge with the layers in use")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--layers", type=int, default=3, help="how many layers from the top are tuned")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
