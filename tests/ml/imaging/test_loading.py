"""A model that is missing or was changed is not loaded, and the network is never asked."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline, DPMSolverMultistepScheduler, EulerDiscreteScheduler

from ml.imaging.finetune.base import find_base
from ml.imaging.loading import PainterMissing, PainterUnfit, load_pipeline
from ml.imaging.painter import Painter, PainterUnjudged
from ml.imaging.production.acceleration import Acceleration
from ml.imaging.production.onnx_running import runs_in_torch
from ml.imaging.production.rules import ProfileWrong
from ml.imaging.profiles import OWN, Profile, profile, profile_at
from ml.imaging.weights_name import weights_name
from ml.safety.image import NOT_JUDGED
from ml.weights.shelf import WeightsAltered, WeightsMissing, sha256
from tests.ml.imaging.tiny_pipelines import SIDE, save_tiny

Hub = Callable[[Profile], Profile]
COMMIT = "c" * 40


@pytest.mark.parametrize("name", ["embedded", "sd21"])
def test_a_folder_without_a_pipeline_is_a_missing_painter_and_no_other_takes_its_place(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(PainterMissing, match=str(tmp_path)):
        load_pipeline(profile(name), tmp_path, "cpu")


def test_a_painter_of_anything_is_refused_while_there_is_something_nobody_judges(trained: Path) -> None:
    assert "violence" in NOT_JUDGED
    with pytest.raises(PainterUnjudged, match="violence"):
        Painter.load("sd21", folder=trained / "pipeline")


def test_naming_a_folder_in_place_of_what_ships_goes_past_no_judge(tmp_path: Path) -> None:
    (save_tiny(tmp_path) / "tokenizer/tokenizer.json").unlink()
    with pytest.raises(PainterUnjudged, match="violence"):
        Painter.load("embedded", folder=tmp_path)


def test_a_model_outside_the_local_cache_is_missing_and_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it asked the network")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    absent = replace(profile("sd21"), hub="attune-tests/no-such-model")
    with pytest.raises(PainterMissing, match=r"not in the local cache.*fetch_models sd21"):
        load_pipeline(absent, None, "cpu")


def test_a_custom_model_without_a_folder_says_that_it_wants_one() -> None:
    with pytest.raises(PainterMissing, match="custom has no weights: name their folder"):
        load_pipeline(profile("custom"), None, "cpu")


@pytest.fixture
def copied(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained / "pipeline", tmp_path / "pipeline"))


def test_altered_weights_are_not_loaded(copied: Path) -> None:
    file = next(copied.glob("unet/*.safetensors"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(WeightsAltered):
        Painter.load(folder=copied, unseen=())


def test_weights_with_a_file_gone_are_not_loaded(copied: Path) -> None:
    next(copied.glob("vae/*.safetensors")).unlink()
    with pytest.raises(WeightsMissing):
        Painter.load(folder=copied, unseen=())


def test_what_a_manifest_does_not_name_is_not_read_beside_what_it_does(copied: Path, tmp_path: Path) -> None:
    (copied / "README.md").write_text("no part of the model")
    (copied / OWN).write_text("steps = 4")
    assert find_base(str(copied)).label == Painter.load(folder=copied, unseen=()).model
    for name in ("upscaler/upscaler.safetensors", "unet/pruned.json", "vae/diffusion_pytorch_model.fp16.safetensors"):
        (copied / name).parent.mkdir(exist_ok=True)
        (copied / name).write_bytes(b"of whoever put it there")
        for load in (lambda: Painter.load(folder=copied, unseen=()), lambda: find_base(str(copied))):
            with pytest.raises(WeightsAltered, match=f"{name} is not in the manifest"):
                load()
        (copied / name).unlink()
    (copied / "upscaler").rmdir()
    (copied / "upscaler").symlink_to(tmp_path)
    with pytest.raises(WeightsAltered, match="upscaler is not in the manifest"):
        Painter.load(folder=copied, unseen=())


def test_a_foreign_pipeline_is_named_by_its_bytes_wherever_it_lies(copied: Path, tmp_path: Path) -> None:
    (copied / "manifest.json").unlink()
    _, name = load_pipeline(profile("embedded"), copied, "cpu")
    assert name == weights_name(copied, "embedded")
    moved = copied.rename(tmp_path / "elsewhere")
    assert weights_name(moved, "embedded") == name
    (moved / "README.md").write_text("no part of the model")
    assert weights_name(moved, "embedded") == name
    config = moved / "scheduler" / "scheduler_config.json"
    config.write_text(config.read_text() + "\n")
    changed = weights_name(moved, "embedded")
    assert changed != name
    assert changed.startswith("embedded@")
    config.rename(config.with_name("other.json"))
    assert weights_name(moved, "embedded") not in (name, changed)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return save_tiny(tmp_path / "tiny")


def small(name: str, folder: Path) -> Profile:
    return replace(profile_at(name, folder), size=SIDE, shown=SIDE)


def paint(one: Profile, folder: Path | None, guidance: float | None = None, negative: str = "") -> np.ndarray:
    pipeline, _ = load_pipeline(one, folder, "cpu")
    pipeline.set_progress_bar_config(disable=True)
    images = pipeline(
        ["a lake"], negative_prompt=[negative], num_inference_steps=one.steps, output_type="np",
        guidance_scale=one.guidance if guidance is None else guidance, height=one.size, width=one.size,
        generator=[torch.Generator().manual_seed(3)],
    ).images  # fmt: skip
    assert images.shape == (1, SIDE, SIDE, 3)
    assert np.isfinite(images).all()
    return np.asarray(images)


def test_the_scheduler_is_the_profiles_with_the_models_own_settings(tiny: Path) -> None:
    sd21, _ = load_pipeline(small("sd21", tiny), tiny, "cpu")
    assert isinstance(sd21.scheduler, DPMSolverMultistepScheduler)
    assert sd21.scheduler.config.algorithm_type == "dpmsolver++"
    assert (sd21.scheduler.config.prediction_type, sd21.scheduler.config.beta_schedule) == (
        "v_prediction", "scaled_linear",
    )  # fmt: skip
    turbo, _ = load_pipeline(small("turbo", tiny), tiny, "cpu")
    assert isinstance(turbo.scheduler, EulerDiscreteScheduler)
    assert turbo.scheduler.config.timestep_spacing == "trailing"


def test_turbo_runs_the_network_once_a_step_and_stable_diffusion_for_both_passes(tiny: Path) -> None:
    for name, rows in (("turbo", 1), ("sd21", 2)):
        one = replace(small(name, tiny), steps=2)
        pipeline, _ = load_pipeline(one, tiny, "cpu")
        seen: list[int] = []
        pipeline.unet.register_forward_pre_hook(lambda _, inputs, seen=seen: seen.append(len(inputs[0])))
        pipeline(["a lake"], num_inference_steps=2, guidance_scale=one.guidance, height=SIDE, width=SIDE)
        assert seen == [rows, rows], name


def test_what_to_stay_away_from_counts_with_guidance_and_not_without(tiny: Path) -> None:
    turbo, sd21 = small("turbo", tiny), replace(small("sd21", tiny), steps=3)
    assert np.array_equal(paint(turbo, tiny, negative="rain"), paint(turbo, tiny))
    assert not np.array_equal(paint(sd21, tiny, negative="rain"), paint(sd21, tiny))


@pytest.mark.parametrize(
    "wanted",
    [{"class": "NoSuchScheduler"}, {"class": "LCMScheduler", "nonsense": 1}, {"class": "SchedulerMixin2Scheduler"}],
)
def test_a_scheduler_that_cannot_be_is_refused_by_name(wanted: dict[str, object], tiny: Path) -> None:
    with pytest.raises(ProfileWrong, match="nonsense" if "nonsense" in wanted else str(wanted["class"])):
        load_pipeline(replace(profile("custom"), scheduler=wanted), tiny, "cpu")


def test_any_folder_of_a_text_to_image_model_paints_as_custom(tiny: Path) -> None:
    custom = replace(profile_at("custom", tiny), steps=2)
    assert paint(custom, tiny).std() > 0


@pytest.mark.parametrize(
    ("kind", "why"),
    [("StableDiffusionInpaintPipeline", "picture"), ("DDPMPipeline", "knows no"), ("Nonsense", "no pipeline Nonsense")],
)
def test_a_folder_of_another_kind_of_model_is_refused(kind: str, why: str, tiny: Path) -> None:
    index = json.loads((tiny / "model_index.json").read_text())
    (tiny / "model_index.json").write_text(json.dumps(index | {"_class_name": kind}))
    with pytest.raises(PainterUnfit, match=why):
        load_pipeline(profile("custom"), tiny, "cpu")


def test_weights_that_could_run_code_are_not_read(tiny: Path) -> None:
    file = next(tiny.glob("unet/*.safetensors"))
    torch.save({}, file.with_suffix(".bin"))
    file.unlink()
    with pytest.raises(PainterUnfit, match="safetensors"):
        load_pipeline(profile("custom"), tiny, "cpu")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Puts a tiny model into a hub's cache of the test's own as the profile's; gives the profile with its digests."""
    cache = tmp_path / "cache"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))

    def put(one: Profile) -> Profile:
        assert one.hub
        model = cache / f"models--{one.hub.replace('/', '--')}"
        folder = save_tiny(model / "snapshots" / COMMIT, "fp16")
        pins = {path.relative_to(folder).as_posix(): sha256(path) for path in folder.rglob("*.safetensors")}
        return replace(one, revision=COMMIT, sha256=pins, size=SIDE, shown=SIDE, steps=1)

    return put


