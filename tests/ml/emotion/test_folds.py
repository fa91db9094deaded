"""Cross-validation: no picture judges what it taught, and a finished fold is not run again."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.emotion import train
from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.training import checkpoints, crossvalidate, plan
from ml.emotion.training.folds import deal
from ml.emotion.training.trainer import Trainer


@given(copies=st.lists(st.integers(0, 40), min_size=20, max_size=120), folds=st.integers(2, 5), seed=st.integers(0, 9))
@settings(max_examples=40)
def test_equal_pictures_are_dealt_together_and_emotions_evenly(copies: list[int], folds: int, seed: int) -> None:
    originals = np.random.default_rng(1).integers(0, 255, (41, 8, 8)).astype(np.uint8)
    originals[0] = 0  # blank
    labels = np.array(copies, np.int64) % 7
    faces = FaceSet(originals[copies], labels, np.zeros((len(copies), 7), np.float32))
    dealt = deal(faces, folds, seed)
    for picture in set(copies):
        found = set(dealt[np.array(copies) == picture])
        assert found == {-1} if picture == 0 else len(found) == 1 and min(found) >= 0
    for label in range(7):
        of_it = dealt[(labels == label) & (dealt >= 0)]
        counts = np.bincount(of_it, minlength=folds)
        largest = max((copies.count(picture) for picture in set(copies) if picture and picture % 7 == label), default=0)
        assert counts.max() - counts.min() <= largest


@pytest.fixture
def command(faces: FaceSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: EmotionConfig) -> list[str]:
    monkeypatch.setattr(plan, "load_config", lambda name: tiny)
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    run = ["--data", str(tmp_path), "--out", str(tmp_path / "run"), "--folds", "3"]
    return [*run, "--batch", "14", "--sizes", "0:16", "--epochs", "2"]


def test_the_command_prints_and_writes_each_fold_and_their_mean(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main(command) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures == json.loads((tmp_path / "run" / "folds.json").read_text())
    assert [fold["fold"] for fold in figures["folds"]] == [0, 1, 2]
    assert sum(fold["n"] for fold in figures["folds"]) == figures["faces"] == 84
    for name in ("accuracy", "macro_f1"):
        values = [fold[name] for fold in figures["folds"]]
        assert figures[name]["mean"] == pytest.approx(np.mean(values))
        assert figures[name]["sd"] == pytest.approx(np.std(values, ddof=1))
    assert figures["schedule"]["recipe"]["epochs"] == 2
    assert figures["schedule"]["folds"] == 3


def test_a_finished_fold_is_not_run_again_and_one_begun_goes_on(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert train.main(command) == 0
    whole = capsys.readouterr().out
    fold = tmp_path / "run" / "fold-1"
    (fold / "figures.json").unlink()
    steps: list[int] = []
    take = Trainer._take_step
    monkeypatch.setattr(Trainer, "_take_step", lambda self: steps.append(self.step) or take(self))
    assert train.main([*command, "--resume"]) == 0
    assert steps == []  # that fold's checkpoint is its last: only the judging was left
    assert capsys.readouterr().out == whole
    (fold / "figures.json").unlink()
    (fold / "checkpoint.pt").unlink()
    assert train.main([*command, "--resume"]) == 0
    assert steps == list(range(6))  # 50 faces to learn from in batches of 14, twice
    assert capsys.readouterr().out == whole


def test_folds_of_another_schedule_are_not_mixed_in(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main(command) == 0
    before = (tmp_path / "run" / "folds.json").read_text()
    assert train.main([*command, "--resume", "--peak-rate", "0.03"]) == 2
    assert "another schedule" in capsys.readouterr().err
    (tmp_path / "run" / "fold-0" / "figures.json").unlink()
    assert train.main([*command, "--resume", "--peak-rate", "0.03"]) == 2
    assert "another recipe" in capsys.readouterr().err
    assert (tmp_path / "run" / "folds.json").read_text() == before


def test_a_fold_begun_on_other_data_does_not_go_on(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train.main(command) == 0
    (tmp_path / "run" / "fold-0" / "figures.json").unlink()
    (tmp_path / "other").mkdir()
    (tmp_path / "training.npz").rename(tmp_path / "other" / "training.npz")
    assert train.main(["--data", str(tmp_path / "other"), *command[2:], "--resume"]) == 2
    assert "other data" in capsys.readouterr().err


def test_the_fold_that_judges_was_not_learned_from(command: list[str], tmp_path: Path, faces: FaceSet) -> None:
    assert train.main(command) == 0
    dealt = deal(faces, 3, 0)
    for fold in range(3):
        figures = json.loads((tmp_path / "run" / f"fold-{fold}" / "figures.json").read_text())["figures"]
        assert figures["n"] == int((dealt == fold).sum())
        # a tenth of each emotion of the rest is held out too: it stops and chooses
        assert checkpoints.load(tmp_path / "run" / f"fold-{fold}" / "best.pt")["step"] == figures["best_step"]


def test_a_fold_is_judged_at_the_size_that_it_was_trained_to(
    command: list[str], tmp_path: Path, faces: FaceSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int | None] = []
    judged = crossvalidate.answers

    def answers(*of: object, size: int | None = None, **how: object) -> object:
        asked.append(size)
        return judged(*of, size=size, **how)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(crossvalidate, "answers", answers)
    assert train.main([*command, "--sizes", "0:8,0.5:12"]) == 0
    assert asked == [12, 12, 12]
