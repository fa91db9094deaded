"""Downloads a profile's model on purpose, at its commit, and compares each file of weights with its sha256.

Weights are fetched here rather than by huggingface_hub's snapshot, which starts a file over when it was cut off. They
are put where the snapshot looks for them: in the hub's cache, under their digest.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ml.imaging.production import pins
from ml.imaging.production.cache import patterns
from ml.imaging.profiles import Profile
from ml.weights import shelf

_NETWORK_S: Final = 10.0
_MIB: Final = 2**20


class NothingToFetch(Exception):
    """The profile names no model on a hub."""


class FetchFailed(Exception):
    """No network, no such model, or other bytes than the profile names. What arrived well is kept: try again."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A model that is here and checked. `downloaded`: bytes of weights that this call had to fetch."""

    folder: Path
    downloaded: int


def fetch(
    profile: Profile, say: Callable[[str], None], *, cache: Path | None = None, endpoint: str | None = None
) -> Fetched:
    """Fetch what is missing; where a download was cut off, only the rest of that file.

    Args:
        say: told a line about each file of weights.
        cache, endpoint: in place of the hub's own (`HF_HOME`, `HF_ENDPOINT`).

    Raises: NothingToFetch, FetchFailed
    """
    if profile.hub is None:
        raise NothingToFetch(f"{profile.name} names no model on a hub")
    from huggingface_hub import constants, snapshot_download

    blobs = Path(cache or constants.HF_HUB_CACHE) / f"models--{profile.hub.replace('/', '--')}" / "blobs"
    with _in_one_line(profile.hub):
        blobs.mkdir(parents=True, exist_ok=True)
        downloaded = sum(_weights(profile, name, blobs, endpoint, say) for name in profile.sha256)
        folder = Path(snapshot_download(
            profile.hub, revision=profile.revision, cache_dir=cache, endpoint=endpoint, etag_timeout=_NETWORK_S,
            allow_patterns=patterns(profile),
        ))  # fmt: skip
        pins.compare(folder, profile.sha256, profile.variant)
    return Fetched(folder, downloaded)


@contextmanager
def _in_one_line(hub: str) -> Iterator[None]:
    from httpx2 import HTTPError

    try:
        yield
    except (OSError, HTTPError, shelf.WeightsAltered, shelf.WeightsMissing) as error:
        said = str(error).strip().splitlines()
        raise FetchFailed(f"{hub}: {said[0] if said else type(error).__name__}") from error


def _weights(profile: Profile, name: str, blobs: Path, endpoint: str | None, say: Callable[[str], None]) -> int:
    """One file of weights in the cache, checked. Gives the bytes that had to be downloaded for it."""
    digest = profile.sha256[name]
    blob, part = blobs / digest, blobs / f"{digest}.part"
    if blob.is_file() and shelf.sha256(blob) == digest:
        say(f"{name}: here, checked")
        return 0
    blob.unlink(missing_ok=True)
    had = part.stat().st_size if part.is_file() else 0
    _download(profile, name, part, endpoint)
    try:
        pins.matches(part, digest)
    except shelf.WeightsAltered:
        part.unlink()
        raise
    part.rename(blob)
    got = blob.stat().st_size - had
    say(f"{name}: {got / _MIB:.1f} MiB downloaded{' (the rest of it)' if had else ''}, checked")
    return got


def _download(profile: Profile, name: str, part: Path, endpoint: str | None) -> None:
    """Append to `part` what it lacks. The hub is asked first whether it has the bytes that the profile names."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils._headers import build_hf_headers

    url = hf_hub_url(profile.hub or "", name, revision=profile.revision, endpoint=endpoint)
    facts = get_hf_file_metadata(url, timeout=_NETWORK_S, endpoint=endpoint)
    if facts.etag != profile.sha256[name]:
        raise shelf.WeightsAltered(f"{name} is not what the profile names: the hub has {facts.etag}")
    headers = build_hf_headers()
    if urlsplit(facts.location).netloc != urlsplit(url).netloc:
        headers.pop("authorization", None)  # a signed address elsewhere must not see the token
    with part.open("ab") as file:
        if facts.size is None or file.tell() < facts.size:
            http_get(facts.location, file, resume_size=file.tell(), headers=headers, expected_size=facts.size,
                     displayed_filename=name)  # fmt: skip
