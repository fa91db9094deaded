"""Rare emotions count as the recipe says."""

import pytest
import torch
from torch.nn import functional

from ml.emotion.training.objective import Objective, targets_of
from ml.emotion.training.recipe import Recipe, load_recipe

COUNTS = torch.tensor([10, 1, 10, 40, 20, 9, 10])
TARGETS = torch.eye(7).repeat_interleave(COUNTS, dim=0)
ONCE = torch.ones(len(TARGETS))


def test_plain_cross_entropy_is_that() -> None:
    logits = torch.randn(len(TARGETS), 7, generator=torch.Generator().manual_seed(0))
    loss = Objective.of(Recipe(logit_adjustment=0.0), TARGETS, ONCE).loss(logits, TARGETS)
    torch.testing.assert_close(loss, functional.cross_entropy(logits, TARGETS.argmax(dim=1)))


def test_adjusted_logits_are_content_with_balanced_scores() -> None:
    """With τ = 1 the minimiser of the loss is p(y|x) / p(y) (Menon et al., 2020, equation 10): equal logits here."""
    logits = torch.zeros(7, requires_grad=True)
    objective = Objective.of(Recipe(logit_adjustment=1.0), TARGETS, ONCE)
    objective.loss(logits.expand(len(TARGETS), 7), TARGETS).backward()
    assert logits.grad is not None
    torch.testing.assert_close(logits.grad, torch.zeros(7), atol=1e-6, rtol=0)


def test_without_adjustment_the_same_scores_are_pulled_towards_the_frequent() -> None:
    logits = torch.zeros(7, requires_grad=True)
    objective = Objective.of(Recipe(logit_adjustment=0.0), TARGETS, ONCE)
    objective.loss(logits.expand(len(TARGETS), 7), TARGETS).backward()
    assert logits.grad is not None
    assert float(logits.grad[3]) < -0.2 < 0.1 < float(logits.grad[1])


def test_half_the_adjustment_is_half_of_it() -> None:
    half, whole = (Objective.of(Recipe(logit_adjustment=tau), TARGETS, ONCE).adjustment for tau in (0.5, 1.0))
    torch.testing.assert_close(half, whole / 2)
    torch.testing.assert_close(whole.exp(), COUNTS / 100)


def test_an_absent_emotion_is_rare_and_not_impossible() -> None:
    present = TARGETS[TARGETS.argmax(dim=1) != 1]
    objective = Objective.of(Recipe(logit_adjustment=1.0), present, torch.ones(len(present)))
    assert float(objective.adjustment[1].exp()) == pytest.approx(1e-3)


def test_how_often_faces_are_shown_counts() -> None:
    twice = torch.where(TARGETS.argmax(dim=1) == 1, 20.0, 1.0)
    objective = Objective.of(Recipe(logit_adjustment=1.0), TARGETS, twice)
    assert float(objective.adjustment[1].exp()) == pytest.approx(20 / 119)


def test_class_weights_are_those_of_torch_and_balance_the_emotions() -> None:
    logits = torch.randn(len(TARGETS), 7, generator=torch.Generator().manual_seed(0))
    objective = Objective.of(load_recipe("paper"), TARGETS, ONCE)
    assert objective.weights is not None
    torch.testing.assert_close(objective.weights * COUNTS, torch.full((7,), 100 / 7))
    published = functional.cross_entropy(logits, TARGETS.argmax(dim=1), weight=objective.weights)
    torch.testing.assert_close(objective.loss(logits, TARGETS), published)


def test_hard_labels_ignore_the_votes() -> None:
    soft = torch.full((2, 7), 1 / 7)
    labels = torch.tensor([3, 6])
    assert torch.equal(targets_of(load_recipe("paper"), soft, labels), torch.eye(7)[[3, 6]])
    assert torch.equal(targets_of(Recipe(), soft, labels), soft)
