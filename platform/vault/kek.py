"""Key-encryption keys: versioned, from the settings or a file, never from a database.

`ATTUNE_KEK`, or else the file that `ATTUNE_KEK_FILE` names, holds `version:base64` entries (32 bytes each), apart by
commas or line ends; a lone base64 value is version 1. The highest version wraps; all present versions unwrap. A file is
read again when it changes, so that a running process learns of a new version.
"""

import base64
import binascii
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from vault.derive import KEY_BYTES, derive
from vault.errors import KekRefused


@dataclass(frozen=True, slots=True)
class Kek:
    """One key-encryption key; each use has a key of its own, derived from it."""

    version: int
    wrapping: AESGCM = field(repr=False)
    transit: AESGCM = field(repr=False)
    check: bytes = field(repr=False)

    @classmethod
    def of(cls, version: int, secret: bytes) -> "Kek":
        if len(secret) != KEY_BYTES:
            raise KekRefused(f"key-encryption key {version} is {len(secret)} bytes long, not {KEY_BYTES}")
        wrapping, transit = AESGCM(derive(secret, "wrap/v1")), AESGCM(derive(secret, "transit/v1"))
        return cls(version, wrapping, transit, derive(secret, "check/v1"))


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key-encryption keys of this process by version."""

    keks: dict[int, Kek]

    @property
    def newest(self) -> Kek:
        return self.keks[max(self.keks)]


def parse(text: str) -> Keyring:
    """A keyring from `version:base64` entries.

    Raises:
        KekRefused: none, malformed, of a wrong length, or a version twice.
    """
    entries = [entry for entry in text.replace("\n", ",").split(",") if entry.strip()]
    keks: dict[int, Kek] = {}
    for entry in entries:
        version, secret = _parse_entry(entry.strip())
        if version in keks:
            raise KekRefused(f"key-encryption key {version} stands there twice")
        keks[version] = Kek.of(version, secret)
    if not keks:
        raise KekRefused("no key-encryption key: set ATTUNE_KEK or ATTUNE_KEK_FILE")
    return Keyring(keks)


def _parse_entry(entry: str) -> tuple[int, bytes]:
    version, colon, encoded = entry.rpartition(":")
    try:
        return (int(version) if colon else 1), base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise KekRefused("a key-encryption key must be written version:base64") from None


def new_entry(version: int) -> str:
    """A fresh random key as it stands in the environment or the file."""
    return f"{version}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def current() -> Keyring:
    """This process's keyring, read again when the setting or the file has changed.

    Raises:
        KekRefused: there is none, or it cannot be read. There is no fallback to plaintext.
    """
    text, path = settings.ATTUNE_KEK, settings.ATTUNE_KEK_FILE
    return _load(text, path, (0, 0) if text else _stamp(path))


@lru_cache(maxsize=4)
def _load(text: str, path: str, stamp: tuple[int, int]) -> Keyring:
    return parse(text or _read(path))


def _stamp(path: str) -> tuple[int, int]:
    try:
        status = Path(path).stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_ino)


def _read(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text()
    except OSError as error:
        raise KekRefused(f"the key file cannot be read: {error.strerror}") from None
