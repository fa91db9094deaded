"""`manage.py replay ID`: makes each decision of a session or an exercise again, from the log alone; says what differs.

Prints ids and names of fields, never a prompt: what was said to a patient is read on the chart, where it is audited.
"""

import json
from typing import Any, Final
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.imagery.events import CATEGORY, ImageComposed
from eventstore import store
from eventstore.stream import StreamName

NO: Final = 1
WRONG_USE: Final = 2


class Command(BaseCommand):
    help = "Recomputes each decision of a session or exercise from the log; 1 where the recorded engine differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("session", help="the session's id, or an exercise's")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: object, **options: Any) -> None:
        """Exit status: 0 as recorded, or otherwise for a known cause; 1 unexplained or unknown; 2 wrong use."""
        decisions = _decisions(options["session"])
        differences = [found for one in decisions if (found := _difference(one)) is not None]
        answer = {
            "decisions": len(decisions),
            "identical": len(decisions) - len(differences),
            "differences": differences,
        }
        self.stdout.write(json.dumps(answer) if options["as_json"] else _in_words(answer))
        if any(one["broken"] for one in differences):
            raise CommandError("a decision is not what its record says", returncode=NO)


def _decisions(session: str) -> list[ImageComposed]:
    try:
        stream = StreamName(CATEGORY, UUID(session))
    except ValueError:
        raise CommandError("the session's id is no UUID", returncode=WRONG_USE) from None
    recorded = store.read(stream)
    if not recorded:
        raise CommandError("nothing was ever asked to be painted in a session or an exercise of this id", returncode=NO)
    return [one.event for one in recorded if isinstance(one.event, ImageComposed)]


def _difference(composed: ImageComposed) -> dict[str, Any] | None:
    from ml.prompting.recorded import Decision, difference

    recorded = Decision(
        template=composed.template, technique=composed.technique, prompt=composed.prompt, negative=composed.negative,
        reasons=tuple(composed.reasons), seed=composed.seed, engine=composed.engine, library=composed.library,
        alt=composed.alt, line=composed.line,
    )  # fmt: skip
    found = difference(recorded, json.loads(composed.inputs))
    if found is None:
        return None
    return {
        "request_id": str(composed.request_id),
        "attempt": composed.attempt,
        "recorded": composed.template,
        "today": found.template,
        "fields": list(found.fields),
        "why": found.why,
        "broken": found.broken,
    }


def _in_words(answer: dict[str, Any]) -> str:
    lines = [f"{answer['decisions']} decisions, {answer['identical']} chosen the same again"]
    lines += [
        f"  {one['request_id']} attempt {one['attempt']}: {one['recorded']} then, {one['today']} now"
        f" ({', '.join(one['fields'])}); {one['why']}"
        for one in answer["differences"]
    ]
    return "\n".join(lines)
