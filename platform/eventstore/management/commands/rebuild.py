"""`manage.py rebuild [NAME…]`: replays read models from the log."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eventstore import projection, rebuilding
from eventstore.errors import ProjectionUnknown


class Command(BaseCommand):
    help = "Replay the log into new read models and swap them in; without names, into all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME")

    def handle(self, *args: Any, names: list[str], **options: Any) -> None:
        try:
            kinds = [projection.named(name) for name in names] or list(projection.registered().values())
        except ProjectionUnknown as unknown:
            raise CommandError(str(unknown), returncode=1) from None
        for kind in kinds:
            began = time.monotonic()
            position = rebuilding.rebuild(kind)
            self.stdout.write(f"{kind.name}: {position} positions in {time.monotonic() - began:.2f} s")
