"""`manage.py rotate_keys`: wraps every data key anew under the newest key-encryption key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vault import kek, rotation
from vault.errors import VaultError


class Command(BaseCommand):
    help = "Re-wrap all data keys under the newest key-encryption key; events are untouched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", action="store_true", help="first add a fresh version to ATTUNE_KEK_FILE")

    def handle(self, *args: Any, new: bool, **options: Any) -> None:
        try:
            if new:
                rotation.add_version()
            rewrapped = rotation.rewrap()
            newest = kek.current().newest.version
        except VaultError as refused:
            raise CommandError(str(refused), returncode=1) from None
        self.stdout.write(f"{rewrapped} data keys re-wrapped; all are under key-encryption key {newest}")
