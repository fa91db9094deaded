"""The network's shapes, its start, and its likeness to the published ResNet-50."""

import json
from dataclasses import replace

import pytest
import torch
from torchvision.models import resnet50

from ml.emotion.config import EmotionConfig, load_config
from ml.emotion.network import EmotionNet
from ml.emotion.read import read_both, read_emotions
from ml.emotion.temporal import TemporalState


def test_without_attention_the_trunk_is_torchvisions_resnet_50() -> None:
    torch.manual_seed(0)
    published = resnet50().eval()
    published.fc = torch.nn.Identity()
    ours = EmotionNet(replace(load_config("resnet50-224"), attention_stages=())).eval()
    ours.trunk.load_state_dict(published.state_dict())
    pictures = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        features, _ = ours.trunk(pictures)
        theirs = published(pictures)
    assert (features - theirs).abs().max() / theirs.abs().max() < 1e-5


def test_attention_starts_as_the_identity(tiny: EmotionConfig) -> None:
    torch.manual_seed(0)
    watching = EmotionNet(tiny).eval()
    blind = EmotionNet(replace(tiny, attention_stages=())).eval()
    blind.load_state_dict({k: v for k, v in watching.state_dict().items() if "attention" not in k})
    faces = torch.rand(2, 1, 24, 24)
    with torch.inference_mode():
        assert torch.equal(watching(faces), blind(faces))


def test_the_attention_maps_can_be_looked_at(network: EmotionNet) -> None:
    _, maps = network.features(torch.rand(3, 1, 24, 24))
    assert [tuple(seen.shape) for seen in maps] == [(3, 1, 6, 6), (3, 1, 3, 3)]


def test_seven_probabilities_add_up_to_one(network: EmotionNet) -> None:
    answer, state = read_emotions(torch.rand(4, 1, 24, 24), TemporalState.fresh(4, 6), network)
    assert answer.shape == (4, 7)
    torch.testing.assert_close(answer.sum(dim=1), torch.ones(4))
    assert state.hidden.shape == (4, 6)


def test_light_and_contrast_change_nothing(network: EmotionNet) -> None:
    face = torch.rand(1, 1, 24, 24)
    with torch.inference_mode():
        torch.testing.assert_close(network(face), network(face * 0.5 + 0.2), atol=1e-4, rtol=1e-3)


def test_a_flat_face_gives_numbers(network: EmotionNet) -> None:
    with torch.inference_mode():
        assert torch.isfinite(network(torch.full((1, 1, 24, 24), 0.5))).all()


def test_a_batch_reads_as_its_faces_do_alone(network: EmotionNet) -> None:
    faces = torch.rand(3, 1, 24, 24)
    carried = torch.randn(3, TemporalState.numbers(6))
    together, _ = read_emotions(faces, TemporalState.parted(carried, 6), network)
    for row in range(3):
        alone, _ = read_emotions(faces[row : row + 1], TemporalState.parted(carried[row : row + 1], 6), network)
        torch.testing.assert_close(alone[0], together[row], atol=1e-5, rtol=1e-4)


def test_a_sessions_first_frame_is_read_as_it_stands(network: EmotionNet) -> None:
    alone, followed, state = read_both(torch.rand(2, 1, 24, 24), TemporalState.fresh(2, 6), network)
    assert torch.equal(alone, followed)
    alone, followed, _ = read_both(torch.rand(2, 1, 24, 24), state, network)
    assert not torch.equal(alone, followed)


@pytest.mark.parametrize("name", ["cpu", "cpu-quarter", "resnet50-224"])
def test_the_configurations_that_ship_are_resnet_50s(name: str) -> None:
    config = load_config(name)
    assert config.blocks == (3, 4, 6, 3)
    assert EmotionConfig.from_dict(json.loads(config.to_json())) == config
