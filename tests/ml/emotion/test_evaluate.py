"""The command that people and acceptance checks run."""

import json
from pathlib import Path

import numpy as np
import pytest

from ml.emotion import evaluate
from ml.emotion.data.faceset import FaceSet
from ml.vocabulary import EMOTIONS


def test_it_prints_the_figures_as_json(
    faces: FaceSet, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "some.npz", images=faces.images, labels=faces.labels)
    assert evaluate.main(["--npz", str(tmp_path / "some.npz"), "--weights", str(weights), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    wanted = {"accuracy", "macro_f1", "ece", "per_class", "confusion", "abstained", "accuracy_kept"}
    assert wanted <= figures.keys()
    assert np.array(figures["confusion"]).sum() == len(faces)


def test_it_prints_a_table_for_people(
    faces: FaceSet, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "some.npz", images=faces.images, labels=faces.labels)
    assert evaluate.main(["--npz", str(tmp_path / "some.npz"), "--weights", str(weights)]) == 0
    assert "happiness" in capsys.readouterr().out


def test_it_reads_the_public_test_of_a_folder_that_training_takes(
    faces: FaceSet, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = faces.pick(np.arange(21))
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    assert evaluate.main(["--data", str(tmp_path), "--weights", str(weights), "--json"]) == 2
    assert "public_test" in capsys.readouterr().err
    np.savez(tmp_path / "public_test.npz", images=few.images, labels=few.labels)
    assert evaluate.main(["--data", str(tmp_path), "--weights", str(weights), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 21


def test_missing_data_is_wrong_use_and_missing_weights_a_no(
    faces: FaceSet, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.main(["--npz", str(tmp_path / "none.npz"), "--weights", str(weights)]) == 2
    np.savez(tmp_path / "some.npz", images=faces.images, labels=faces.labels)
    assert evaluate.main(["--npz", str(tmp_path / "some.npz"), "--weights", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 2


def test_repeated_pictures_are_reported_apart(
    faces: FaceSet, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    votes = np.zeros((len(faces), 7), np.uint8)
    votes[np.arange(len(faces)), faces.labels] = 9
    names = np.array(EMOTIONS)
    repeated = np.arange(len(faces)) < 14
    np.savez(
        tmp_path / "some.npz",
        images=faces.images,
        labels=faces.labels,
        dup_in_train=repeated,
        ferplus_votes=votes,
        ferplus_names=names,
    )
    assert evaluate.main(["--npz", str(tmp_path / "some.npz"), "--weights", str(weights), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["unrepeated"]["n"] == figures["ferplus_unrepeated"]["n"] == len(faces) - 14
    assert figures["ferplus"]["accuracy"] == figures["accuracy"]


def test_more_is_measured_on_request(
    faces: FaceSet, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "some.npz", images=faces.images, labels=faces.labels)
    asked = ["--npz", str(tmp_path / "some.npz"), "--weights", str(weights), "--perturb", "--crops", "--clips", "20"]
    assert evaluate.main([*asked, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    for of in figures["perturbed"].values():
        assert of["accuracy"] == pytest.approx(figures["accuracy"] - of["cost"])
    assert 0 <= figures["ten_crop"] <= 1
    assert figures["steadiness"]["fade_7"]["clips"] == 20
    assert evaluate.main([*asked, "--look"]) == 0
    assert "running mean" in capsys.readouterr().out
