"""Exported to ONNX the networks answer as they do in torch; what paints nothing is refused; int8 is what it says."""

import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ml.imaging.production import export, int8, tensorrt_engine
from ml.imaging.production.beside import TOLERANCE, Asking, grey_levels, of_network, painted
from ml.imaging.production.blank import PaintsBlank, refuse_blank
from ml.imaging.production.engine_shapes import shapes_of
from ml.imaging.production.onnx_files import file_of, networks, size_of, write
from ml.imaging.production.onnx_running import NAMES, OnnxPart, onnx_parts, running
from tests.ml.imaging.tiny_pipelines import SIDE, TOKENS, save_tiny, tiny_pipeline

Out = pytest.CaptureFixture[str]
ONE = Asking(steps=2, guidance=3.0, size=SIDE, pictures=1, rounds=1)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = save_tiny(tmp_path_factory.mktemp("tiny"))
    (folder / "attune.toml").write_text("steps = 2\n")
    return folder


@pytest.fixture(scope="module")
def exported(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, dict[str, Any]]:
    """The files, the command's exit status, and its report."""
    out, said = tmp_path_factory.mktemp("onnx"), StringIO()
    command = ["--folder", str(tiny), "--out", str(out), "--profile", "custom", "--pictures", "1", "--rounds", "1"]
    with redirect_stdout(said):
        status = export.main(command)
    return out, status, json.loads(said.getvalue())


@pytest.fixture(scope="module")
def onnx(exported: tuple[Path, int, dict[str, Any]]) -> Path:
    return exported[0]


def test_the_command_exports_and_finds_every_network_and_picture_within_its_tolerance(
    exported: tuple[Path, int, dict[str, Any]],
) -> None:
    out, status, report = exported
    assert status == 0
    assert list(report["networks"]) == list(NAMES)
    assert all(row["share_of_largest"] <= report["tolerance"] == TOLERANCE for row in report["networks"].values())
    assert 0 <= report["picture"]["max_grey_levels"] <= report["grey_levels"] == 1
    assert report["networks"]["unet"]["mib"] == round(size_of(out, "unet") / 2**20, 2) > 0


def test_other_weights_are_beyond_the_tolerance(onnx: Path) -> None:
    parts = onnx_parts(onnx)
    for network in networks(tiny_pipeline(seed=2)):
        assert of_network(network, parts[network.name], 1)["share_of_largest"] > TOLERANCE, network.name


def test_batches_and_sizes_that_were_not_traced_run_too(onnx: Path) -> None:
    parts, pipeline = onnx_parts(onnx), tiny_pipeline()
    codes, states, timestep = torch.randn(3, 4, 16, 12), torch.randn(3, TOKENS, 16), torch.tensor([7.0])
    with torch.inference_mode():
        expected = pipeline.unet(codes, timestep, states).sample
        assert torch.allclose(parts["unet"](codes, timestep, states), expected, atol=1e-4)
        assert torch.allclose(parts["vae_decoder"](codes), pipeline.vae.decode(codes).sample, atol=1e-4)
    ids = torch.full((1, TOKENS), 5)
    assert torch.allclose(parts["text_encoder"](ids), pipeline.text_encoder(ids)[0].detach(), atol=1e-4)


def test_after_running_elsewhere_the_pipeline_runs_its_own_networks_again(onnx: Path) -> None:
    pipeline = tiny_pipeline(seed=2)
    before, _ = painted(pipeline, ONE)
    with running(pipeline, onnx_parts(onnx)):
        elsewhere, _ = painted(pipeline, ONE)
    after, _ = painted(pipeline, ONE)
    assert np.array_equal(before, after)
    assert grey_levels(before, elsewhere)["max_grey_levels"] > 1


def test_a_missing_file_or_pipeline_is_named(onnx: Path, tiny: Path, tmp_path: Path, capsys: Out) -> None:
    half = Path(shutil.copytree(onnx, tmp_path / "half"))
    file_of(half, "unet").unlink()
    with pytest.raises(FileNotFoundError, match=r"unet/model\.onnx"):
        onnx_parts(half)
    assert export.main(["--folder", str(tmp_path), "--out", str(tmp_path), "--profile", "custom"]) == 2
    assert "no pipeline" in capsys.readouterr().err
    out = str(tmp_path / "int8")
    assert int8.main(["--folder", str(tiny), "--onnx", str(tmp_path), "--out", out, "--profile", "custom"]) == 2


