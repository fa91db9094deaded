"""The hub's local cache: which files of a model belong there, and where they lie."""

from pathlib import Path
from typing import Final

from ml.imaging.profiles import Profile

_CONFIGURATIONS: Final = ("model_index.json", "*/*.json", "*/*.txt")


def patterns(profile: Profile) -> list[str]:
    """What is fetched of a model: configurations, vocabularies and the weights that the profile names."""
    return [*_CONFIGURATIONS, *profile.sha256]


def cached(profile: Profile, cache: Path | None = None) -> Path | None:
    """The model's folder at the profile's commit, or None when it is not there or not whole. Never the network.

    Its weights may have any bytes: `pins.compare` tells.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    if profile.hub is None:
        return None
    try:
        folder = snapshot_download(
            profile.hub, revision=profile.revision, cache_dir=cache, allow_patterns=patterns(profile),
            local_files_only=True,
        )  # fmt: skip
    except LocalEntryNotFoundError:
        return None
    return Path(folder)
