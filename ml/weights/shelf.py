"""Looks weights up and checks them byte for byte before anything reads them.

A set of weights is a folder with a `manifest.json`: {"files": {"model.safetensors": "<sha256>", …}}.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_HERE: Final = Path(__file__).parent
_CHUNK: Final = 1 << 20


class WeightsMissing(Exception):
    """No such folder, manifest or file."""


class WeightsAltered(Exception):
    """The bytes are not those that the manifest names; nothing was loaded."""


@dataclass(frozen=True)
class Weights:
    """A checked folder. `digest` is the SHA-256 of its manifest, and so of all of its `files`."""

    name: str
    folder: Path
    digest: str
    files: frozenset[str]

    @property
    def label(self) -> str:
        """As events name it: name@first eight digits."""
        return f"{self.name}@{self.digest[:8]}"

    def file(self, name: str) -> Path:
        return self.folder / name


def take(name: str, *, folder: Path | None = None) -> Weights:
    """The weights `name`, checked; from `folder` when given, else from those that ship.

    Raises:
        WeightsMissing, WeightsAltered
    """
    place = folder or _HERE / name
    try:
        manifest = (place / "manifest.json").read_bytes()
    except OSError as error:
        raise WeightsMissing(f"{place}: no manifest.json") from error
    listed: dict[str, str] = json.loads(manifest)["files"]
    for file, digest in listed.items():
        if not (place / file).is_file():
            raise WeightsMissing(f"{place / file} is missing")
        if sha256(place / file) != digest:
            raise WeightsAltered(f"{place / file} is not what the manifest names")
    return Weights(name, place, hashlib.sha256(manifest).hexdigest(), frozenset(listed))


def seal(folder: Path, **facts: Any) -> None:
    """Write the manifest of all files that stand in `folder`, with whatever `facts` are worth keeping beside."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    listed = {str(path.relative_to(folder)): sha256(path) for path in files}
    text = json.dumps({"files": listed, **facts}, indent=2, sort_keys=True) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
