"""What a device can do of a profile's wish is said before it is done, and what is done does not change the picture."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline

from ml.imaging.production.acceleration import Acceleration, Device, planned
from ml.imaging.production.applying import applied, attends_by_sdpa, limit_memory
from ml.imaging.production.device import device_at
from ml.imaging.production.rules import ProfileWrong
from ml.imaging.production.warming import warm
from ml.imaging.production.wish import overridden
from ml.imaging.profiles import profile
from tests.ml.imaging.tiny_pipelines import SIDE, tiny_pipeline

A100 = Device("cuda", 80.0, (8, 0), torchao=True)
T4 = Device("cuda", 16.0, (7, 5))
P100 = Device("cuda", 16.0, (6, 0))
CPU = Device("cpu")
ALL = Acceleration(
    dtype="bfloat16", channels_last=True, compile=True, buckets=(1, 4), vae_tiling=True, vae_slicing=True, int8=True,
    memory_gib=3.2,
)  # fmt: skip


def test_a_new_gpu_grants_every_wish() -> None:
    plan = planned(ALL, A100)
    assert (plan.dtype, plan.compile, plan.int8, plan.buckets, plan.left_out) == ("bfloat16", True, True, (1, 4), ())
    assert plan.memory_share == pytest.approx(3.2 / 80)


def test_what_a_device_cannot_do_is_left_out_and_said() -> None:
    for device, dtype, compiled, lines in (
        (T4, "float16", True, 2),
        (P100, "float16", False, 3),
        (CPU, "float32", True, 2),
    ):
        plan = planned(ALL, device)
        assert (plan.dtype, plan.compile, plan.int8) == (dtype, compiled, False), device
        assert len(plan.left_out) == lines, plan.left_out
        assert (plan.channels_last, plan.vae_tiling, plan.vae_slicing) == (True, True, True)
    assert planned(ALL, CPU).memory_share is None


def test_onnx_runtime_is_for_processors_and_leaves_nothing_to_compile() -> None:
    wish = replace(ALL, onnx=True)
    assert (planned(wish, CPU).onnx, planned(wish, CPU).compile) == (True, False)
    assert (planned(wish, A100).onnx, planned(wish, A100).compile) == (False, True)
    assert any("onnx" in line for line in planned(wish, A100).left_out)


def test_no_wish_is_nothing_done() -> None:
    for device in (A100, T4, CPU):
        plan = planned(Acceleration(), device)
        assert (plan.dtype, plan.compile, plan.int8, plan.memory_share, plan.left_out) == (
            "float32",
            False,
            False,
            None,
            (),
        )


def test_more_memory_than_there_is_is_all_there_is() -> None:
    assert planned(Acceleration(memory_gib=32), T4).memory_share == 1.0


def test_the_profiles_that_ship_paint_in_half_precision_on_a_gpu_and_in_single_on_a_processor() -> None:
    for name in ("embedded", "sd21", "turbo", "custom"):
        wish = profile(name).acceleration
        assert (planned(wish, T4).dtype, planned(wish, CPU).dtype) == ("float16", "float32")


def test_a_setting_says_otherwise_in_the_profiles_own_words() -> None:
    wish = profile("sd21").acceleration
    assert overridden(wish, "") == wish
    mine = overridden(wish, "memory_gib = 3.2, compile = true, buckets = [1, 2]")
    assert mine == replace(wish, memory_gib=3.2, compile=True, buckets=(1, 2))


@pytest.mark.parametrize("setting", ["memory_gib", "memory_gib = -1", "speed = true", "compile = 1", "} x = {"])
def test_a_setting_that_makes_no_sense_is_refused_as_it_was_written(setting: str) -> None:
    with pytest.raises(ProfileWrong, match=r"acceleration '"):
        overridden(Acceleration(), setting)


def test_the_memory_of_a_gpu_is_limited_before_anything_lies_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """No GPU here: what torch is told is all that can be seen."""
    told: list[tuple[float, torch.device]] = []
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", lambda *it: told.append(it))
    limit_memory(planned(Acceleration(memory_gib=4), T4), "cuda:0")
    limit_memory(planned(Acceleration(), T4), "cuda:0")
    limit_memory(planned(Acceleration(memory_gib=4), CPU), "cpu")
    assert told == [(0.25, torch.device("cuda:0"))]


def test_a_gpu_named_without_its_number_is_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As torch itself resolves it: a limit wants a number."""
    told: list[int] = []
    number = torch.cuda._utils._get_device_index
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", lambda _, of: told.append(number(of)))
    for device in ("cuda", "cuda:0"):
        limit_memory(planned(Acceleration(memory_gib=4), T4), device)
    assert told == [1, 0]


def test_this_machines_processor_is_known_and_a_device_that_is_none_is_not() -> None:
    assert device_at("cpu").kind == "cpu"
    with pytest.raises(RuntimeError):
        device_at("warp")


@pytest.fixture
def tiny() -> StableDiffusionPipeline:
    pipeline = tiny_pipeline()
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def paint(pipeline: StableDiffusionPipeline, count: int = 1) -> np.ndarray:
    images = pipeline(
        ["a lake"] * count, num_inference_steps=2, output_type="np", height=SIDE, width=SIDE,
        generator=[torch.Generator().manual_seed(seed) for seed in range(count)],
    ).images  # fmt: skip
    return np.asarray(images)


def test_attention_goes_through_torchs_fused_kernels(tiny: StableDiffusionPipeline) -> None:
    assert attends_by_sdpa(tiny)
    tiny.enable_attention_slicing("max")
    assert not attends_by_sdpa(tiny)


def test_channels_last_and_slices_change_the_picture_by_less_than_a_grey_level(tiny: StableDiffusionPipeline) -> None:
    before = paint(tiny, 2)
    plan = planned(Acceleration(channels_last=True, vae_slicing=True, vae_tiling=True), CPU)
    after = paint(applied(tiny, plan, "cpu"), 2)
    assert np.abs(after - before).max() * 255 < 1


def test_whatever_shape_is_painted_was_compiled_beforehand(
    tiny: StableDiffusionPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is compiled here, which takes a minute: the shapes that come to what would be are what counts, and the
    mode, for another of which torch compiles once more."""
    shapes: set[tuple[int, torch.Size, bool]] = set()

    def as_it_is(call: Callable[..., Any], *, dynamic: bool) -> Callable[..., Any]:
        assert not dynamic

        def counted(sample: torch.Tensor, *more: Any, **named: Any) -> Any:
            shapes.add((id(call), sample.shape, torch.is_inference_mode_enabled()))
            return call(sample, *more, **named)

        return counted

    monkeypatch.setattr(torch, "compile", as_it_is)
    before = paint(tiny, 2)
    wish = Acceleration(compile=True, buckets=(1, 2))
    pipeline = applied(tiny, planned(wish, CPU), "cpu")
    warm(pipeline, replace(profile("custom"), size=SIDE), wish.buckets)
    compiled = set(shapes)
    assert sorted(len(shape) for _, shape, _ in compiled) == [4] * 4
    with torch.inference_mode():  # as the painter does
        assert np.array_equal(paint(pipeline, 2), before)
        paint(pipeline, 1)
    assert shapes == compiled
