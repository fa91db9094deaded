"""Sequences are measured by the places that stay and the weather that clears."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.imaging.quality import sequences, sittings
from ml.imaging.quality.consistency import LEAST
from ml.imaging.quality.sequences import CLEARS, alike

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


def test_a_sequence_is_one_place_whose_weather_clears() -> None:
    for scenes in sequences.sequences(3, seed=4):
        assert [scene.weather for scene in scenes] == list(CLEARS)
        assert len({(scene.kind, scene.time, scene.season, scene.style, scene.palette) for scene in scenes}) == 1


def test_likeness_is_of_light_and_dark_and_not_of_brightness() -> None:
    one = np.tile(np.arange(100, dtype=np.uint8)[:, None, None], (1, 50, 3))
    assert alike(one, one + 100) == pytest.approx(1.0)
    assert alike(one, 200 - one) == pytest.approx(-1.0)


def test_what_begins_as_the_picture_before_is_liker_and_takes_less_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert sequences.main(["--sequences", "2", "--strengths", "0,0.3"]) == 0
    anew, onward = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (anew["strength"], anew["pictures"], onward["strength"], onward["pictures"]) == (0.0, 4, 0.3, 4)
    assert onward["alike"] > anew["alike"]
    assert onward["median_ms"] < anew["median_ms"]
    assert anew["alike_from"] <= anew["alike"] <= anew["alike_to"]
    assert 0 < onward["least"] < 1


def test_a_sheet_shows_each_sequence_as_a_row_of_its_own(tmp_path: Path) -> None:
    one, other = ([np.full((64, 64, 3), level, np.uint8)] * len(CLEARS) for level in (20, 120))
    shown = np.asarray(sequences.page([one, other, one]))
    assert shown.shape == (2 * (160 + 12), 2 * (len(CLEARS) * 160 + 12), 3)
    assert [int(shown[80, 80, 0]), int(shown[80, 600, 0]), int(shown[300, 80, 0])] == [20, 120, 20]
    file = tmp_path / "sheet.webp"
    assert sequences.main(["--sequences", "1", "--strengths", "0.3", "--sheet", str(file)]) == 0
    with Image.open(file) as page:
        assert page.format == "WEBP"


@pytest.mark.parametrize("wrong", [["--strengths", "a"], ["--strengths", "1"], ["--sequences", "0"]])
def test_nonsense_is_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        sequences.main(wrong)


def test_a_sitting_is_liker_itself_the_more_stays_of_the_picture_before(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--clip", "ml/weights/clip", "--places", "1", "--strengths", "0,0.2"]
    ended = sittings.main(command)
    anew, onward = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert onward["ratio"] < anew["ratio"] < 1
    assert onward["least"]["structure"] < anew["least"]["structure"]
    nearer = any(one["least"][name] < bar for one in (anew, onward) for name, bar in LEAST.items())
    assert ended == int(nearer)


def test_a_sitting_needs_a_place() -> None:
    with pytest.raises(SystemExit, match="2"):
        sittings.main(["--clip", "ml/weights/clip", "--places", "0"])
