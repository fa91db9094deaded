"""`manage.py score phq-9 0,1,2,…`: the score of a form, its bands and flags."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.assessments.instruments import UnknownInstrument, instrument
from apps.assessments.scoring import Score, WrongAnswers, score

WRONG_USE = 2


class Command(BaseCommand):
    help = "Scores a questionnaire. An empty place between commas is a missing answer and never counts as zero."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("instrument", help="phq-9, gad-7 or dass-21")
        parser.add_argument("answers", help="the answers in the form's order, separated by commas")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            result = score(instrument(options["instrument"]), _answers(options["answers"]))
        except (UnknownInstrument, WrongAnswers) as wrong:
            raise CommandError(str(wrong), returncode=WRONG_USE) from wrong
        self.stdout.write(json.dumps(asdict(result)) if options["as_json"] else _words(result))


def _answers(text: str) -> list[int | None]:
    return [_answer(place.strip()) for place in text.split(",")]


def _answer(place: str) -> int | None:
    if not place:
        return None
    if not (place.isascii() and place.isdigit()):
        raise WrongAnswers(f"{place!r} is no answer")
    return int(place)


def _words(result: Score) -> str:
    lines = []
    if not result.subscales:
        lines.append(_line(result.instrument, result.total, result.severity))
    lines.extend(_line(name, part.total, part.severity) for name, part in result.subscales.items())
    if result.flags:
        lines.append("flags: " + ", ".join(result.flags))
    if result.missing:
        lines.append(f"missing: {result.missing}")
    return "\n".join(lines)


def _line(name: str, total: int | None, severity: str | None) -> str:
    return f"{name}: no score, answers are missing" if total is None else f"{name}: {total} ({severity})"
