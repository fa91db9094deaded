"""`manage.py paired_choices`: which picture patients would rather have seen, the engine's or a generic prompt's.

Of patients who agree to research; who they are stands in the access trail and nowhere else. The share is of first
answers, one for each patient, since several of one are not independent; "no difference" is counted apart.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.context import asking
from apps.imagery.consented import paired_choices
from apps.imagery.pairs import ENGINE, GENERIC, NO_DIFFERENCE, SKIPPED, UNANSWERED, UPSET
from eventstore.actor import Actor
from ml.imaging.probe.share import Share

ACTOR: Final = Actor.system("imagery.paired_choices")
ROUTE: Final = "paired_choices"
ANSWERED: Final = (ENGINE, GENERIC, NO_DIFFERENCE)
OUTCOMES: Final = (*ANSWERED, SKIPPED, UPSET, UNANSWERED)
_CLAIM: Final = Path(__file__).parents[2] / "paired_claim.toml"


class Command(BaseCommand):
    help = "How often the engine's picture was preferred to a generic prompt's, with its interval; 1 where nobody said."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *_: object, **options: Any) -> None:
        """Exit status: 0 counted, 1 nobody answered yet, 2 wrong use."""
        with asking(ACTOR, route=ROUTE):  # the trail is committed when this ends, before a figure leaves
            found = counted(paired_choices(ACTOR))
        if not found["patients"]:
            raise CommandError("nothing to count: no patient who agrees to research answered a pair")
        self.stdout.write(json.dumps(found) if options["json"] else in_words(found))


def counted(everybody: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """The figures of patients' outcomes, each oldest first.

    Gives `patients` (who answered at least once), `first` and `every` (counts by outcome of first answers and of all
    pairs), `engine_preferred` (the share of first answers with a preference, with Wilson's 95 % interval; null where
    nobody had one) and the paper's claim.
    """
    patients = list(everybody)
    firsts = Counter(answers[0] for answers in map(_answers, patients) if answers)
    every = Counter(outcome for outcomes in patients for outcome in outcomes)
    preferring = Share(firsts[ENGINE], firsts[ENGINE] + firsts[GENERIC])
    low, high = (round(value, 4) for value in preferring.interval)
    share = {"share": round(preferring.value, 4), "from": low, "to": high, "of": preferring.count}
    return {
        "patients": firsts.total(),
        "first": {name: firsts[name] for name in ANSWERED},
        "every": {name: every[name] for name in OUTCOMES},
        "engine_preferred": share if preferring.count else None,
        "paper": tomllib.loads(_CLAIM.read_text("utf-8")),
    }


def in_words(found: dict[str, Any]) -> str:
    """The figures as a person reads them."""
    first, every, share = found["first"], found["every"], found["engine_preferred"]
    lines = [
        f"first answers of {found['patients']} patients: engine {first[ENGINE]}, generic {first[GENERIC]}, "
        f"no difference {first[NO_DIFFERENCE]}",
        "all pairs: " + ", ".join(f"{name.replace('_', ' ')} {every[name]}" for name in OUTCOMES),
        "no first answer prefers either picture",
        f"the paper's claim, not measured here: {found['paper']['claim']}",
    ]
    if share:
        interval = f"{share['from']:.1%} to {share['to']:.1%}"
        lines[2] = f"of {share['of']} with a preference, {share['share']:.1%} prefer the engine's (95 %: {interval})"
    return "\n".join(lines)


def _answers(outcomes: tuple[str, ...]) -> list[str]:
    return [outcome for outcome in outcomes if outcome in ANSWERED]
