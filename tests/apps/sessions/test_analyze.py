"""`manage.py analyze` by its contract, with tiny weights in place of those that ship."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from PIL import Image
from pytest_django import Settings
from skimage.data import astronaut

from ml.emotion.config import EmotionConfig
from ml.emotion.network import EmotionNet
from ml.emotion.reader import EmotionReader
from ml.emotion.stills import read_picture
from ml.emotion.stored import save_network
from ml.vocabulary import EMOTIONS


@pytest.fixture(autouse=True)
def tiny_weights(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    config = EmotionConfig(
        name="tiny", input_size=24, channels=1, width=8, stem="3x3", blocks=(1, 1, 1, 1), lstm_size=6
    )
    save_network(EmotionNet(config), folder)
    settings.ATTUNE_EMOTION_FOLDER = str(folder)
    return folder


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


def _analyzed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, Any]], list[str]]:
    """Exit status, lines of JSON, lines on standard error."""
    code = 0
    try:
        call_command("analyze", *map(str, arguments), "--json")
    except SystemExit as end:
        code = int(str(end.code))
    printed = capsys.readouterr()
    return code, [json.loads(line) for line in printed.out.splitlines()], printed.err.splitlines()


def _small(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(astronaut()[::2, ::2]).save(path)
    return path


def test_folders_are_read_with_the_folders_in_them_and_other_files_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inner, outer = _small(tmp_path / "a" / "Grüße 😀.png"), _small(tmp_path / "b.jpg")
    (tmp_path / "notes.txt").write_text("no picture, and nobody said it was")
    code, lines, errors = _analyzed(capsys, tmp_path)
    assert (code, errors) == (0, [])
    assert [line["source"] for line in lines] == [str(inner), str(outer)]
    assert all(len(line["faces"]) == 1 for line in lines)


def test_each_file_that_cannot_be_read_has_its_line_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = _small(tmp_path / "good.png")
    (tmp_path / "cut.jpg").write_bytes(_small(tmp_path / "whole.jpg").read_bytes()[:4000])
    (tmp_path / "whole.jpg").unlink()
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.webm").write_text("no video")
    (tmp_path / "nothing").mkdir()
    names = ["cut.jpg", "empty.png", "text.webm", "nothing", "missing.jpg"]
    code, lines, errors = _analyzed(capsys, *(tmp_path / name for name in names), good)
    assert code == 1
    assert [line["source"] for line in lines] == [str(good)]
    assert len(errors) == len(names)
    assert all(name in error for name, error in zip(names, errors, strict=True))


def test_a_name_with_a_line_break_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, errors = _analyzed(capsys, tmp_path / "two\nlines.png")
    assert (code, len(errors)) == (1, 1)


def test_of_a_video_that_is_cut_off_what_there_is_is_read_and_the_rest_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clip.webm"
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), 10.0, (160, 120))
    for shade in range(120):
        video.write(np.full((120, 160, 3), 20 + 10 * (shade % 20), np.uint8))
    video.release()
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    code, lines, errors = _analyzed(capsys, path, "--every", 10)
    assert code == 0
    assert [line["frame"] for line in lines[:3]] == [0, 10, 20]
    assert len(errors) == 1 and "clip.webm: cut off" in errors[0]


@pytest.mark.parametrize("turn", [3, 6])
def test_boxes_are_in_the_picture_as_it_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str], turn: int) -> None:
    stored = Image.fromarray(astronaut())
    undone = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}
    stored = stored.transpose(undone[turn])
    tag = Image.Exif()
    tag[0x0112] = turn
    stored.save(tmp_path / "telephone.jpg", exif=tag, quality=95)
    _, (line,), _ = _analyzed(capsys, tmp_path / "telephone.jpg")
    assert line["faces"][0]["box"] == pytest.approx([180, 64, 86, 109], abs=8)


def test_small_faces_in_a_large_photograph_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Faces of 24 pixels, one of them where two tiles meet, and a large one, in a picture 2,900 across."""
    picture = np.full((1300, 2900, 3), 128, np.uint8)
    factor = 24 / 109
    little = cv2.resize(astronaut()[20:220, 120:330], None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    places = [(100, 100), (1000, 1000), (2700, 500)]
    for x, y in places:
        picture[y : y + little.shape[0], x : x + little.shape[1]] = little
    picture[200:1224, 1400:2424] = cv2.resize(astronaut(), (1024, 1024))
    cv2.imwrite(str(tmp_path / "group.png"), picture[..., ::-1])
    _, (line,), _ = _analyzed(capsys, tmp_path / "group.png")
    boxes = [face["box"] for face in line["faces"]]
    wanted = [(x + 60 * factor, y + 44 * factor) for x, y in places] + [(1400 + 360, 200 + 128)]
    for left, top in wanted:
        assert any(abs(box[0] - left) < 30 and abs(box[1] - top) < 30 for box in boxes), (left, top, boxes)
    assert len(boxes) == 4


def test_the_folder_that_the_setting_names_takes_the_place_of_the_weights_that_ship(
    portrait: Path, tiny_weights: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _, (named,), _ = _analyzed(capsys, portrait)
    (face,) = read_picture(astronaut(), EmotionReader.load(tiny_weights))
    assert list(named["faces"][0]["probabilities"].values()) == pytest.approx(face.probabilities, abs=1e-3)
    settings.ATTUNE_EMOTION_FOLDER = ""
    _, (shipped,), _ = _analyzed(capsys, portrait)
    assert shipped["faces"][0]["probabilities"] != named["faces"][0]["probabilities"]


def test_a_folder_without_weights_is_said(portrait: Path, tmp_path: Path, settings: Settings) -> None:
    settings.ATTUNE_EMOTION_FOLDER = str(tmp_path / "nowhere")
    with pytest.raises(CommandError, match="nowhere"):
        call_command("analyze", str(portrait))


def test_every_must_be_positive(portrait: Path) -> None:
    with pytest.raises(CommandError) as error:
        call_command("analyze", str(portrait), "--every", "0")
    assert error.value.returncode == 2
