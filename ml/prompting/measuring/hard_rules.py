"""No hard rule broken in so many decisions: ``python -m ml.prompting.measuring.hard_rules --decisions 100000``."""

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from random import Random
from typing import Any, Final

from ml.prompting import ENGINE
from ml.prompting.choose import NothingStands, choose
from ml.prompting.measuring.breaches import broken, met, technique_of
from ml.prompting.measuring.cases import EXPOSURE, drawn, times_and_seasons

BLOCK: Final = 1000
"""Decisions of one season and time of day. The engine keeps the words of a few such wordings: many decisions in a row
that share one cost a fraction of as many that do not."""

Found = tuple[Counter[str], Counter[str], list[dict[str, Any]]]
"""What happened, which rules had something to forbid, and each breach with what repeats it."""


def main(arguments: list[str] | None = None) -> int:
    """Prints how often each rule was met and each breach; exit status 1 when there is one."""
    options = _parser().parse_args(arguments)
    found = measured(options.decisions, options.workers)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 1 if found["breaches"] else 0


def measured(decisions: int, workers: int = 1) -> dict[str, Any]:
    """The same for any number of worker processes: each block's randomness is its own."""
    blocks = [(number, min(BLOCK, decisions - number * BLOCK)) for number in range(-(-decisions // BLOCK))]
    if workers == 1:
        parts = [of_block(*block) for block in blocks]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(of_block, *zip(*blocks, strict=True)))
    happened, rules = Counter[str](), Counter[str]()
    for counted, ruled, _ in parts:
        happened.update(counted)
        rules.update(ruled)
    return {
        "engine": ENGINE,
        "decisions": decisions,
        **{name: happened[name] for name in ("painted", "nothing stands", "exposure painted", "exposure refused")},
        "met": dict(sorted(rules.items())),
        "breaches": [breach for part in parts for breach in part[2]],
    }


def of_block(number: int, size: int) -> Found:
    """One block's decisions, made and read."""
    pairs = times_and_seasons()
    random = Random(f"hard rules/{number}")  # noqa: S311 -- repeatable on purpose
    happened, rules, breaches = Counter[str](), Counter[str](), list[dict[str, Any]]()
    for place in range(size):
        case = drawn(random, *pairs[number % len(pairs)])
        happened["exposure refused"] += case.asked == EXPOSURE and "exposure" in met(case)
        try:
            choice = choose(
                case.state, case.history, case.preferences, case.triggers, case.asked, case.seed, case.progress
            )
        except NothingStands:
            happened["nothing stands"] += 1
            continue
        happened["painted"] += 1
        happened["exposure painted"] += technique_of(choice.template) == EXPOSURE
        rules.update(met(case))
        breaches += [
            {"rule": rule, "block": number, "place": place, "template": choice.template, "prompt": choice.prompt}
            for rule in broken(case, choice)
        ]
    return happened, rules, breaches


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.prompting.measuring.hard_rules", description=__doc__)
    parser.add_argument("--decisions", type=_count, default=100_000)
    parser.add_argument("--workers", type=_count, default=2)
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
