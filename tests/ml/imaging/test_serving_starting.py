"""A painter that compiles is given the time for each size of batch; one that only loads is not waited for so long."""

from pathlib import Path

import pytest

from ml.imaging.serving.messages import Ready, Recipe
from ml.imaging.serving.process import PainterProcess
from ml.imaging.serving.starting import COMPILE_S, LOAD_S, patience_s


def recipe(acceleration: str = "", profile: str = "embedded", folder: Path | None = None) -> Recipe:
    return Recipe(profile, folder, "cuda:0", 1, None, (), acceleration=acceleration)


def test_each_size_of_batch_that_is_compiled_has_its_time() -> None:
    assert patience_s(recipe()) == LOAD_S
    assert patience_s(recipe("compile = true")) == LOAD_S + 4 * COMPILE_S
    assert patience_s(recipe("compile = true, buckets = [1, 2]", "sd21")) == LOAD_S + 2 * COMPILE_S
    assert patience_s(recipe("compile = false, buckets = [1, 2]")) == LOAD_S


def test_a_folder_that_says_how_it_wants_to_run_is_heard(tmp_path: Path) -> None:
    (tmp_path / "attune.toml").write_text("acceleration = { compile = true, buckets = [1] }\n")
    assert patience_s(recipe(profile="custom", folder=tmp_path)) == LOAD_S + COMPILE_S


def test_what_will_not_load_needs_no_patience() -> None:
    assert patience_s(recipe(profile="midjourney")) == patience_s(recipe("speed = true")) == LOAD_S


def test_a_painter_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    process = PainterProcess(recipe("compile = true"), {})
    monkeypatch.setattr(process, "_nursery_control", lambda: None)
    monkeypatch.setattr("ml.imaging.serving.process.socket.send_fds", lambda *_: None)
    monkeypatch.setattr(process, "send", lambda _: None)
    monkeypatch.setattr(process, "receive", lambda for_s: waited.append(for_s) or Ready("painter", 1, 1, 1))
    process.start()
    process.stop()
    assert waited == [LOAD_S + 4 * COMPILE_S]