def test_without_a_folder_the_model_comes_from_the_hubs_cache_at_its_commit(hub: Hub, tmp_path: Path) -> None:
    turbo = hub(profile("turbo"))
    assert paint(turbo, None).std() > 0
    _, name = load_pipeline(turbo, None, "cpu")
    assert name.startswith("turbo@")
    with pytest.raises(PainterMissing):
        load_pipeline(replace(turbo, revision="d" * 40), None, "cpu")
    local = save_tiny(tmp_path / "local")
    assert load_pipeline(turbo, local, "cpu")[1] == weights_name(local, "turbo") != name


def test_each_file_of_weights_has_to_be_what_the_profile_names(hub: Hub) -> None:
    turbo = hub(profile("turbo"))
    for file in turbo.sha256:
        wrong = replace(turbo, sha256={**turbo.sha256} | {file: "0" * 64})
        with pytest.raises(WeightsAltered, match=file):
            load_pipeline(wrong, None, "cpu")


def test_a_file_of_weights_that_is_gone_or_that_nobody_named_is_said(hub: Hub) -> None:
    turbo = hub(profile("turbo"))
    name = "unet/diffusion_pytorch_model.fp16.safetensors"
    others = {file: digest for file, digest in turbo.sha256.items() if file != name}
    with pytest.raises(WeightsAltered, match=f"{name} has no digest"):
        load_pipeline(replace(turbo, sha256=others), None, "cpu")
    with pytest.raises(WeightsMissing, match=r"controlnet/x\.safetensors is missing"):
        load_pipeline(replace(turbo, sha256={**turbo.sha256} | {"controlnet/x.safetensors": "0" * 64}), None, "cpu")


