"""What the UNet should answer, checked against what that means: with it, the scheduler finds the picture again."""

import pytest
import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler, PNDMScheduler, SchedulerMixin
from torch import Tensor

from ml.imaging.finetune.objective import BaseUnfit, Denoising, Flow, objective_of

CHANCE = torch.tensor([0.02, 0.3, 0.5, 0.77, 0.99])


def codes() -> tuple[Tensor, Tensor]:
    chance = torch.Generator().manual_seed(4)
    return torch.randn(5, 2, 3, 3, generator=chance), torch.randn(5, 2, 3, 3, generator=chance)


@pytest.mark.parametrize("predicts", ["epsilon", "v_prediction", "sample"])
@pytest.mark.parametrize("schedule", ["linear", "scaled_linear"])
def test_the_right_answer_leads_the_scheduler_back_to_the_picture(predicts: str, schedule: str) -> None:
    scheduler = DDIMScheduler(prediction_type=predicts, beta_schedule=schedule, clip_sample=False)
    scheduler.set_timesteps(1000)
    clean, noise = codes()
    noisy, times, target = objective_of(scheduler).ask(clean, noise, CHANCE)
    assert not torch.allclose(noisy, clean, atol=0.01)
    for row, time in enumerate(times):
        found = scheduler.step(target[row], time, noisy[row]).pred_original_sample
        assert torch.allclose(found, clean[row], atol=2e-3), (predicts, int(time))


def test_the_flow_leads_from_noise_to_the_picture() -> None:
    clean, noise = codes()
    noisy, times, target = Flow().ask(clean, noise, CHANCE)
    assert torch.allclose(noisy - times[:, None, None, None] / 1000 * target, clean, atol=1e-5)
    assert ((times > 0) & (times < 1000)).all()
    assert (times.diff() > 0).all()


def test_times_reach_both_ends_and_no_further() -> None:
    clean = torch.zeros(2, 1, 1, 1)
    _, times, _ = Denoising(DDIMScheduler()).ask(clean, clean, torch.tensor([0.0, 1.0]))
    assert times.tolist() == [0, 999]
    noisy, times, _ = Flow().ask(clean, clean + 1, torch.tensor([0.0, 1.0]))
    assert noisy.isfinite().all()
    assert times.tolist() == [0, 1000]


@pytest.mark.parametrize("scheduler", [
    PNDMScheduler(), EulerDiscreteScheduler(prediction_type="v_prediction"),
    DPMSolverMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True),
])  # fmt: skip
def test_it_is_the_bases_scheduler_that_says_what_is_predicted(scheduler: SchedulerMixin) -> None:
    objective = objective_of(scheduler)
    if scheduler.config.prediction_type == "flow_prediction":
        assert isinstance(objective, Flow)
        return
    assert isinstance(objective, Denoising)
    assert objective.predicts == scheduler.config.prediction_type


def test_a_base_that_predicts_something_else_is_refused() -> None:
    scheduler = DDIMScheduler()
    scheduler.register_to_config(prediction_type="mood")
    with pytest.raises(BaseUnfit, match="mood"):
        objective_of(scheduler)
