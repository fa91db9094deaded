"""`manage.py screen`: the safety layers' verdict on a text or a picture."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

if TYPE_CHECKING:
    from ml.safety.verdict import Verdict

WRONG_USE: Final = 2


class Command(BaseCommand):
    help = "Judges a prompt or a picture as the live path does. Exit status 1 when it is not allowed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--text", help="a prompt")
        parser.add_argument("--image", type=Path, help="a picture's file")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: object, **options: Any) -> None:
        """Exit status: 0 allowed, 1 not allowed or no such file, 2 wrong use."""
        if (options["text"] is None) == (options["image"] is None):
            raise CommandError("give either --text or --image", returncode=WRONG_USE)
        verdict = _of_text(options["text"]) if options["image"] is None else _of_picture(options["image"])
        self.stdout.write(json.dumps(verdict.as_json()) if options["as_json"] else _in_words(verdict))
        if not verdict.allowed:
            raise SystemExit(1)


def _of_text(text: str) -> "Verdict":
    from ml.safety.text import screen_text

    return screen_text(text).verdict


def _of_picture(path: Path) -> "Verdict":
    """A file that is no picture is refused as the live path would refuse it: nothing unreadable is ever shown."""
    from ml.faces.sources import VIDEOS, SourceUnreadable, pictures_in
    from ml.safety.image import screen_image
    from ml.safety.verdict import refused

    _install()
    if not path.is_file():
        raise CommandError(f"{path}: no such file")
    spoilt = {"spoilt": 1.0}
    if path.suffix.lower() in VIDEOS:
        return refused("picture", f"{path}: a video, and one frame does not judge it", spoilt, spoilt)
    try:
        return screen_image(next(pictures_in(path)).pixels).verdict
    except SourceUnreadable as unreadable:
        return refused("picture", str(unreadable), spoilt, spoilt)


def _install() -> None:
    """Judge with what the settings name, as the live path does."""
    from ml.safety.concepts_clip import ClipMissing
    from ml.safety.image import equip

    try:
        equip(settings.ATTUNE_SAFETY_CLIP, settings.ATTUNE_SAFETY_DEVICE, settings.ATTUNE_SAFETY_THRESHOLDS)
    except (ClipMissing, OSError, ValueError) as error:
        raise CommandError(str(error)) from error


def _in_words(verdict: "Verdict") -> str:
    answer = "allowed" if verdict.allowed else f"refused by {verdict.stage}"
    scores = ", ".join(f"{label} {score:.2f}" for label, score in sorted(verdict.labels.items()))
    return f"{answer}: {verdict.reason}" + (f"\n  {scores}" if scores else "")
