"""A pruned network is trained on from where pruning left it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ml.emotion import recover
from ml.emotion.data.faceset import FaceSet
from ml.emotion.network import EmotionNet
from ml.emotion.training import checkpoints
from ml.emotion.training.prune import pruned
from ml.emotion.training.recipe import Recipe


def test_it_starts_from_the_pruned_network_and_learns(network: EmotionNet, faces: FaceSet) -> None:
    smaller = pruned(network, 0.25)
    recipe = Recipe(batch=12, sizes=((0.0, 24),))
    still = recover.recover(smaller, recipe, faces, minutes=1e-9, rate=0.0)
    moved = recover.recover(smaller, recipe, faces, minutes=0.01, rate=0.05)
    assert still.config == moved.config == smaller.config
    assert torch.allclose(still.head.weight, smaller.head.weight)
    assert not torch.allclose(moved.head.weight, smaller.head.weight)


def test_without_data_or_checkpoint_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--data", str(tmp_path), "--checkpoint", str(tmp_path / "best.pt")]
    assert recover.main(command) == 2
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.parametrize("data", [["{own}:1", "elsewhere:2"], ["elsewhere:2"]])
def test_a_network_of_other_data_is_not_judged_on_a_split_of_one_folder(
    network: EmotionNet, faces: FaceSet, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: list[str]
) -> None:
    np.savez(tmp_path / "training.npz", images=faces.images, labels=faces.labels)
    state = {"config": network.config.to_json(), "average": network.state_dict(), "recipe": Recipe().to_dict()}
    learned = {"facts": {"data": [one.format(own=tmp_path) for one in data]}}
    checkpoints.save(state | learned, tmp_path / "best.pt")
    command = ["--data", str(tmp_path), "--checkpoint", str(tmp_path / "best.pt"), "--minutes", "1e-9"]
    assert recover.main(command) == 2
    assert "elsewhere:2" in capsys.readouterr().err
