"""Training scenes: nothing held out among them, and a painting that was stopped goes on as if it had not been."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from ml.imaging.training.dataset import SIZE, Scenes, open_scenes, paint_scenes, training_spec
from ml.scenes.render import render
from ml.scenes.spec import KINDS, held_out, lawful

SEED = 3  # as in conftest


def test_held_out_combinations_are_never_trained_on() -> None:
    specs = [training_spec(seed, row) for seed in (SEED, 20261) for row in range(1500)]
    assert not any(held_out(spec) for spec in specs)
    assert all(lawful(spec) == spec for spec in specs)
    assert {spec.kind for spec in specs} == set(KINDS)


def test_a_row_is_the_same_scene_each_time_and_rows_differ() -> None:
    assert training_spec(SEED, 5) == training_spec(SEED, 5)
    assert len({training_spec(SEED, row) for row in range(200)}) == 200
    assert training_spec(SEED, 5) != training_spec(SEED + 1, 5)


def test_the_file_holds_the_rows_scene_and_its_words(scenes: Scenes) -> None:
    assert scenes.count == len(scenes.pixels) == 80
    for row in (0, 41, 79):
        spec = training_spec(SEED, row)
        assert np.array_equal(scenes.pixels[row], render(spec, SIZE, SIZE))
        assert scenes.spec(row).words() == spec.words()


def test_a_stopped_painting_goes_on_where_it_stopped(scenes: Scenes, painted: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(painted / "scenes", tmp_path / "scenes"))
    pixels = np.load(folder / "pixels.npy", mmap_mode="r+")
    pixels[:50], pixels[50:] = 7, 0  # what is counted is not painted again
    (folder / "count").write_text("50")
    paint_scenes(folder, 80, SEED)
    again = open_scenes(folder)
    assert again.count == 80
    assert np.array_equal(again.pixels[50:], scenes.pixels[50:])
    assert (again.pixels[:50] == 7).all()


def test_a_finished_painting_is_left_alone(painted: Path) -> None:
    before = (painted / "scenes" / "pixels.npy").stat().st_mtime_ns
    paint_scenes(painted / "scenes", 80, SEED)
    assert (painted / "scenes" / "pixels.npy").stat().st_mtime_ns == before


def test_scenes_that_were_never_painted_are_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_scenes(tmp_path)
