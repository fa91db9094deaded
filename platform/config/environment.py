"""Reading the process's environment: text, numbers, switches, and the local stack's own file of them."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"", "0", "false", "no", "off"})


class EnvironmentWrong(Exception):
    """A variable is missing or cannot be read; retrying won't help."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise EnvironmentWrong(f"{name} must be set")
    return value


def number(name: str, default: float) -> float:
    value = os.environ.get(name, "")
    try:
        return float(value) if value else default
    except ValueError as wrong:
        raise EnvironmentWrong(f"{name} must be a number") from wrong


def whole(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError as wrong:
        raise EnvironmentWrong(f"{name} must be a whole number") from wrong


def switch(name: str, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise EnvironmentWrong(f"{name} must be 1 or 0")


def listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def var_dir() -> Path:
    """Where the local stack keeps what it makes; `ATTUNE_VAR` moves it."""
    return Path(text("ATTUNE_VAR") or ROOT / "var")


def load_file(path: Path) -> None:
    """Set each `NAME=value` of the file that the environment does not set already. An absent file sets nothing."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, found, value = line.partition("=")
        if found and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())
