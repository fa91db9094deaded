"""`python -m ml.safety.train`: tunes the language safety on the project's lines, or judges lines of a file.

    python -m ml.safety.train --unfreeze --out DIR [--encoder FOLDER] [--epochs N] [--layers N]
    python -m ml.safety.train --frozen --out DIR             the heads alone, over the encoder as it came
    python -m ml.safety.train --evaluate FILE --weights DIR  the table for a file of labelled lines (.toml or .csv)

No tuned weights ship (docs/models/language-safety.md says why). On one idle core an epoch takes half a minute. Exit
status: 0 done, 1 below the floors (`--evaluate`: recall 0.98 at false alarms 0.04), 2 wrong use.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from ml.safety.language.lines import Line, LinesBroken, read
from ml.safety.language.measure import Report, report, words_of

RECALL: Final = 0.98
ALARMS: Final = 0.04


def main(words: list[str] | None = None) -> int:
    parser = _options()
    options = parser.parse_args(words)
    if options.evaluate is not None:
        return _evaluate(options.evaluate, options.weights, as_json=options.json)
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
    fit(options.out, tuning, options.encoder, say=_say)


def _evaluate(file: Path, weights: Path | None, *, as_json: bool) -> int:
    """Judge the file's lines as the live path does: the word list or the encoder."""
    from ml.safety.language.reader import reader
    from ml.weights.shelf import WeightsAltered, WeightsMissing

    try:
        lines, chosen = read(file), reader(weights)
    except (LinesBroken, OSError, WeightsMissing, WeightsAltered) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    readings = [chosen.read(line.text) for line in lines]
    named = [words_of(line.text) for line in lines]
    found = report(lines, [words | set(reading.named()) for words, reading in zip(named, readings, strict=True)])
    _show(found, f"{file.name}, {chosen.label}, bar {chosen.bar}", as_json=as_json)
    if not as_json:
        _curve(lines, [1.0 if words else reading.harmful for words, reading in zip(named, readings, strict=True)])
    return 0 if found.recall >= RECALL and found.false_alarms <= ALARMS else 1


def _curve(lines: list[Line] | tuple[Line, ...], scores: list[float]) -> None:
    """What each bar would give on these lines; nobody chooses one by it."""
    harmful = [score for line, score in zip(lines, scores, strict=True) if line.labels]
    harmless = [score for line, score in zip(lines, scores, strict=True) if not line.labels]
    for bar in (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98):
        caught = sum(score >= bar for score in harmful) / max(len(harmful), 1)
        wrong = sum(score >= bar for score in harmless) / max(len(harmless), 1)
        _say(f"bar {bar:.2f}: recall {caught:.1%}, false alarms {wrong:.1%}")


def _show(found: Report, name: str, *, as_json: bool) -> None:
    kinds = ", ".join(f"{kind} {recall:.1%} / {alarms:.1%}" for kind, (recall, alarms) in found.by_kind.items())
    plain = f"\n{name}\n\n{found.as_table()}\nrecall / false alarms by kind: {kinds}"
    _say(json.dumps({"name": name, **found.as_json()}) if as_json else plain)


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
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--layers", type=int, default=3, help="how many layers from the top are tuned")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
