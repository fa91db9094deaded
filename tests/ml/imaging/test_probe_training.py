"""The probe's training can be stopped and gone on with; its weights are checked before they answer."""

import json
import logging
from pathlib import Path

import numpy as np
import pytest
import torch

from ml.imaging.probe import train
from ml.imaging.probe.network import ProbeNet
from ml.imaging.probe.pictures import as_tensor, held_out_specs, renders, standard
from ml.imaging.probe.reader import Probe
from ml.imaging.probe.stored import ProbeOutdated, load_probe, save_probe
from ml.imaging.training.budget import load_checkpoint
from ml.imaging.training.dataset import Scenes
from ml.scenes.captions import ATTRIBUTES
from ml.weights import shelf

SEED = 3  # as in conftest
TINY = (4, 8, 8)


def run(painted: Path, out: Path, minutes: float, *more: str) -> None:
    command = ["--out", str(out), "--scenes", str(painted / "scenes"), "--minutes", str(minutes), "--seed", "3", *more]
    assert train.main(command) == 0


@pytest.fixture(scope="module")
def probed(painted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after the real command had a moment's budget."""
    out = tmp_path_factory.mktemp("probe")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "_BATCH", 8)
        run(painted, out, 0.002)
    return out


def test_a_training_in_pieces_goes_on_and_a_spent_budget_trains_no_further(
    painted: Path, probed: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(train, "_BATCH", 8)
    run(painted, tmp_path, 1.0, "--at-most", "1e-9")
    first = load_checkpoint(tmp_path / "probe.pt")
    assert first["step"] >= 1
    assert 0 < first["spent_s"] < 60
    run(painted, tmp_path, 1.0, "--at-most", "1e-9", "--resume")
    second = load_checkpoint(tmp_path / "probe.pt")
    assert second["step"] > first["step"]
    assert second["spent_s"] > first["spent_s"]
    spent = load_checkpoint(probed / "probe.pt")
    run(painted, probed, 0.002, "--resume")
    assert load_checkpoint(probed / "probe.pt")["step"] == spent["step"]
    assert "kind" in caplog.text


def test_a_restored_training_is_the_one_that_was_saved(scenes: Scenes, probed: Path, tmp_path: Path) -> None:
    state = load_checkpoint(probed / "probe.pt")
    again = train.Run.begin(scenes, tmp_path / "probe.pt")
    assert again.restore(state) == state["spent_s"]
    assert again.step == state["step"]
    assert all(torch.equal(value, state["model"][name]) for name, value in again.model.state_dict().items())
    assert all(torch.equal(value, state["average"][name]) for name, value in again.averaged().state_dict().items())


def test_stored_weights_answer_as_the_network_that_was_stored(tmp_path: Path) -> None:
    torch.manual_seed(4)
    net = ProbeNet(TINY)
    pictures = as_tensor(renders(held_out_specs(4, 1)))
    net.train()(standard(pictures))  # gives the norms something to hold
    save_probe(net.eval(), tmp_path, steps=1, minutes=0.1)
    again, label = load_probe(tmp_path)
    assert label.startswith("probe@")
    with torch.inference_mode():
        one, other = net(standard(pictures)), again(standard(pictures))
    assert all(torch.allclose(one[name], other[name], atol=2e-2) for name in ATTRIBUTES)


def test_altered_weights_and_other_words_are_refused(probed: Path, tmp_path: Path) -> None:
    save_probe(ProbeNet(TINY), tmp_path, steps=1, minutes=0.1)
    config = json.loads((tmp_path / "config.json").read_text())
    config["words"]["kind"][0] = "volcano"
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(shelf.WeightsAltered):
        Probe.load(tmp_path)
    shelf.seal(tmp_path)
    with pytest.raises(ProbeOutdated):
        Probe.load(tmp_path)
    with pytest.raises(shelf.WeightsMissing):
        Probe.load(probed / "nowhere")


def test_the_size_of_a_picture_hardly_matters(probed: Path) -> None:
    probe = Probe.load(probed / "weights")
    small = renders(held_out_specs(2, 1))
    large = small.repeat(4, axis=1).repeat(4, axis=2)
    one, other = probe.read(small), probe.read(large)
    assert all(np.allclose(one.probabilities[name], other.probabilities[name], atol=0.05) for name in ATTRIBUTES)
    assert one.probabilities["kind"].sum(axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)
    assert one.probability(0, "kind", one.words(0)["kind"]) == one.probabilities["kind"][0].max()
