"""Where the local stack keeps things: everything under var/ (or ATTUNE_VAR), secrets readable by us alone."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Layout:
    root: Path
    var: Path

    @classmethod
    def of_environment(cls) -> "Layout":
        return cls(ROOT, Path(os.environ.get("ATTUNE_VAR") or ROOT / "var").absolute())

    @property
    def postgres(self) -> Path:
        return self.var / "postgres"

    @property
    def valkey(self) -> Path:
        return self.var / "valkey"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def run(self) -> Path:
        """Of one run only: the lock, the state, the marks of ready processes."""
        return self.var / "run"

    @property
    def secrets(self) -> Path:
        """Passwords, ports and keys of the embedded servers; made once."""
        return self.var / "secrets.env"

    @property
    def stack_env(self) -> Path:
        """What config.settings.local reads: how to reach the stack as the app."""
        return self.var / "stack.env"

    @property
    def kek(self) -> Path:
        return self.var / "kek"

    @property
    def done(self) -> Path:
        """What set-up did already, and for which input."""
        return self.var / "done.json"

    def make(self) -> None:
        for folder in (self.var, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True)
        self.logs.chmod(0o700)


def write_private(path: Path, content: str) -> None:
    """Replace the file at once; nobody else can read it at any moment."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.chmod(0o600)
    fresh.write_text(content, encoding="utf-8")
    fresh.replace(path)


def read_env(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: value for name, found, value in pairs if found and not name.startswith("#")}


def write_env(path: Path, values: dict[str, str]) -> None:
    write_private(path, "".join(f"{name}={value}\n" for name, value in values.items()))
