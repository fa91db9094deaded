"""Thresholds refitted from ratings: what patients withdrew is refused from then on, and nothing becomes laxer."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.safety import thresholds
from ml.safety.against import Against, Look
from ml.safety.feeling import measure, wants
from ml.safety.image import screen_image
from ml.safety.refit import FEWEST, RECALL, Rated, name_of, refit, write
from ml.safety.thresholds import ThresholdOutOfRange
from ml.safety.verdict import Refusal, SafeImage
from ml.scenes.render import render
from ml.scenes.spec import SceneSpec

LIMIT = 0.5
scores = st.floats(0.01, 0.49)


@pytest.fixture(autouse=True)
def as_shipped() -> Iterator[None]:
    yield
    thresholds.install(None)


def shown(score: float, *, withdrawn: bool, label: str = "picture:unpleasant") -> Rated:
    return Rated("mindfulness", {label: (score, LIMIT)}, withdrawn)


def test_what_was_withdrawn_is_refused_from_then_on() -> None:
    ratings = [shown(0.40 + n / 1000, withdrawn=True) for n in range(20)]
    ratings += [shown(0.10 + n / 1000, withdrawn=False) for n in range(50)]
    found = refit(ratings)["mindfulness:unpleasant"]
    assert 0.40 <= found.after < 0.41
    assert found.caught >= RECALL
    assert found.lost == 0


@given(st.lists(scores, min_size=FEWEST, max_size=40), st.lists(scores, max_size=40))
def test_a_refit_only_tightens_and_catches_its_share(upset: list[float], taken: list[float]) -> None:
    ratings = [shown(one, withdrawn=True) for one in upset] + [shown(one, withdrawn=False) for one in taken]
    for found in refit(ratings).values():
        assert 0 < found.after < found.before
        assert found.caught >= RECALL


def test_a_few_withdrawals_move_nothing() -> None:
    assert refit([shown(0.4, withdrawn=True)] * (FEWEST - 1)) == {}


def test_a_head_that_cannot_tell_them_apart_stays_as_it_is() -> None:
    ratings = [shown(n / 100, withdrawn=bool(n % 2)) for n in range(5, 45)]
    assert refit(ratings) == {}


def test_labels_are_named_as_the_layers_ask_for_them() -> None:
    assert name_of("picture:sexual", "mindfulness") == "sexual"
    assert name_of("picture:no_focus", "mindfulness") == "mindfulness:no_focus"
    assert name_of("trigger:own_2", "mindfulness") == "triggers"


def command(folder: Path, *more: str) -> None:
    """Run it in a folder of `ratings.jsonl`."""
    words = [sys.executable, "-m", "ml.safety.refit", "--ratings", "ratings.jsonl", *more]
    root = Path(__file__).parents[3]
    subprocess.run(words, cwd=folder, env={"PYTHONPATH": str(root)}, check=True, capture_output=True)


def test_a_file_written_by_the_command_refuses_what_was_shown_before(tmp_path: Path) -> None:
    picture = render(SceneSpec("path", "dusk", "rain", "winter", "earth", "ink", 3), 128, 128)
    against = Against("mindfulness")
    assert isinstance(screen_image(picture, against), SafeImage)
    score, limit = measure(Look(picture, against))[0]["unpleasant"], wants()["mindfulness"].limits()["unpleasant"]
    lines = [
        {"technique": "mindfulness", "withdrawn": upset, "scores": {"picture:unpleasant": [value, limit]}}
        for upset, value in [(True, score)] * FEWEST + [(False, score / 2)] * 30
    ]
    (tmp_path / "ratings.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    command(tmp_path, "--out", "refitted.toml")
    assert tomllib.loads((tmp_path / "refitted.toml").read_text("utf-8"))["refused_from"]
    assert thresholds.install(tmp_path / "refitted.toml") == 1
    answer = screen_image(picture, against)
    assert isinstance(answer, Refusal)
    assert answer.verdict.stage == "feeling"


def test_a_second_refit_loosens_nothing_that_the_first_one_tightened(tmp_path: Path) -> None:
    ratings = [shown(0.40 + n / 1000, withdrawn=True) for n in range(20)]
    ratings += [shown(0.10, withdrawn=True, label="picture:sexual") for _ in range(FEWEST)]
    first = refit(ratings)
    write(tmp_path / "first.toml", first)
    assert thresholds.install(tmp_path / "first.toml") == 2
    unpleasant, sexual = (first[name].after for name in ("mindfulness:unpleasant", "sexual"))
    ratings = [one for one in ratings if "picture:sexual" not in one.scores]  # an agreement was taken back
    ratings.append(Rated("mindfulness", {"picture:unpleasant": (0.2, unpleasant)}, withdrawn=False))
    second = refit(ratings)
    assert second == {}, "what stands is as tight as it can be told to be"
    write(tmp_path / "second.toml", second, thresholds.read(tmp_path / "first.toml"))
    assert thresholds.install(tmp_path / "second.toml") == 2
    assert thresholds.refused_from("mindfulness:unpleasant", LIMIT) <= unpleasant
    assert thresholds.refused_from("sexual", LIMIT) <= sexual


def test_of_a_limit_that_stands_and_one_that_is_found_the_lower_one_is_written(tmp_path: Path) -> None:
    found = refit([shown(0.40 + n / 1000, withdrawn=True) for n in range(20)])
    for standing, written in ((0.1, 0.1), (0.45, 0.401)):
        write(tmp_path / "t.toml", found, {"mindfulness:unpleasant": standing})
        assert thresholds.read(tmp_path / "t.toml") == {"mindfulness:unpleasant": written}


@pytest.mark.parametrize("more", [["--standing", "stands.toml", "--out", "new.toml"], ["--out", "stands.toml"]])
def test_the_command_keeps_what_stands_also_in_a_file_that_it_writes_over(tmp_path: Path, more: list[str]) -> None:
    (tmp_path / "ratings.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "stands.toml").write_text("[refused_from]\nsexual = 0.1\n", encoding="utf-8")
    command(tmp_path, *more)
    assert thresholds.read(tmp_path / more[-1]) == {"sexual": 0.1}


@pytest.mark.parametrize("value", ["0", "1.5", "-0.2"])
def test_a_threshold_out_of_range_is_not_taken_over(tmp_path: Path, value: str) -> None:
    path = tmp_path / "t.toml"
    path.write_text(f"[refused_from]\nsexual = {value}\n", encoding="utf-8")
    with pytest.raises(ThresholdOutOfRange):
        thresholds.install(path)
    assert thresholds.refused_from("sexual", 0.2) == 0.2


def test_a_laxer_threshold_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text("[refused_from]\nsexual = 0.9\n", encoding="utf-8")
    thresholds.install(path)
    assert thresholds.refused_from("sexual", 0.2) == 0.2
