"""A device that is no processor has one process, however the one before it ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from config import celery
from config.device import DeviceTaken, hold, hold_own
from devstack.layout import ROOT

OTHER = """
import sys, time
from pathlib import Path
from config.device import hold
hold(sys.argv[1], Path(sys.argv[2]))
assert "torch" not in sys.modules
print("held", flush=True)
time.sleep(60)
"""


@contextmanager
def other(device: str, folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    """Another process that has the device."""
    command = [sys.executable, "-c", OTHER, device, str(folder)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "platform")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"held\n"
            yield process
        finally:
            process.kill()


@pytest.fixture
def owner(tmp_path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    with other("cuda:1", tmp_path) as process:
        yield process


@pytest.fixture(autouse=True)
def _all_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


def test_a_second_process_is_refused_and_told_by_whom(owner: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    with pytest.raises(DeviceTaken, match=rf"cuda:1 is taken by process {owner.pid}:"):
        hold("cuda:1", tmp_path)


def test_another_device_is_free(owner: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    hold("cuda:0", tmp_path)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_is_free_again_when_its_process_ends_whatever_ended_it(
    owner: "subprocess.Popen[bytes]", tmp_path: Path, how: signal.Signals
) -> None:
    owner.send_signal(how)
    owner.wait()
    hold("cuda:1", tmp_path)
    assert (tmp_path / "device-cuda-1.lock").read_text(encoding="ascii") == f"{os.getpid()}\n"


def test_holding_it_twice_is_no_quarrel_with_oneself(tmp_path: Path) -> None:
    hold("cuda:5", tmp_path)
    hold("cuda:5", tmp_path)


def test_a_processor_is_nobodys_own(tmp_path: Path) -> None:
    for device in ("cpu", "cpu:0"):
        with other(device, tmp_path):
            hold(device, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_cuda_alone_is_its_first(tmp_path: Path) -> None:
    with other("cuda", tmp_path), pytest.raises(DeviceTaken):
        hold("cuda:0", tmp_path)


def test_the_same_name_may_be_another_device(
    owner: "subprocess.Popen[bytes]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1,2")
    hold("cuda:1", tmp_path)  # the machine's third
    with pytest.raises(DeviceTaken):
        hold("cuda:0", tmp_path)  # the machine's second


@pytest.mark.parametrize(
    ("process", "taken"), [("frames", "cuda:1"), ("images", "cuda:2"), ("default", ""), ("cli", "")]
)
def test_each_worker_takes_the_device_that_its_setting_names(
    process: str, taken: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Path]] = []
    monkeypatch.setattr("config.device.hold", lambda *what: asked.append(what))
    settings.ATTUNE_PROCESS, settings.ATTUNE_VAR = process, tmp_path
    settings.ATTUNE_FRAMES_DEVICE, settings.ATTUNE_PAINTER_DEVICE = "cuda:1", "cuda:2"
    hold_own()
    assert asked == [(taken or "cpu", tmp_path / "run")]


@pytest.mark.django_db
def test_a_worker_whose_device_is_taken_ends_and_says_so(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(celery, "leave_no_connection", lambda: None)
    settings.ATTUNE_PROCESS, settings.ATTUNE_VAR = "frames", tmp_path
    settings.ATTUNE_FRAMES_DEVICE = "cuda:7"
    with other("cuda:7", tmp_path / "run") as process, pytest.raises(SystemExit) as ended:
        celery.look_at_role()
    assert str(ended.value) == f"DeviceTaken: cuda:7 is taken by process {process.pid}: one process a device"
