"""One Valkey of our own: loopback only, with a password, nothing ever written to disk."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis


class ValkeyFailed(Exception):
    """The server didn't start; its log says why."""


@dataclass(frozen=True, slots=True)
class Valkey:
    """Where it listens. The password stands in a file, so that `ps` doesn't show it."""

    program: Path
    folder: Path
    port: int
    password: str
    max_memory_mb: int = 256

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def configure(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        file = self.folder / "valkey.conf"
        file.touch(mode=0o600)
        file.write_text("\n".join(self._lines()) + "\n", encoding="utf-8")
        return file

    def _lines(self) -> list[str]:
        return [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder}"',
            'save ""',
            "appendonly no",
            f"maxmemory {self.max_memory_mb}mb",
            # A full Valkey refuses instead of forgetting: what it holds is either a hint or expires in seconds.
            "maxmemory-policy noeviction",
            "daemonize no",
            "protected-mode yes",
        ]

    def command(self) -> list[str]:
        return [str(self.program), str(self.folder / "valkey.conf")]

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def start(self, log: Path) -> "subprocess.Popen[bytes]":
        self.configure()
        with log.open("ab") as out:
            child = subprocess.Popen(self.command(), cwd="/", stdout=out, stderr=out, start_new_session=True)
        self.wait_until_ready(child)
        return child

    def wait_until_ready(self, child: "subprocess.Popen[bytes]", *, timeout_s: float = 15) -> None:
        give_up = time.monotonic() + timeout_s
        while not self.answers():
            if child.poll() is not None or time.monotonic() > give_up:
                raise ValkeyFailed("valkey didn't start; see its log")
            time.sleep(0.02)
