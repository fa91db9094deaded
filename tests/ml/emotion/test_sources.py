"""AffectNet, RAF-DB and mixtures: every layout gives our labels, and a few broken files end nothing."""

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.emotion import evaluate
from ml.emotion.config import EmotionConfig, load_config
from ml.emotion.data.faceset import FaceSet
from ml.emotion.data.filefaces import FileFaces
from ml.emotion.data.holdout import split
from ml.emotion.data.labelled import NoSuchData
from ml.emotion.data.layouts import load_faces
from ml.emotion.data.mixture import Mixture
from ml.emotion.data.sampling import epoch_length, epoch_rows
from ml.emotion.data.sources import Source, open_faces
from ml.emotion.training.recipe import Recipe
from ml.emotion.training.trainer import Length, Trainer
from ml.vocabulary import EMOTIONS

AFFECTNET_WORDS = ["neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger"]
RAF_WORDS = ["surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"]


def colour_of(number: int) -> tuple[int, int, int]:
    """A (red, green, blue) of its own for each label number."""
    return (20 * number + 20, 255 - 20 * number, 90)


def write(path: Path, number: int, box: tuple[int, int, int, int] | None = None) -> None:
    """A picture of the number's colour; with a box (left, top, width, height), black but for that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((80, 100, 3), np.uint8)
    left, top, width, height = box or (0, 0, 100, 80)
    pixels[top : top + height, left : left + width] = colour_of(number)[::-1]
    cv2.imwrite(str(path), pixels)


@pytest.fixture
def lists_of_2017(tmp_path: Path) -> Path:
    heading = "subDirectory_filePath,face_x,face_y,face_width,face_height,facial_landmarks,expression,valence,arousal"
    for name, numbers in (("training", range(11)), ("validation", range(3))):
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            if name == "training":
                rows.writerow(heading.split(","))
            for number in numbers:
                box = (10 + number, 5, 40, 30)
                write(tmp_path / "Manually_Annotated_Images" / f"{number}" / "a.png", number, box)
                shown = box if number < 7 else ("NULL",) * 4
                rows.writerow([f"{number}/a.png", *shown, "1;2", number, -2, -2])
    return tmp_path


@pytest.fixture
def later_affectnet(tmp_path: Path) -> Path:
    for part in ("train_set", "val_set"):
        (tmp_path / part / "annotations").mkdir(parents=True)
        for number in range(8):
            write(tmp_path / part / "images" / f"{number + 40}.jpg", number)
            np.save(tmp_path / part / "annotations" / f"{number + 40}_exp.npy", np.array(str(number)))
            np.save(tmp_path / part / "annotations" / f"{number + 40}_val.npy", np.array("0.5"))
    return tmp_path


@pytest.fixture
def raf_db(tmp_path: Path) -> Path:
    (tmp_path / "basic" / "EmoLabel").mkdir(parents=True)
    lines = [f"{part}_{number:05d}.jpg {number}" for part in ("train", "test") for number in range(1, 8)]
    (tmp_path / "basic" / "EmoLabel" / "list_patition_label.txt").write_text("\n".join(lines) + "\n")
    for line in lines:
        name, number = line.split()
        write(tmp_path / "basic" / "Image" / "aligned" / f"{Path(name).stem}_aligned.jpg", int(number))
    return tmp_path


def assert_coloured(faces: FileFaces, numbers: list[int]) -> None:
    pictures, _ = faces.take(np.arange(len(faces)))
    for picture, number in zip(pictures, numbers, strict=True):
        wanted = np.array(colour_of(number))[:, None, None]
        assert np.abs(picture.astype(int) - wanted).max() <= 6, number  # as JPEG keeps it, no black border


@pytest.mark.parametrize("layout", ["lists_of_2017", "later_affectnet"])
def test_affectnets_layouts_give_its_labels(layout: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(layout)
    faces = open_faces([Source(folder)], "training", load_config("resnet50-224"))
    assert isinstance(faces, FileFaces)
    assert [EMOTIONS[label] for label in faces.labels] == AFFECTNET_WORDS
    assert faces.shape == (3, 224)
    assert_coloured(faces, list(range(7)))
    assert len(open_faces([Source(folder)], "public_test", load_config("cpu"))) in (3, 7)


def test_raf_db_gives_its_labels(raf_db: Path) -> None:
    faces = open_faces([Source(raf_db)], "training", load_config("resnet50-224"))
    assert isinstance(faces, FileFaces)
    assert [EMOTIONS[label] for label in faces.labels] == RAF_WORDS
    assert_coloured(faces, list(range(1, 8)))
    assert len(open_faces([Source(raf_db / "basic")], "public_test", load_config("cpu"))) == 7


def test_a_grey_network_gets_grey_faces(raf_db: Path) -> None:
    faces = open_faces([Source(raf_db)], "training", load_config("cpu"))
    pictures, _ = faces.take(np.array([2, 0]))
    assert pictures.shape == (2, 1, 48, 48)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("EmoLabel/list_patition_label.txt", "train_1.jpg 8\n", "line 1"),
        ("EmoLabel/list_patition_label.txt", "test_1.jpg 1\n", "train"),
        ("training.csv", "subDirectory_filePath,expression\na.jpg,happy\n", "training.csv, line 2"),
        ("training.csv", "a/b.jpg,1,2,x,4,,3,0,0\n", "training.csv, line 1"),
        ("train_set/annotations/3_exp.npy", "no array", "3_exp.npy"),
        ("fer2013.csv", "emotion,pixels,Usage\n3,1 2 3,Training\n", "fer2013.csv, line 2"),
        ("fer2013.csv", "emotion,Usage\n3,Training\n", "fer2013.csv, line 2"),
        ("training.npz", "no zip", "training.npz"),
    ],
)
def test_a_broken_list_is_named(tmp_path: Path, file: str, content: str, said: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    with pytest.raises(NoSuchData, match=said):
        open_faces([Source(tmp_path)], "training", load_config("cpu"))


def test_a_weight_stands_after_the_last_colon(tmp_path: Path) -> None:
    odd = tmp_path / "a:2"
    assert Source.parse(str(odd)) == Source(tmp_path / "a", 2.0)
    odd.mkdir()
    assert Source.parse(str(odd)) == Source(odd, 1.0)
    assert Source.parse(f"{odd}:0.5") == Source(odd, 0.5)
    assert Source.parse("C:/faces") == Source(Path("C:/faces"), 1.0)
    for weight in ("0", "-1", "nan", "inf"):
        with pytest.raises(ValueError, match="above 0"):
            Source.parse(f"there:{weight}")


@given(
    weights=st.lists(st.sampled_from([0.25, 0.5, 1.0, 1.5, 2.0, 3.0]), min_size=1, max_size=60),
    seed=st.tuples(st.integers(0, 9), st.integers(0, 9)),
)
@settings(max_examples=50)
def test_an_epoch_shows_each_face_as_often_as_its_weight_says(weights: list[float], seed: tuple[int, int]) -> None:
    asked = np.array(weights)
    rows = epoch_rows(asked, seed)
    shown = np.bincount(rows, minlength=len(asked))
    assert len(rows) == epoch_length(asked)
    assert (shown >= np.floor(asked)).all()
    assert (shown <= np.ceil(asked)).all()
    for weight in set(weights):
        alike = asked == weight
        assert abs(shown[alike].sum() - weight * alike.sum()) <= 0.5
    assert np.array_equal(rows, epoch_rows(asked, seed))


def test_an_unweighted_epoch_is_the_one_that_older_runs_saw() -> None:
    assert np.array_equal(epoch_rows(np.ones(500), (3, 8)), np.random.default_rng((3, 8)).permutation(500))


def test_epochs_differ() -> None:
    assert not np.array_equal(epoch_rows(np.full(50, 0.5), (0, 0)), epoch_rows(np.full(50, 0.5), (0, 1)))


def test_a_mixture_gives_the_faces_of_its_parts_in_the_order_asked(raf_db: Path, faces: FaceSet) -> None:
    files = open_faces([Source(raf_db)], "training", load_config("resnet50-224"))
    mixed = Mixture([faces, files], [1, 2])
    assert len(mixed) == 91
    assert mixed.labels.tolist() == [*faces.labels, *files.labels]
    assert mixed.weights.tolist() == [1.0] * 84 + [2.0] * 7
    pictures, read = mixed.take(np.array([86, 3, 84, 80]))
    assert pictures.shape == (4, 3, 224, 224)
    assert read.all()
    for place, row in ((0, 2), (2, 0)):
        assert np.array_equal(pictures[place], files.take(np.array([row]))[0][0])
    for place, row in ((1, 3), (3, 80)):
        grey = cv2.resize(faces.images[row], (224, 224))
        assert np.array_equal(pictures[place], np.stack([grey] * 3))


def test_a_mixture_keeps_its_weights_when_it_is_split(raf_db: Path, faces: FaceSet) -> None:
    files = open_faces([Source(raf_db)], "training", load_config("cpu"))
    training, held = split(Mixture([faces, files], [1, 2]), share=0.25, seed=0)
    assert len(training) + len(held) == 91
    assert len(held) == pytest.approx(91 / 4, abs=4)
    assert set(training.weights) == {1.0, 2.0}
    picked = Mixture([faces, files], [1, 2]).pick(np.array([90, 2]))
    assert picked.labels.tolist() == [faces.labels[2], files.labels[6]]  # part by part


def test_pictures_given_twice_in_two_data_sets_stay_on_one_side(faces: FaceSet) -> None:
    training, held = split(Mixture([faces, faces.pick(np.arange(30))], [1, 1]), share=0.3, seed=0)
    learnt = set(training.digests())
    assert learnt.isdisjoint(held.digests())


def test_equal_files_bear_one_digest_and_missing_ones_none(raf_db: Path) -> None:
    folder = raf_db / "basic" / "Image" / "aligned"
    (folder / "train_00002_aligned.jpg").write_bytes((folder / "train_00001_aligned.jpg").read_bytes())
    (folder / "train_00003_aligned.jpg").unlink()
    faces = open_faces([Source(raf_db)], "training", load_config("cpu"))
    assert isinstance(faces, FileFaces)
    digests = faces.digests()
    assert digests[0] == digests[1] != b""
    assert digests[2] == b""
    assert len(set(digests)) == 6
    assert len(faces.broken) == 1


def test_a_broken_picture_is_left_out_said_once_and_counted(
    raf_db: Path, tiny: EmotionConfig, caplog: pytest.LogCaptureFixture
) -> None:
    (raf_db / "basic" / "Image" / "aligned" / "train_00004_aligned.jpg").write_bytes(b"no picture at all")
    faces = open_faces([Source(raf_db)], "training", tiny)
    assert isinstance(faces, FileFaces)
    pictures, read = faces.take(np.arange(7))
    assert len(pictures) == 6
    assert read.tolist() == [True] * 3 + [False] + [True] * 3
    losses = list(Trainer(tiny, Recipe(batch=7, sizes=((0.0, 16),)), faces, Length(steps=3)).run())
    assert np.isfinite(losses).all()
    said = [record for record in caplog.records if "train_00004_aligned.jpg" in record.getMessage()]
    assert len(said) == len(faces.broken) == 1


def test_many_broken_pictures_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "EmoLabel").mkdir()
    lines = [f"train_{number:05d}.jpg 1" for number in range(40)]
    (tmp_path / "EmoLabel" / "list_patition_label.txt").write_text("\n".join(lines))
    faces = open_faces([Source(tmp_path)], "training", load_config("cpu"))
    with pytest.raises(NoSuchData, match="11th picture"):
        faces.take(np.arange(40))


def test_a_broken_picture_in_a_class_folder_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(3):
        write(tmp_path / "train" / "happy" / f"{number}.png", number)
    (tmp_path / "train" / "happy" / "Thumbs.db").write_bytes(b"of Windows")
    assert len(load_faces(tmp_path, "training")) == 3
    assert "Thumbs.db" in caplog.text


def test_votes_beside_the_csv_are_joined_row_by_row(tmp_path: Path) -> None:
    pixels = " ".join(["7"] * 48 * 48)
    usages = ["Training", "PublicTest", "Training"]
    (tmp_path / "fer2013.csv").write_text(
        "emotion,pixels,Usage\n" + "".join(f"{row},{pixels},{usage}\n" for row, usage in enumerate(usages))
    )
    (tmp_path / "fer2013new.csv").write_text(
        "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"
        "Training,fer0000000.png,9,0,0,0,0,0,1,0,0,0\n"
        "PublicTest,fer0000001.png,0,8,0,0,0,0,0,0,0,0\n"
        "Training,,0,0,0,0,5,0,0,5,0,0\n"
    )
    faces = load_faces(tmp_path, "training")
    assert faces.votes.tolist() == [[0, 0, 0, 0, 0, 0, 9], [5, 0, 0, 0, 0, 0, 0]]
    (tmp_path / "fer2013new.csv").write_text("Usage,Image name,neutral\nTraining,,3\n")
    with pytest.raises(NoSuchData, match=r"fer2013new.csv, line 2"):
        load_faces(tmp_path, "training")


@pytest.mark.parametrize(("layout", "count"), [("lists_of_2017", 3), ("later_affectnet", 7), ("raf_db", 7)])
def test_the_public_test_in_files_is_measured(
    layout: str, count: int, request: pytest.FixtureRequest, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = request.getfixturevalue(layout)
    assert evaluate.main(["--data", str(folder), "--weights", str(weights), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["n"] == np.array(figures["confusion"]).sum() == count
    assert 0 <= figures["single_pass"] <= 1
    assert evaluate.main(["--data", str(folder), "--weights", str(weights)]) == 0
    assert f"on {count} faces" in capsys.readouterr().out


def test_what_takes_small_grey_faces_is_not_measured_on_others(
    raf_db: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.main(["--data", str(raf_db), "--weights", str(weights), "--perturb"]) == 2
    assert "FER-2013" in capsys.readouterr().err
