"""A training of a known length: minutes of work, a rate that anneals, averages, checkpoints that survive a kill."""

import pickle
import time
from pathlib import Path

import pytest
import torch
from torch import nn

from ml.imaging.training.budget import (
    WARM_UP,
    Average,
    Budget,
    learning_rate,
    load_checkpoint,
    save_checkpoint,
    set_rate,
    trainable,
)  # fmt: skip


def test_a_budget_counts_work_and_not_waiting() -> None:
    budget = Budget(minutes=10)
    time.sleep(0.2)
    waited = budget.spent_s
    assert waited < 0.1
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    assert budget.spent_s >= waited + 0.19


def test_a_budget_counts_over_interruptions_and_never_beyond_its_end() -> None:
    assert Budget(minutes=1, spent_s=30).share == pytest.approx(0.5, abs=0.01)
    assert Budget(minutes=1, spent_s=600).share == 1.0


def test_a_run_takes_its_first_step_however_short_its_budget_is_and_no_other() -> None:
    spent = Budget(minutes=1, spent_s=600)
    assert spent.allows(0)
    assert not spent.allows(1)
    assert Budget(minutes=1).allows(1)


def test_the_rate_warms_up_and_anneals_to_two_percent() -> None:
    assert learning_rate(3.0, 0, 0.0) == pytest.approx(3.0 / WARM_UP)
    assert learning_rate(3.0, WARM_UP // 2 - 1, 0.0) == pytest.approx(1.5)
    assert learning_rate(3.0, WARM_UP - 1, 0.0) == learning_rate(3.0, 9999, 0.0) == pytest.approx(3.0)
    assert learning_rate(3.0, 9999, 0.5) == pytest.approx(3.0 * 0.51)
    assert learning_rate(3.0, 9999, 1.0) == pytest.approx(3.0 * 0.02)
    falling = [learning_rate(1.0, 9999, share / 20) for share in range(21)]
    assert falling == sorted(falling, reverse=True)


def test_groups_get_the_rate_times_their_factor() -> None:
    one, other = (nn.Parameter(torch.zeros(1)) for _ in range(2))
    optimizer = torch.optim.AdamW([{"params": [one]}, {"params": [other], "factor": 0.3}], lr=1.0)
    set_rate(optimizer, 0.5)
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.5, 0.15])


def test_what_is_frozen_is_not_trained() -> None:
    frozen, free = nn.Linear(2, 2).requires_grad_(requires_grad=False), nn.Linear(2, 3)
    assert [id(part) for part in trainable(frozen, free)] == [id(part) for part in free.parameters()]


def test_an_average_soon_forgets_the_start_and_then_moves_slowly() -> None:
    torch.manual_seed(0)
    model = nn.BatchNorm1d(3)
    average = Average(model, decay=0.9)
    nn.init.constant_(model.weight, 5.0)
    average.update(model)
    assert average.weights["weight"] == pytest.approx(torch.full((3,), 5.0 + (1.0 - 5.0) * 2 / 11))
    for _ in range(300):
        average.update(model)
    assert average.weights["weight"] == pytest.approx(torch.full((3,), 5.0))
    nn.init.constant_(model.weight, 6.0)
    average.update(model)
    assert average.weights["weight"] == pytest.approx(torch.full((3,), 5.1))
    assert average.weights["num_batches_tracked"] == 0
    assert model.weight[0] == 6.0


def test_an_average_fits_the_model_it_was_made_of() -> None:
    model = nn.Linear(2, 2)
    model.load_state_dict(Average(model, 0.9).weights)


def test_a_save_that_fails_leaves_the_old_checkpoint_whole(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vae.pt"
    save_checkpoint(path, {"step": 7, "weights": torch.ones(3)})
    with pytest.raises((pickle.PicklingError, AttributeError)):
        save_checkpoint(path, {"step": lambda: 8})
    state = load_checkpoint(path)
    assert state["step"] == 7
    assert torch.equal(state["weights"], torch.ones(3))


def test_a_checkpoint_that_holds_code_is_not_read(tmp_path: Path) -> None:
    torch.save({"step": Path("/tmp/x")}, tmp_path / "strange.pt")  # noqa: S108 -- a name only
    with pytest.raises(pickle.UnpicklingError):
        load_checkpoint(tmp_path / "strange.pt")
