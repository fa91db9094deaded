"""Files of weights are compared with the digests that a profile names before anything reads them."""

from collections.abc import Mapping
from pathlib import Path

from ml.weights import shelf


def compare(folder: Path, sha256: Mapping[str, str], variant: str | None) -> None:
    """Every file named is there and is what its digest says, and no other file of the variant could be read beside it.

    Raises:
        shelf.WeightsMissing, shelf.WeightsAltered: naming the first such file.
    """
    for name in sha256:
        if not (folder / name).is_file():
            raise shelf.WeightsMissing(f"{folder / name} is missing")
    suffix = f".{variant}.safetensors" if variant else ".safetensors"
    present = {path.relative_to(folder).as_posix() for path in folder.rglob(f"*{suffix}")}
    if foreign := sorted(present - sha256.keys()):
        raise shelf.WeightsAltered(f"{folder / foreign[0]} has no digest in the profile")
    for name, digest in sha256.items():
        matches(folder / name, digest)


def matches(file: Path, digest: str) -> None:
    """Raises shelf.WeightsAltered, naming the file and both digests."""
    found = shelf.sha256(file)
    if found != digest:
        raise shelf.WeightsAltered(f"{file} is not what the profile names: {found[:12]}…, not {digest[:12]}…")
