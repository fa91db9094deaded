"""A data set holds only what has its papers in order; what was refused is named with its reason, nothing is lost."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ml.imaging.finetune import build
from ml.imaging.finetune.candidates import Papers, from_list
from ml.imaging.finetune.pictures import NoSuchPictures, open_pictures, squared
from ml.safety.image import NOT_JUDGED
from ml.scenes.render import render
from ml.scenes.spec import SceneSpec

LAKE = Image.fromarray(render(SceneSpec("lake", "dawn", seed=3), 96, 96))
TOWN = Image.fromarray(render(SceneSpec("town", "night", seed=5), 96, 96))
ROWS: dict[str, tuple[str, str, str, str]] = {
    # file: licence, source, caption, the reason why not, or nothing
    "lake.png": ("CC0-1.0", "", "a lake at dawn", ""),
    "town.png": ("CC-BY-4.0", "https://example.org", "a town at night", ""),
    "again.bmp": ("CC0-1.0", "", "a quiet lake", "duplicate"),
    "small.jpg": ("CC0-1.0", "", "a quiet lake", "near_duplicate"),
    "turned.png": ("CC0-1.0", "", "a quiet lake", "near_duplicate"),
    "empty.png": ("CC0-1.0", "", "a lake", "empty"),
    "cut.png": ("CC0-1.0", "", "a lake", "unreadable"),
    "words.png": ("CC0-1.0", "", "a lake", "unreadable"),
    "absent.png": ("CC0-1.0", "", "a lake", "missing"),
    "../outside.png": ("CC0-1.0", "", "a lake", "outside"),
    "tiny.png": ("CC0-1.0", "", "a lake", "too_small"),
    "blank.png": ("CC0-1.0", "", "a lake", "unsafe_image"),
    "unlicensed.png": ("", "", "a lake", "no_licence"),
    "fixed.png": ("CC-BY-ND-4.0", "somewhere", "a lake", "licence_refused"),
    "strange.png": ("trust me", "", "a lake", "licence_unknown"),
    "uncredited.png": ("CC-BY-4.0", "", "a lake", "no_credit"),
    "speechless.png": ("CC0-1.0", "", "", "no_caption"),
    "armed.png": ("CC0-1.0", "", "a man holding a gun to his head", "unsafe_caption"),
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which almost everything is wrong."""
    folder = tmp_path_factory.mktemp("shelf") / "pictures"
    folder.mkdir()
    for name in ("lake.png", "again.bmp", "../outside.png", "fixed.png", "armed.png"):
        LAKE.save(folder / name)
    place = Image.Exif()
    place[0x010E] = "taken in front of our house"
    TOWN.save(folder / "town.png", exif=place)
    LAKE.resize((72, 72)).save(folder / "small.jpg", quality=60)
    LAKE.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(folder / "turned.png")
    (folder / "empty.png").touch()
    (folder / "cut.png").write_bytes((folder / "lake.png").read_bytes()[:2000])
    (folder / "words.png").write_text("no picture")
    LAKE.resize((40, 40)).save(folder / "tiny.png")
    Image.new("RGB", (96, 96), "grey").save(folder / "blank.png")
    with (folder / "list.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "licence", "source", "caption"))
        rows.writerows((name, licence, source, caption) for name, (licence, source, caption, _) in ROWS.items())
    return folder


@pytest.fixture(scope="module")
def built(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "data"
    before = {path: path.read_bytes() for path in shelf.iterdir()}
    papers = ["--images", str(shelf), "--list", str(shelf / "list.csv"), "--author", "A. Painter"]
    assert build.main([*papers, "--out", str(out)]) == 0
    assert {path: path.read_bytes() for path in shelf.iterdir()} == before
    return out


@pytest.fixture(scope="module")
def manifest(built: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((built / "manifest.json").read_text())
    return loaded


def test_each_bad_picture_is_named_with_its_reason_and_takes_no_other_with_it(manifest: dict[str, Any]) -> None:
    assert {row["was"]: "" for row in manifest["pictures"]} | {
        row["file"]: row["reason"] for row in manifest["refused"]
    } == {name: reason for name, (*_, reason) in ROWS.items()}
    counts = manifest["counts"]
    assert counts["offered"] == len(ROWS) == counts["admitted"] + sum(counts["refused"].values())
    assert (counts["training"], counts["held_out"]) == (1, 1)
    near = {row["file"]: row["detail"] for row in manifest["refused"]}
    assert "lake.png" in near["small.jpg"]


def test_pictures_keep_their_pixels_and_papers_and_lose_their_metadata(built: Path, manifest: dict[str, Any]) -> None:
    town = next(row for row in manifest["pictures"] if row["was"] == "town.png")
    assert (town["licence"], town["author"], town["source"]) == ("CC-BY-4.0", "A. Painter", "https://example.org")
    with Image.open(built / town["file"]) as image:
        assert np.array_equal(np.asarray(image), np.asarray(TOWN))
        assert not image.getexif()
    assert b"our house" not in (built / town["file"]).read_bytes()


def test_what_no_layer_judged_and_whether_a_person_did_stands_in_the_manifest(manifest: dict[str, Any]) -> None:
    assert manifest["not_judged"] == list(NOT_JUDGED)
    assert manifest["reviewed_by"] is None


def test_a_data_set_is_opened_only_as_it_was_built(built: Path) -> None:
    pictures = open_pictures(built)
    (path, caption), *rest = pictures.of("training")
    assert not rest
    assert caption in ("a lake at dawn", "a town at night")
    assert squared(path, 32).shape == (32, 32, 3)
    original = path.read_bytes()
    path.write_bytes(original[:-1] + b"x")
    with pytest.raises(NoSuchPictures, match="not what the manifest names"):
        open_pictures(built)
    path.write_bytes(original)
    with pytest.raises(NoSuchPictures):
        open_pictures(built.parent)


def test_nothing_is_written_over_or_left_half_done(built: Path, offered: Path, tmp_path: Path) -> None:
    before = (built / "manifest.json").read_bytes()
    assert build.main(["--images", str(offered), "--licence", "CC0-1.0", "--out", str(built)]) == 2
    assert (built / "manifest.json").read_bytes() == before
    assert build.main(["--images", str(offered), "--licence", "CC0-1.0", "--out", str(tmp_path / "new")]) == 1
    assert build.main(["--images", str(tmp_path / "absent"), "--out", str(tmp_path / "new")]) == 2
    assert not list(tmp_path.iterdir())


def test_a_folder_needs_no_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, picture, words in (("dawn/lake", LAKE, "a lake"), ("town", TOWN, "a town\nat night")):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        picture.save(tmp_path / "in" / f"{name}.png")
        (tmp_path / "in" / f"{name}.txt").write_text(words)
    (tmp_path / "in" / "lonely.txt").write_text("a caption without a picture")
    command = ["--images", str(tmp_path / "in"), "--licence", "own-work", "--author", "A", "--source", "S"]
    assert build.main([*command, "--out", str(tmp_path / "out")]) == 0
    assert json.loads(capsys.readouterr().out)["refused"] == {"unreadable": 1}
    rows = json.loads((tmp_path / "out" / "manifest.json").read_text())["pictures"]
    assert {(row["was"], row["group"], row["caption"]) for row in rows} == {
        ("dawn/lake.png", "dawn", "a lake"), ("town.png", "town", "a town at night"),
    }  # fmt: skip


def test_a_list_that_states_no_groups_keeps_a_subfolder_together(tmp_path: Path) -> None:
    files = ["dawn/1.png", "./dawn/2.png", f"{tmp_path}/dusk/1.png", "dusk/near/2.png", "lake.png"]
    rows = ["file,group", *(f"{file}," for file in files), "dawn/3.png,another day"]
    (tmp_path / "list.csv").write_text("\n".join(rows))
    offered = list(from_list(tmp_path / "list.csv", tmp_path, Papers()))
    assert [one.group for one in offered] == ["dawn", "dawn", "dusk", "dusk", "lake", "another day"]


@pytest.mark.parametrize(
    "spoil", [lambda path: path.write_text("name\nx.png\n"), lambda path: path.write_bytes(b"\xff\xfe")]
)
def test_a_list_that_cannot_be_used_is_said_so(
    spoil: Callable[[Path], object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(tmp_path / "list.csv")
    command = ["--images", str(tmp_path), "--list", str(tmp_path / "list.csv"), "--out", str(tmp_path / "out")]
    assert build.main(command) == 2
    assert "list.csv" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
