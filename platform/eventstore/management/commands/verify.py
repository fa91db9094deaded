"""`manage.py verify [--json]`: exit 0 when everything is as recorded, 1 when anything is not."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from eventstore.verification import verify
from vault.errors import KeyUnavailable


class Command(BaseCommand):
    help = "Recompute chains, tree, checkpoints and blob digests from the stored bytes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        try:
            report = verify()
        except (KeyUnavailable, OperationalError, InterfaceError) as away:
            raise CommandError(f"nothing was verified: {type(away).__name__}", returncode=1) from None
        self.stdout.write(_dumps(report.as_json()) if json else "\n".join(report.lines()))
        if not report.ok:
            sys.exit(1)


def _dumps(value: object) -> str:
    return json.dumps(value)
