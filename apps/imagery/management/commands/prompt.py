"""`manage.py prompt`: what the CBT engine would ask for, a line a prompt."""

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ml.vocabulary import EMOTIONS, TECHNIQUES

if TYPE_CHECKING:
    from ml.prompting.choose import Choice
    from ml.prompting.state import State

WRONG_USE: Final = 2
MOST: Final = 1000
EACH_LASTED_S: Final = 20.0
"""What one emotion of `--history` stands for: the least time between two pictures that a face asks for."""


class Command(BaseCommand):
    help = "What the CBT engine would ask for in a state, as if an exposure ladder had been approved."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--emotion", required=True, help=", ".join(EMOTIONS))
        parser.add_argument("--history", default="", help="emotions before it, oldest first, separated by commas")
        parser.add_argument("--technique", help=", ".join(TECHNIQUES))
        parser.add_argument("--n", type=int, default=1, help="how many prompts, each in the light of those before")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: object, **options: Any) -> None:
        """Exit status: 0 chosen, 1 no template stands, 2 wrong use."""
        from ml.prompting.choose import NothingStands, choose
        from ml.prompting.state import Preferences, Shown

        state = _state(options["emotion"], [word for word in options["history"].split(",") if word])
        _refuse_unknown(options["technique"], TECHNIQUES, "technique")
        if not 1 <= options["n"] <= MOST:
            raise CommandError(f"--n 1 to {MOST}", returncode=WRONG_USE)
        shown: list[Shown] = []
        for number in range(options["n"]):
            try:
                choice = choose(
                    state, tuple(shown), Preferences(ladder_approved=True), (), options["technique"],
                    options["seed"] + number,
                )  # fmt: skip
            except NothingStands as nothing:
                raise CommandError(str(nothing)) from nothing
            shown.append(Shown(template=choice.template, emotion=state.emotion, style=choice.scene.style))
            self.stdout.write(_as_json(choice) if options["as_json"] else _in_words(choice))


def _state(emotion: str, before: list[str]) -> "State":
    from ml.prompting.state import State

    emotions = [*before, emotion]
    for word in emotions:
        _refuse_unknown(word, EMOTIONS, "emotion")
    changes = sum(one != other for one, other in pairwise(emotions))
    lasted = next((n for n, word in enumerate(reversed(before)) if word != emotion), len(before))
    return State(emotion, volatility=changes / max(1, len(before)), persistence_s=lasted * EACH_LASTED_S)


def _refuse_unknown(word: str | None, known: tuple[str, ...], what: str) -> None:
    if word is not None and word not in known:
        raise CommandError(f"{word!r} is no {what}; known: {', '.join(known)}", returncode=WRONG_USE)


def _as_json(choice: "Choice") -> str:
    from ml.safety.text import screen_text

    verdict = screen_text(choice.prompt, choice.negative_prompt).verdict.as_json()
    return json.dumps(
        {
            "template": choice.template,
            "technique": choice.technique,
            "prompt": choice.prompt,
            "negative_prompt": choice.negative_prompt,
            "reasons": list(choice.reasons),
            "safety": {"allowed": verdict["allowed"], "labels": verdict["labels"]},
        }
    )


def _in_words(choice: "Choice") -> str:
    return f"{choice.technique}: {choice.prompt}\n  {choice.template}: {' '.join(choice.reasons)}"
