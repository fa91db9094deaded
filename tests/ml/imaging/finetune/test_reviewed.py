"""A model of pictures that nobody looked at paints only before layers that can judge it, whatever is made of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from ml.imaging.finetune import build
from ml.imaging.painter import Painter, PainterUnjudged
from ml.imaging.production import recover
from ml.imaging.upscaler.network import Upscaler
from ml.imaging.upscaler.train import install
from tests.ml.imaging.tiny_pipelines import save_tiny

Tune = Callable[..., int]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Knows the words of what ships, and no more."""
    return save_tiny(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def unreviewed(offered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set that no person looked at."""
    folder = tmp_path_factory.mktemp("built") / "data"
    papers = ["--images", str(offered), "--list", str(offered / "list.csv")]
    assert build.main([*papers, "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def doubtful(base: Path, unreviewed: Path, tune: Tune, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole model of a run on that."""
    out = tmp_path_factory.mktemp("doubtful")
    assert tune(out, "--base", str(base), "--data", str(unreviewed), stage="full") == 0
    return out / "pipeline"


def is_left_to_who_can_judge(folder: Path) -> bool:
    Painter.load(folder=folder, unseen=())
    try:
        Painter.load(folder=folder, unseen=("violence",))
    except PainterUnjudged:
        return True
    return False


def test_a_model_of_pictures_that_nobody_looked_at_needs_a_judge(doubtful: Path) -> None:
    assert is_left_to_who_can_judge(doubtful)


def test_a_model_of_pictures_that_a_person_looked_at_needs_none(base: Path, tune: Tune, tmp_path: Path) -> None:
    assert tune(tmp_path, "--base", str(base), stage="full") == 0
    assert not is_left_to_who_can_judge(tmp_path / "pipeline")


def test_looking_at_the_next_pictures_does_not_stand_for_the_first(doubtful: Path, tune: Tune, tmp_path: Path) -> None:
    assert tune(tmp_path, "--base", str(doubtful), stage="full") == 0
    assert is_left_to_who_can_judge(tmp_path / "pipeline")


def test_a_narrower_one_made_of_it_needs_a_judge_as_well(doubtful: Path, tmp_path: Path) -> None:
    wide = Path(shutil.copytree(doubtful, tmp_path / "wide"))
    (wide / "attune.toml").write_text("steps = 2\n")
    command = ["--folder", str(wide), "--out", str(tmp_path / "narrow"), "--minutes", "0.001", "--scenes", "16"]
    assert recover.main([*command, "--pictures", "1", "--profile", "custom"]) == 0
    assert is_left_to_who_can_judge(tmp_path / "narrow")


def test_an_upscaler_beside_it_does_not_vouch_for_it(doubtful: Path, tmp_path: Path) -> None:
    painter = Path(shutil.copytree(doubtful, tmp_path / "painter"))
    run = SimpleNamespace(average=SimpleNamespace(weights=Upscaler().state_dict()), step=1)
    install(run, painter)  # type: ignore[arg-type]  # a run as far as this asks
    assert json.loads((painter / "manifest.json").read_text())["trained"]["upscaler"] == {"steps": 1}
    assert is_left_to_who_can_judge(painter)
