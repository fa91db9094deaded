"""Recipes are data: the paper's row word for word, and what old runs stored keeps its meaning."""

import json

import pytest
import torch

from ml.emotion.config import EmotionConfig
from ml.emotion.network import EmotionNet
from ml.emotion.training.augment import Augmentation
from ml.emotion.training.optimisers import optimiser_of
from ml.emotion.training.recipe import Recipe, load_recipe


def test_the_papers_recipe_is_its_row() -> None:
    paper = load_recipe("paper")
    assert (paper.optimiser, paper.peak_rate, paper.weight_decay) == ("adam", 0.001, 1e-4)
    assert (paper.batch, paper.epochs) == (32, 150)
    assert paper.patience is not None
    assert paper.class_weights
    still = {"scale": 0.0, "shift": 0.0, "erase": 0.0, "gamma": 0.0, "noise": 0.0, "soften": 0.0}
    assert paper.augmentation == Augmentation(degrees=15.0, brightness=0.2, sigma=0.1, **still)


def test_the_papers_recipe_adds_nothing_of_ours() -> None:
    paper = load_recipe("paper")
    assert (paper.labels, paper.mixup, paper.logit_adjustment, paper.distil) == ("hard", 0, 0, 0)
    assert {paper.rate(progress) for progress in (0.0, 0.01, 0.5, 1.0)} == {0.001}
    assert {paper.averaging(step) for step in (1, 50, 9999)} == {0}
    assert {paper.size(progress) for progress in (0.0, 0.5, 1.0)} == {224}


def test_adam_is_plain_adam(tiny: EmotionConfig) -> None:
    optimiser = optimiser_of(EmotionNet(tiny), load_recipe("paper"))
    assert type(optimiser) is torch.optim.Adam
    assert [group["betas"] for group in optimiser.param_groups] == [(0.9, 0.999)] * 2


def test_the_best_recipe_is_the_default() -> None:
    assert load_recipe("best") == Recipe()


@pytest.mark.parametrize("name", ["best", "paper", "first", "wide-first", "wide-second"])
def test_a_recipe_survives_being_stored(name: str) -> None:
    recipe = load_recipe(name)
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


def test_sizes_follow_the_configurations_size() -> None:
    recipe = Recipe(sizes=((0.0, 32), (0.5, 44)))
    assert recipe.fitted_to(44) == recipe
    assert recipe.fitted_to(224).sizes == ((0.0, 163), (0.5, 224))
