"""Clips made from stills, and an LSTM that learns on them without touching what a single frame says."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ml.emotion import train_temporal
from ml.emotion.config import EmotionConfig
from ml.emotion.data.faceset import FaceSet
from ml.emotion.stored import load_network
from ml.emotion.training import checkpoints
from ml.emotion.training.clips import FRAMES, make_clips
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.trainer import Length, Trainer
from ml.weights import shelf


def test_clips_are_drawn_from_their_generator_alone(faces: FaceSet) -> None:
    stills = torch.from_numpy(faces.images).float().div(255).unsqueeze(1)
    targets = torch.from_numpy(faces.soft_targets())
    one, other = (make_clips(stills, targets, 5, 24, torch.Generator().manual_seed(4)) for _ in range(2))
    assert torch.equal(one.frames, other.frames)
    assert one.frames.shape == (5, FRAMES, 1, 24, 24)
    assert 0 <= float(one.frames.min()) <= float(one.frames.max()) <= 1
    torch.testing.assert_close(one.targets.sum(dim=2), torch.ones(5, FRAMES))


def test_the_target_changes_when_the_face_does(faces: FaceSet) -> None:
    stills = torch.from_numpy(faces.images).float().div(255).unsqueeze(1)
    clips = make_clips(stills, torch.from_numpy(faces.soft_targets()), 30, 24, torch.Generator().manual_seed(4))
    for targets, change, turns in zip(clips.targets, clips.change.tolist(), clips.turns.tolist(), strict=True):
        assert torch.equal(targets[0], targets[change - 1])
        assert torch.equal(targets[change + 3], targets[-1])
        assert (not torch.equal(targets[0], targets[-1])) == turns


def test_a_cut_shows_the_new_face_at_once(faces: FaceSet) -> None:
    stills = torch.from_numpy(faces.images).float().div(255).unsqueeze(1)
    clips = make_clips(stills, torch.from_numpy(faces.soft_targets()), 9, 24, torch.Generator().manual_seed(4), fade=1)
    for targets, change in zip(clips.targets, clips.change.tolist(), strict=True):
        assert torch.equal(targets[change - 1], targets[0])
        assert torch.equal(targets[change], targets[-1])


def test_training_the_lstm_leaves_single_frames_alone(
    tiny: EmotionConfig, faces: FaceSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    trainer = Trainer(tiny, Recipe(batch=28, hold_out=0.3), faces, Length(steps=2))
    list(trainer.run())
    checkpoints.save(trainer.state() | {"accuracy": 0.5}, tmp_path / "best.pt")
    command = ["--data", str(tmp_path), "--run", str(tmp_path), "--weights", str(tmp_path / "weights")]
    assert train_temporal.main([*command, "--clips", "40", "--epochs", "2"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert {name: of["fade"] for name, of in figures.items()} == {"fade_3": 3, "fade_1": 1, "fade_7": 7}
    low, high = figures["fade_1"]["lstm"]["flicker_interval"]
    assert low <= figures["fade_1"]["lstm"]["flicker"] <= high
    written = load_network(shelf.take("emotion", folder=tmp_path / "weights"))
    stills = torch.rand(3, 1, 24, 24)
    trainer.average.eval()
    with torch.inference_mode():
        moved = written(stills) - trainer.average(stills)  # by calibration: alike for every face
        torch.testing.assert_close(moved, moved[:1].expand_as(moved), atol=1e-2, rtol=1e-2)
    assert float(written.temporal.gate.weight.abs().sum()) > 0


def test_a_run_is_not_calibrated_on_faces_that_it_may_have_learned(
    tiny: EmotionConfig, faces: FaceSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    trainer = Trainer(tiny, Recipe(batch=28, hold_out=0.3), faces, Length(steps=2))
    facts = {"data": [str(tmp_path / "elsewhere")]}
    checkpoints.save(trainer.state() | {"accuracy": 0.5, "facts": facts}, tmp_path / "best.pt")
    command = ["--data", str(tmp_path), "--run", str(tmp_path), "--weights", str(tmp_path / "weights")]
    assert train_temporal.main([*command, "--clips", "40", "--epochs", "1"]) == 2
    assert str(tmp_path / "elsewhere") in capsys.readouterr().err
    assert not (tmp_path / "weights").exists()
