"""Weights that let the few count as much as the many, and a head that heeds them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ml.emotion import reweigh
from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.training import checkpoints
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.trainer import Length, Trainer


def test_the_few_dark_faces_count_as_much_as_the_many_bright_ones() -> None:
    images = np.full((40, 48, 48), 200, np.uint8)
    images[:10] = 50
    weights = reweigh.weights_by_band(FaceSet(images, np.zeros(40, np.int64), np.zeros((40, 7), np.float32)))
    assert weights[:10].sum() == pytest.approx(weights[10:].sum(), rel=1e-5)
    assert weights.mean() == pytest.approx(1, rel=1e-5)


def test_no_face_counts_more_than_the_cap() -> None:
    images = np.full((400, 48, 48), 200, np.uint8)
    images[0] = 50
    weights = reweigh.weights_by_band(FaceSet(images, np.zeros(400, np.int64), np.zeros((400, 7), np.float32)))
    assert weights[0] / weights[1] < 10


def test_a_head_heeds_its_weights() -> None:
    """Two faces that look the same and are labelled differently: who weighs more wins."""
    features, targets = torch.ones(2, 3), torch.eye(7)[[1, 4]]
    for heavy, label in ((0, 1), (1, 4)):
        weights = torch.full((2,), 0.5)
        weights[heavy] = 2.0
        assert int(reweigh.fit_head(features, targets, weights)(features[:1]).argmax()) == label


def test_the_hold_out_is_read_by_labels_and_by_the_voters_where_they_agree() -> None:
    """Four faces, read as 0, 1, 2, 2. The voters differ from the labels on the third and are split on the last."""
    votes = np.zeros((4, 7), np.float32)
    votes[[0, 1, 2], [0, 1, 3]] = 10
    votes[3, [2, 5]] = 5
    held = FaceSet(np.full((4, 48, 48), 100, np.uint8), np.array([0, 1, 2, 4]), votes)
    head = torch.nn.Linear(7, 7, bias=False)
    head.weight.data = torch.eye(7)
    figures = reweigh.on_hold_out(head, torch.eye(7)[[0, 1, 2, 2]], held)
    assert figures["accuracy"] == 0.75
    assert figures["macro_f1"] == pytest.approx((1 + 1 + 2 / 3) / 7)
    assert figures["majority"] == pytest.approx(2 / 3)
    assert figures["voted"] == 3


def test_both_ways_are_read_on_the_hold_out(
    tiny: EmotionConfig, faces: FaceSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    trainer = Trainer(tiny, Recipe(batch=28, hold_out=0.3), faces, Length(steps=2))
    list(trainer.run())
    checkpoints.save(trainer.state() | {"accuracy": 0.5}, tmp_path / "best.pt")
    assert reweigh.main(["--data", str(tmp_path), "--run", str(tmp_path)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures.keys() == {"alike", "reweighted"}
    assert 0 <= figures["reweighted"]["macro_f1"] <= 1
    assert figures["alike"]["majority"] is None  # nobody voted on these
    assert sum(band["n"] for band in figures["alike"]["bands"]) == 28
    assert reweigh.main(["--data", str(tmp_path), "--run", str(tmp_path / "none")]) == 2
