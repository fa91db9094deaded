"""`manage.py analyze` by its contract, with tiny weights in place of those that ship."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from skimage.data import astronaut

from apps.sessions.management.commands import analyze
from ml.emotion.config import EmotionConfig
from ml.emotion.network import EmotionNet
from ml.emotion.reader import EmotionReader
from ml.emotion.stored import save_network
from ml.vocabulary import EMOTIONS


@pytest.fixture(autouse=True)
def _tiny_reader(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    config = EmotionConfig(
        name="tiny", input_size=24, channels=1, width=8, stem="3x3", blocks=(1, 1, 1, 1), lstm_size=6
    )
    save_network(EmotionNet(config), folder)
    monkeypatch.setattr(analyze, "_load_reader", lambda: EmotionReader.load(folder))


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR))
    return path


def test_a_line_of_json_a_frame(portrait: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("analyze", str(portrait), "--json")
    line = json.loads(capsys.readouterr().out)
    assert (line["source"], line["frame"], line["time_s"]) == (str(portrait), 0, 0.0)
    (face,) = line["faces"]
    assert face["box"] == pytest.approx([180, 64, 86, 109], abs=6)
    assert face["emotion"] in {*EMOTIONS, "uncertain"}
    assert list(face["probabilities"]) == list(EMOTIONS)
    assert face["confidence"] == max(face["probabilities"].values())


def test_an_unreadable_file_is_named_and_the_others_are_read(
    portrait: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_text("no picture")
    with pytest.raises(SystemExit) as end:
        call_command("analyze", str(broken), str(portrait), "--json")
    printed = capsys.readouterr()
    assert end.value.code == 1
    assert printed.err.count("\n") == 1 and str(broken) in printed.err
    assert json.loads(printed.out)["source"] == str(portrait)


def test_a_picture_without_a_face_has_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((200, 300, 3), 128, np.uint8))
    call_command("analyze", str(tmp_path), "--json")
    assert json.loads(capsys.readouterr().out)["faces"] == []


def test_every_must_be_positive(portrait: Path) -> None:
    with pytest.raises(CommandError) as error:
        call_command("analyze", str(portrait), "--every", "0")
    assert error.value.returncode == 2
