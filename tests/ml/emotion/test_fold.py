"""Folding norms into convolutions changes how fast a network answers, not what."""

import torch
from torch import nn

from ml.emotion.config import EmotionConfig
from ml.emotion.fold import folded
from ml.emotion.network import EmotionNet


def lived(config: EmotionConfig) -> EmotionNet:
    """A network whose norms have seen something, so that folding them is no identity."""
    torch.manual_seed(3)
    model = EmotionNet(config).to(memory_format=torch.channels_last).train()
    with torch.no_grad():
        for _ in range(3):
            model(torch.rand(8, 1, config.input_size, config.input_size))
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
    return model.eval()


def test_a_folded_network_answers_the_same(tiny: EmotionConfig) -> None:
    model = lived(tiny)
    faces = torch.rand(5, 1, tiny.input_size, tiny.input_size)
    with torch.no_grad():
        assert torch.allclose(folded(model)(faces), model(faces), atol=1e-4)


def test_no_norm_is_left_and_the_original_keeps_its_own(tiny: EmotionConfig) -> None:
    model = lived(tiny)
    norms = sum(isinstance(module, nn.BatchNorm2d) for module in model.modules())
    assert norms > 0
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded(model).modules())
    assert norms == sum(isinstance(module, nn.BatchNorm2d) for module in model.modules())
