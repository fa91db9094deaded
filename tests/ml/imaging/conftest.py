"""A painter trained for seconds by the real commands, stage by stage, and prompts that the safety layers allowed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from ml.imaging import train
from ml.imaging.painter import Painter
from ml.imaging.training import train_decoder
from ml.imaging.training.dataset import Scenes, open_scenes
from ml.safety.text import screen_text
from ml.safety.verdict import SafePrompt

SCENES, SEED = 80, 3


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training folder after the `data` stage."""
    folder = tmp_path_factory.mktemp("painter")
    command = ["--stage", "data", "--folder", str(folder), "--scenes", str(SCENES), "--seed", str(SEED)]
    assert train.main(command) == 0
    return folder


@pytest.fixture(scope="session")
def scenes(painted: Path) -> Scenes:
    return open_scenes(painted / "scenes")


@pytest.fixture(scope="session")
def trained(painted: Path) -> Path:
    """The same folder after every stage, the pipeline exported; a few steps each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_decoder, "_STRAIGHT_STEPS", 4)
        for stage in ("vae", "tokenizer", "text", "unet", "export"):
            command = ["--stage", stage, "--folder", str(painted), "--seed", str(SEED), "--text-steps", "2"]
            assert train.main([*command, "--budget-minutes", "0.005"]) == 0
    return painted


@pytest.fixture
def workplace(trained: Path, tmp_path: Path) -> Path:
    """A copy of the training folder that a test may go on with."""
    return Path(shutil.copytree(trained, tmp_path / "painter"))


@pytest.fixture(scope="session")
def painter(trained: Path) -> Painter:
    return Painter.load(folder=trained / "pipeline", unseen=())


@pytest.fixture(scope="session")
def safe() -> Callable[..., SafePrompt]:
    def screened(text: str, negative: str = "") -> SafePrompt:
        prompt = screen_text(text, negative)
        assert isinstance(prompt, SafePrompt)
        return prompt

    return screened
