"""Weights are checked byte for byte before they are read."""

import shutil
from pathlib import Path

import pytest
import torch

from ml.emotion.network import EmotionNet
from ml.emotion.stored import load_network, save_network
from ml.weights import shelf


def test_a_network_comes_back_as_it_was_to_half_precision(network: EmotionNet, tmp_path: Path) -> None:
    save_network(network, tmp_path, seed=3)
    back = load_network(shelf.take("emotion", folder=tmp_path))
    faces = torch.rand(2, 1, 24, 24)
    with torch.inference_mode():
        torch.testing.assert_close(back(faces), network(faces), atol=1e-2, rtol=1e-2)
    assert back.config == network.config


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_altered_weights_are_refused(weights: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(weights, tmp_path / "emotion")
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(shelf.WeightsAltered, match=name):
        shelf.take("emotion", folder=folder)


def test_a_missing_file_is_named(weights: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(weights, tmp_path / "emotion")
    (folder / "config.json").unlink()
    with pytest.raises(shelf.WeightsMissing, match="config"):
        shelf.take("emotion", folder=folder)
    with pytest.raises(shelf.WeightsMissing, match="manifest"):
        shelf.take("emotion", folder=tmp_path / "nowhere")


def test_the_label_names_all_files(weights: Path) -> None:
    label = shelf.take("emotion", folder=weights).label
    assert label.startswith("emotion@")
    assert len(label) == len("emotion@") + 8
