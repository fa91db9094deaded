"""The name under which the log remembers a model: its folder's name and a digest of its bytes, all of them."""

import hashlib
from pathlib import Path
from typing import Final

from ml.weights import shelf

_MANIFEST: Final = "manifest.json"
_WEIGHED: Final = (".safetensors", ".bin", ".json", ".txt")
_CHUNK: Final = 1 << 20


def weights_name(folder: Path, name: str) -> str:
    """`name@sha256[:8]` over the relative paths and bytes of all weights and configurations in a pipeline's folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _WEIGHED and path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return f"{name}@{digest.hexdigest()[:8]}"


def sealed_name(folder: Path, name: str) -> str:
    """`name` with the digest of the folder's manifest, once each file is what that says and none lies there beside it.

    What the manifest does not name could be read all the same: an upscaler, narrower blocks, another variant.

    Raises:
        shelf.WeightsMissing, shelf.WeightsAltered
    """
    weights = shelf.take(name, folder=folder)
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if _could_be_read(path) and inside != _MANIFEST and inside not in weights.files:
            raise shelf.WeightsAltered(f"{path} is not in the manifest: seal the folder anew, or take it away")
    return weights.label


def _could_be_read(path: Path) -> bool:
    """A linked folder as well: what is in it is not looked through."""
    return path.suffix in _WEIGHED if path.is_file() else path.is_symlink() and path.is_dir()
