"""`manage.py fetch_models`: downloads the painter's weights that the settings name, on purpose and checked."""

import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

if TYPE_CHECKING:
    from ml.imaging.profiles import Profile

WRONG_USE = 2


class Command(BaseCommand):
    help = (
        "Downloads models by their profiles' commit and sha256; goes on where it was cut off. Nothing else downloads."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help="profiles (default: the one that ATTUNE_PAINTER names)"
        )

    def handle(self, *_: object, **options: Any) -> None:
        """Exit status: 0 all are here and checked, 1 one cannot be had, 2 no such profile."""
        from huggingface_hub.utils.tqdm import disable_progress_bars

        if not sys.stderr.isatty():
            disable_progress_bars()
        wanted = [_profile(name) for name in options["names"] or [settings.ATTUNE_PAINTER]]
        for profile in wanted:
            self._fetch(profile, asked_for=bool(options["names"]))

    def _fetch(self, profile: "Profile", *, asked_for: bool) -> None:
        from ml.imaging.production.fetch import FetchFailed, fetch

        if profile.hub is None:
            self.stdout.write(_nothing(profile, asked_for=asked_for))
            return
        self.stdout.write(f"{profile.name}: {profile.hub} at {profile.revision}, licence: {profile.licence}")
        try:
            fetched = fetch(profile, lambda line: self.stdout.write(f"  {line}"))
        except FetchFailed as failed:
            raise CommandError(str(failed)) from failed
        what = f"{fetched.downloaded / 2**20:.1f} MiB downloaded" if fetched.downloaded else "nothing to download"
        self.stdout.write(f"{profile.name}: {what}; all weights match; in {fetched.folder}")


def _profile(name: str) -> "Profile":
    from ml.imaging.profiles import profile

    try:
        return profile(name)
    except LookupError as unknown:
        raise CommandError(str(unknown), returncode=WRONG_USE) from unknown


def _nothing(profile: "Profile", *, asked_for: bool) -> str:
    """Why there is nothing to fetch for a profile without a hub."""
    if profile.home is None:
        return f"{profile.name}: its weights are the folder that ATTUNE_PAINTER_FOLDER names"
    hint = "" if asked_for else "; ATTUNE_PAINTER or NAME says which other model"
    return f"{profile.name}: ships with the project{hint}"
