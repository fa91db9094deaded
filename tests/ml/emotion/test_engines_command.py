"""The engines are measured beside each other, as the ADR's table was."""

import json
from pathlib import Path

import numpy as np
import pytest

from ml.emotion import engines
from ml.emotion.data.faceset import FaceSet

QUICK = ["--engines", "eager,onnxruntime", "--rounds", "2"]


@pytest.fixture(scope="module")
def npz(faces: FaceSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faces") / "faces.npz"
    np.savez(path, images=faces.images, labels=faces.labels)
    return path


def test_each_engine_gets_its_numbers(weights: Path, npz: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert engines.main(["--weights", str(weights), "--npz", str(npz), "--json", *QUICK]) == 0
    eager, runtime = json.loads(capsys.readouterr().out)
    assert [eager["engine"], runtime["engine"]] == ["eager", "onnxruntime"]
    assert eager["difference"] == 0
    assert runtime["difference"] < 1e-4
    assert eager["accuracy"] == runtime["accuracy"]
    for row in (eager, runtime):
        assert min(row["ms_a_face_1"], row["ms_a_face_8"], row["load_s"]) > 0


def test_eight_bits_answer_nearly_the_same(weights: Path) -> None:
    rows = engines.measure(engines.Subject(weights, None), None, ["onnxruntime-int8"], 1)
    assert 0 < rows[0]["difference"] < 0.05


def test_what_is_not_there_is_said(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert engines.main(["--weights", str(tmp_path)]) == 1
    assert engines.main(["--weights", str(weights), "--npz", str(tmp_path / "none.npz")]) == 2
    assert engines.main(["--weights", str(weights), "--engines", "abacus"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "abacus" in said.err