def test_a_wish_that_a_processor_cannot_grant_still_paints(tiny: Path) -> None:
    wish = Acceleration(dtype="bfloat16", channels_last=True, vae_tiling=True, vae_slicing=True, memory_gib=3.2)
    pipeline, _ = load_pipeline(profile("custom"), tiny, "cpu", wish=wish)
    assert pipeline.unet.dtype == torch.float32
    assert pipeline.unet.conv_in.weight.is_contiguous(memory_format=torch.channels_last)
    assert (pipeline.vae.use_tiling, pipeline.vae.use_slicing) == (True, True)


def test_in_onnx_runtime_a_model_paints_the_same_alone_and_in_company(tiny: Path) -> None:
    eager, elsewhere = (
        load_pipeline(profile("custom"), tiny, "cpu", wish=Acceleration(onnx=on))[0] for on in (False, True)
    )
    eager_calls, calls = list[int](), list[int]()
    for pipeline, seen in ((eager, eager_calls), (elsewhere, calls)):
        pipeline.unet.conv_in.register_forward_hook(lambda *_, seen=seen: seen.append(1))

    def pictures(pipeline: DiffusionPipeline, count: int) -> np.ndarray:
        generators = [torch.Generator().manual_seed(seed) for seed in range(count)]
        asked = {"num_inference_steps": 2, "output_type": "np", "height": SIDE, "width": SIDE, "generator": generators}
        return np.asarray(pipeline(["a lake"] * count, **asked).images)

    expected = pictures(eager, 3)
    assert np.abs(pictures(elsewhere, 3) - expected).max() * 255 < 1
    assert np.abs(pictures(elsewhere, 1) - expected[:1]).max() * 255 < 1
    assert (len(eager_calls), calls) == (2, [])
    assert (runs_in_torch(eager), runs_in_torch(elsewhere)) == (True, False)
