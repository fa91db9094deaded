"""The name under which the log remembers a model: its folder's name and a digest of its bytes."""

import hashlib
from pathlib import Path
from typing import Final

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