@pytest.mark.parametrize("command", [export.main, int8.main, tensorrt_engine.main])
def test_altered_weights_are_named_and_nothing_is_made_of_them(
    command: Callable[[list[str]], int], trained: Path, onnx: Path, tmp_path: Path, capsys: Out
) -> None:
    copied, out = Path(shutil.copytree(trained / "pipeline", tmp_path / "pipeline")), tmp_path / "out"
    with next(copied.glob("unet/*.safetensors")).open("ab") as file:
        file.write(b"more")
    asked = ["--folder", str(copied), "--out", str(out), "--profile", "embedded"]
    assert command([*asked, *(() if command is export.main else ("--onnx", str(onnx)))]) == 2
    assert "unet/" in capsys.readouterr().err


@pytest.mark.parametrize("convolutions", [False, True])
def test_int8_makes_the_unet_smaller_and_says_what_it_costs(
    convolutions: bool, onnx: Path, tiny: Path, tmp_path: Path, capsys: Out
) -> None:
    command = [
        "--folder",
        str(tiny),
        "--onnx",
        str(onnx),
        "--out",
        str(tmp_path),
        "--profile",
        "custom",
        "--pictures",
        "1",
    ]
    assert int8.main([*command, *(["--convolutions"] if convolutions else [])]) == 0
    report = json.loads(capsys.readouterr().out)
    assert size_of(tmp_path, "unet") < size_of(onnx, "unet")
    assert file_of(tmp_path, "vae_decoder").read_bytes() == file_of(onnx, "vae_decoder").read_bytes()
    assert 0 < report["mean_grey_levels"] <= report["max_grey_levels"] < 64
    assert min(report[when][what] for when in ("before", "after") for what in ("unet_cpu_ms", "picture_cpu_ms")) > 0


def test_networks_that_paint_nothing_or_no_numbers_are_refused_and_others_are_not(onnx: Path, tmp_path: Path) -> None:
    pipeline, parts = tiny_pipeline(), onnx_parts(onnx)
    refuse_blank(pipeline, parts, ONE)
    for weight, why in ((0.0, "picture 0 is blank"), (float("nan"), "no numbers")):
        broken = tiny_pipeline()
        torch.nn.init.constant_(broken.vae.decoder.conv_out.weight, weight)
        [decoder] = [network for network in networks(broken) if network.name == "vae_decoder"]
        with pytest.raises(PaintsBlank, match=why):
            refuse_blank(pipeline, parts | {"vae_decoder": OnnxPart(write(decoder, tmp_path))}, ONE)


def test_engines_are_built_for_every_batch_with_both_passes_where_there_is_guidance() -> None:
    shapes = {network.name: shapes_of(network, 96, 4, guided=True) for network in networks(tiny_pipeline())}
    assert shapes["unet"]["sample"] == ((2, 4, 96, 96), (2, 4, 96, 96), (8, 4, 96, 96))
    assert shapes["unet"]["timestep"] == ((1,), (1,), (1,))
    assert shapes["unet"]["states"][2] == (8, TOKENS, 16)
    assert shapes["text_encoder"]["ids"] == ((1, TOKENS), (1, TOKENS), (4, TOKENS))
    assert shapes["vae_decoder"]["codes"][2] == (4, 4, 96, 96)
    [unet] = [network for network in networks(tiny_pipeline()) if network.name == "unet"]
    assert shapes_of(unet, 64, 4, guided=False)["sample"][2] == (4, 4, 64, 64)


def test_without_tensorrt_building_its_engines_says_so(onnx: Path, tiny: Path, tmp_path: Path, capsys: Out) -> None:
    with pytest.raises(tensorrt_engine.TensorRTAbsent):
        tensorrt_engine.build(file_of(onnx, "unet"), tmp_path / "unet.engine", {}, half=True)
    command = ["--folder", str(tiny), "--onnx", str(onnx), "--out", str(tmp_path), "--profile", "custom"]
    assert tensorrt_engine.main(command) == 1
    assert "tensorrt is not installed" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
