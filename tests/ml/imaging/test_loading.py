"""Profiles say which model paints; one that is missing or was changed is not loaded, and the network is never asked."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ml.imaging.loading import PainterMissing, load_pipeline
from ml.imaging.painter import Painter, PainterUnjudged
from ml.imaging.profiles import profile, profiles
from ml.imaging.weights_name import weights_name
from ml.safety.image import NOT_JUDGED
from ml.weights.shelf import WeightsAltered, WeightsMissing


def test_stable_diffusion_is_asked_as_its_authors_ask_it() -> None:
    sd21 = profile("sd21")
    assert (sd21.guidance, sd21.steps, sd21.size, sd21.reads) == (7.5, 25, 768, "text")
    assert sd21.hub
    assert sd21.home is None
    assert sd21.paints_anything


def test_the_embedded_painter_reads_scenes_and_cannot_paint_anything_else() -> None:
    embedded = profile("embedded")
    assert (embedded.reads, embedded.hub, embedded.paints_anything) == ("scenes", None, False)
    assert embedded.shown >= embedded.size == 128


def test_every_profile_is_complete() -> None:
    for name, one in profiles().items():
        assert one.name == name
        assert one.folder or one.hub
        assert one.steps > 0 < one.guidance
        assert one.size % 8 == 0


def test_an_unknown_profile_names_those_that_exist() -> None:
    for ask in (profile, Painter.load):
        with pytest.raises(LookupError, match="embedded, sd21"):
            ask("midjourney")


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


def test_a_model_outside_the_local_cache_is_missing_and_not_fetched() -> None:
    absent = replace(profile("sd21"), hub="attune-tests/no-such-model")
    with pytest.raises(PainterMissing, match="not in the local cache"):
        load_pipeline(absent, None, "cpu")


@pytest.fixture
def copied(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained / "pipeline", tmp_path / "pipeline"))


def test_altered_weights_are_not_loaded(copied: Path) -> None:
    file = next(copied.glob("unet/*.safetensors"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(WeightsAltered):
        Painter.load(folder=copied)


def test_weights_with_a_file_gone_are_not_loaded(copied: Path) -> None:
    next(copied.glob("vae/*.safetensors")).unlink()
    with pytest.raises(WeightsMissing):
        Painter.load(folder=copied)


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
