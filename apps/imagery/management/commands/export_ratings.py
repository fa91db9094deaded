"""`manage.py export_ratings`: what patients said of painted pictures, for refitting the image layers' thresholds.

Of patients who agree to research: pictures that they took away, and those that they took well. A line holds technique,
scores, thresholds and whether the picture was taken away: no id, time, note or trigger's name. Lines are sorted: their
order tells nothing. The patients stand in the access trail.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from access.context import asking
from apps.imagery import exporting
from apps.imagery.consented import rated_pictures
from eventstore.actor import Actor

ACTOR: Final = Actor.system("imagery.export_ratings")
ROUTE: Final = "export_ratings"


class Command(BaseCommand):
    help = "Writes the scores of pictures that consenting patients took well or away, for `python -m ml.safety.refit`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, help="a file (default: standard output)")

    def handle(self, *_: object, **options: Any) -> None:
        """Exit status: 0 written, 1 nothing to export or it can't be written, 2 wrong use."""
        with asking(ACTOR, route=ROUTE):  # the trail is committed when this ends, before a byte leaves
            rated = list(rated_pictures(ACTOR))
        if not rated:
            raise CommandError("nothing to export: nobody who agrees to research took a painted picture well, or away")
        exporting.write(self, sorted(json.dumps(asdict(one), sort_keys=True) for one in rated), options["out"])
        gone = sum(one.withdrawn for one in rated)
        self.stderr.write(f"{len(rated)} pictures, {gone} of them taken away", self.style.SUCCESS)
