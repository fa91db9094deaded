"""`manage.py export_finetune`: chat JSONL for tuning a language model, a lesson a line.

From approved templates, and from decisions of patients who agree to research whose picture did good (rated 1 or 2).
A line holds no id, time, note or word of a patient; lines are sorted and none stands twice, so that neither their order
nor their number tells whose they are. The patients whose decisions were read stand in the access trail.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.context import asking
from apps.imagery import exporting
from apps.imagery.consented import GoodDecision, good_decisions
from apps.imagery.scene_templates import SceneTemplate
from apps.imagery.template_selectors import approved_templates
from eventstore.actor import Actor

if TYPE_CHECKING:
    from ml.prompting.tuning import Lesson

ACTOR: Final = Actor.system("imagery.export_finetune")
ROUTE: Final = "export_finetune"


class Command(BaseCommand):
    help = (
        "Writes chat JSONL for tuning a language model from approved templates and consented, de-identified decisions."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, help="a file (default: standard output)")

    def handle(self, *_: object, **options: Any) -> None:
        """Exit status: 0 written, 1 nothing to export or it can't be written, 2 wrong use."""
        approved = approved_templates()
        of_templates = _of_templates(approved)
        of_decisions = _of_decisions(approved) - of_templates
        if not of_templates | of_decisions:
            raise CommandError("nothing to export: no template is approved in its present words")
        exporting.write(self, sorted(of_templates | of_decisions), options["out"])
        said = f"{len(of_templates)} lessons of approved templates, {len(of_decisions)} more of consented decisions"
        self.stderr.write(said, self.style.SUCCESS)


def _of_templates(approved: Mapping[str, SceneTemplate]) -> set[str]:
    from ml.prompting.library import by_id
    from ml.prompting.tuning import lessons_of_template

    return {_line(lesson) for template in approved for lesson in lessons_of_template(by_id()[template])}


def _of_decisions(approved: Mapping[str, SceneTemplate]) -> set[str]:
    """The trail is committed when this returns, before a byte leaves."""
    with asking(ACTOR, route=ROUTE):
        decisions = [one for one in good_decisions(ACTOR) if one.composed.template in approved]
    found = (_lesson(one) for one in decisions)
    return {_line(lesson) for lesson in found if lesson is not None}


def _lesson(one: GoodDecision) -> "Lesson | None":
    from ml.prompting.tuning import as_answer, lesson_of_decision

    composed, words = one.composed, one.reworded
    answer = as_answer(words.prompt, words.alt, words.line) if words else None
    if words and answer is None:
        return None
    return lesson_of_decision(composed.template, composed.prompt, json.loads(composed.inputs), one.style, answer)


def _line(lesson: "Lesson") -> str:
    return json.dumps(lesson, ensure_ascii=False, separators=(",", ":"))
