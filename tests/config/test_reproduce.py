"""`make reproduce` names commands that exist, in order, and stops where one fails."""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def reproduce(folder: Path, *, fails: str = "nothing", **given: str) -> tuple[int, list[list[str]]]:
    """What the script would run, by a python of ours that writes down its arguments and fails for one module."""
    log, python = folder / "log", folder / "bin" / "python"
    python.parent.mkdir(exist_ok=True)
    python.write_text(f'#!/bin/sh\necho "$@" >> {log}\n[ "$2" != {fails} ]\n')
    python.chmod(0o755)
    log.write_text("")
    environment = {name: value for name, value in os.environ.items() if name not in {"DATA", "NPZ", "PART"}}
    done = subprocess.run(
        ["sh", ".ci/reproduce"], cwd=ROOT, env=environment | {"VENV": str(folder), **given}, check=False
    )
    return done.returncode, [line.split() for line in log.read_text().splitlines()]


def test_all_that_ships_is_trained_by_commands_that_exist(tmp_path: Path) -> None:
    status, commands = reproduce(tmp_path, DATA=str(tmp_path))
    assert status == 0
    modules = [command[1] for command in commands]
    for module in set(modules):
        assert find_spec(module) is not None
        source = "".join(path.read_text() for path in (ROOT / "ml" / module.split(".")[1]).rglob("*.py"))
        for option in {word for command in commands if command[1] == module for word in command if word[:2] == "--"}:
            assert option in source or option[2:].replace("-", "_") in source, f"{module} {option}"
    for part in ("emotion.train_temporal", "imaging.train", "imaging.probe.train", "imaging.clip.train",
                 "safety.fit_feeling", "safety.train"):  # fmt: skip
        assert f"ml.{part}" in modules


def test_it_stops_at_what_fails(tmp_path: Path) -> None:
    status, commands = reproduce(tmp_path, fails="ml.imaging.clip.train", DATA=str(tmp_path))
    assert status != 0
    assert commands[-1][1] == "ml.imaging.clip.train"


@pytest.mark.parametrize(("part", "first"), [("pictures", "ml.imaging.train"), ("language", "ml.safety.train")])
def test_what_needs_no_photograph_runs_without(tmp_path: Path, part: str, first: str) -> None:
    status, commands = reproduce(tmp_path, PART=part)
    assert (status, commands[0][1]) == (0, first)
    assert not any("ml.emotion" in command[1] for command in commands)


@pytest.mark.parametrize("given", [{}, {"PART": "faces"}, {"PART": "all of it"}])
def test_what_cannot_be_run_is_said_before_anything_is(tmp_path: Path, given: dict[str, str]) -> None:
    assert reproduce(tmp_path, **given) == (2, [])
