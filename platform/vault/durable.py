"""Files that survive a crash: when `write` returns, the new bytes are on the disk; before, what stood there is."""

import os
import stat
import uuid
from pathlib import Path
from typing import BinaryIO

OWN_ONLY = 0o600


def write(path: Path, data: bytes, *, like: os.stat_result | None = None) -> None:
    """Put these bytes there in one step. `like`: with the owner and mode of another file; else its own owner's alone.

    Raises:
        OSError: disk full, or the owner may not be given; what stood there stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{uuid.uuid4()}.part")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN_ONLY), "wb") as file:
            if like is not None:
                _give_away(file, like)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _give_away(file: BinaryIO, like: os.stat_result) -> None:
    """The owner first: giving a file away may take bits off its mode. A group that may do nothing with it is left out:
    only a member of it could give it, which the services' own user is not.
    """
    group = like.st_gid if like.st_mode & stat.S_IRWXG else -1
    os.fchown(file.fileno(), like.st_uid, group)
    os.fchmod(file.fileno(), like.st_mode & 0o7777)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
