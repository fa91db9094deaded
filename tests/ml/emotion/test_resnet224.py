"""The published size trains: ResNet-50 on 224 pixels, as RGB, with attention."""

import numpy as np
import pytest

from ml.emotion.config import load_config
from ml.emotion.data.faceset import FaceSet
from ml.emotion.training.augment import Augmentation
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.trainer import Length, Trainer

# erase and scale off: four faces a step say little enough already
CALM = Augmentation(degrees=5.0, scale=0.0, shift=0.02, erase=0.0, gamma=0.1, noise=0.02, soften=0.0)


def recipe_at(side: int) -> Recipe:
    return Recipe(seed=2, batch=4, peak_rate=0.01, mixup=0.0, sizes=((0.0, side),), augmentation=CALM)


def test_the_large_network_takes_steps(faces: FaceSet) -> None:
    trainer = Trainer(load_config("resnet50-224"), recipe_at(64), faces.pick(np.arange(8)), Length(steps=2))
    before = trainer.model.trunk.layer1[0].conv1.weight.detach().clone()
    assert np.isfinite(list(trainer.run())).all()
    assert not np.array_equal(before.numpy(), trainer.model.trunk.layer1[0].conv1.weight.detach().numpy())


@pytest.mark.fault
@pytest.mark.timeout(1800)
def test_200_steps_at_224_pixels_learn(faces: FaceSet) -> None:
    """Five minutes of one core, so it stands among the long ones."""
    trainer = Trainer(load_config("resnet50-224"), recipe_at(224), faces.pick(np.arange(28)), Length(steps=200))
    losses = list(trainer.run())
    assert len(losses) == 200
    assert np.mean(losses[-20:]) < 0.6 * np.mean(losses[:20])
