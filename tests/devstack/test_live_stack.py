"""The whole stack, started as `make run` starts it."""

import re
from pathlib import Path

import httpx
import pytest

from devstack import process
from devstack.live import LiveStack, live_stack
from devstack.parts import WORKERS

pytestmark = pytest.mark.stack

PARTS = {"postgres", "valkey", "sealer", "clock", "web", *WORKERS}


def test_every_part_serves(stack: LiveStack) -> None:
    assert {name for name in PARTS if stack.part(name).ready} == PARTS
    assert httpx.get(f"{stack.url}/healthz").json() == {"alive": True}
    assert httpx.get(f"{stack.url}/readyz").json()["ready"] is True


def test_the_web_process_never_gets_the_owners_url(stack: LiveStack) -> None:
    for name in PARTS - {"postgres", "valkey"}:
        environ = Path(f"/proc/{stack.part(name).pid}/environ").read_bytes()
        assert b"DATABASE_OWNER_URL" not in environ
        assert b"attune_migrator" not in environ


def test_the_web_process_holds_no_torch_and_the_frames_worker_no_diffusers(stack: LiveStack) -> None:
    def maps(name: str) -> str:
        return Path(f"/proc/{stack.part(name).pid}/maps").read_text(encoding="utf-8")

    for name in ("web", "sealer", "clock", "default"):
        assert not re.search(r"libtorch|onnxruntime|/cv2/", maps(name)), name
    assert "tokenizers" not in maps("frames")  # what diffusers and transformers load first


def test_what_is_killed_comes_back(stack: LiveStack) -> None:
    stack.kill_and_wait("web")
    assert httpx.get(f"{stack.url}/readyz").status_code == 200


def test_pages_go_on_while_valkey_is_away(stack: LiveStack) -> None:
    with stack.without("valkey"):
        ready = httpx.get(f"{stack.url}/readyz")
        assert ready.status_code == 200
        assert ready.json()["parts"]["valkey"] is False


def test_a_probe_says_so_when_the_database_is_away(stack: LiveStack) -> None:
    with stack.without("postgres"):
        assert httpx.get(f"{stack.url}/healthz", timeout=20).status_code == 200
        assert httpx.get(f"{stack.url}/readyz", timeout=20).status_code == 503
    assert httpx.get(f"{stack.url}/readyz", timeout=20).status_code == 200


def test_metrics_are_internal(stack: LiveStack) -> None:
    assert httpx.get(f"{stack.url}/metrics").status_code == 200
    assert httpx.get(f"{stack.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_logs_carry_no_addresses(stack: LiveStack) -> None:
    httpx.get(f"{stack.url}/canary@attune.example/?q=canary@attune.example")
    for name in PARTS:
        assert "canary@attune.example" not in stack.log(name)


@pytest.mark.timeout(400)
def test_a_clean_stop_leaves_nothing() -> None:
    """Runs on a stack of its own: the shared one is needed by others."""
    with live_stack() as own:
        pids = {name: (own.part(name).pid, own.part(name).started) for name in PARTS}
        folder = own.layout.var
    assert not [name for name, known in pids.items() if process.is_running(*known)]
    assert not folder.exists()
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    assert not [command for command in commands if str(folder).encode() in command]
