"""`manage.py prompt`, `screen` and `draw` by their contract."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from ml.vocabulary import EMOTIONS, TECHNIQUES

Out = pytest.CaptureFixture[str]


def lines(out: Out, *command: str) -> list[dict[str, Any]]:
    call_command(*command, "--json")
    return [json.loads(line) for line in out.readouterr().out.splitlines()]


def code_of(*command: str) -> int:
    with pytest.raises((CommandError, SystemExit)) as stopped:
        call_command(*command)
    return int(getattr(stopped.value, "returncode", None) or getattr(stopped.value, "code", 1))


@pytest.mark.parametrize("technique", TECHNIQUES)
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_every_cell_gives_a_prompt_that_safety_allows(emotion: str, technique: str, capsys: Out) -> None:
    (prompt,) = lines(capsys, "prompt", "--emotion", emotion, "--technique", technique)
    assert prompt["technique"] == technique
    assert prompt["safety"]["allowed"] is True
    assert prompt["prompt"] and prompt["negative_prompt"] and prompt["reasons"]


def test_prompts_repeat_by_their_seed_and_vary_among_themselves(capsys: Out) -> None:
    asked = ("prompt", "--emotion", "sadness", "--n", "5", "--seed", "7")
    first, second = lines(capsys, *asked), lines(capsys, *asked)
    assert first == second
    assert len({prompt["template"] for prompt in first}) > 1


def test_a_history_that_swings_leans_towards_stillness(capsys: Out) -> None:
    def share(history: str) -> float:
        asked = ("prompt", "--emotion", "surprise", "--history", history, "--n", "60")
        return sum(prompt["technique"] == "mindfulness" for prompt in lines(capsys, *asked)) / 60

    assert share("happiness,anger,fear,happiness") > share("surprise,surprise,surprise,surprise")


@pytest.mark.parametrize(
    "wrong",
    [
        ("prompt", "--emotion", "joy"),
        ("prompt", "--emotion", "fear", "--history", "fear,joy"),
        ("prompt", "--emotion", "fear", "--technique", "hypnosis"),
        ("prompt", "--emotion", "fear", "--n", "0"),
        ("screen",),
        ("screen", "--text", "a", "--image", "b"),
        ("draw", "--prompt", "a lake", "--out", "lake.bmp"),
        ("draw", "--prompt", "a lake", "--steps", "0"),
        ("draw", "--prompt", "a lake", "--guidance", "-1"),
    ],
)
def test_wrong_use_is_two(wrong: tuple[str, ...]) -> None:
    assert code_of(*wrong) == 2


def test_a_text_is_allowed_or_refused_with_its_stage(capsys: Out) -> None:
    (allowed,) = lines(capsys, "screen", "--text", "a lake at dawn")
    assert allowed["allowed"] is True
    assert code_of("screen", "--text", "a noose in the barn", "--json") == 1
    refused = json.loads(capsys.readouterr().out)
    assert refused["allowed"] is False
    assert refused["stage"] == "lexicon"
    assert refused["labels"] and refused["reason"]


def test_a_blank_picture_a_text_file_and_a_video_are_refused(tmp_path: Path, capsys: Out) -> None:
    Image.new("RGB", (256, 256), (20, 90, 60)).save(tmp_path / "blank.png")
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "clip.mp4").write_bytes(b"\0" * 64)
    for name in ("blank.png", "text.png", "clip.mp4"):
        assert code_of("screen", "--image", str(tmp_path / name), "--json") == 1
        assert json.loads(capsys.readouterr().out)["stage"] == "picture"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such file"):
        call_command("screen", "--image", str(tmp_path / "absent.png"))


def test_the_same_seed_draws_the_same_pixels(tmp_path: Path, capsys: Out) -> None:
    def drawn(seed: int, name: str) -> tuple[dict[str, Any], Any]:
        path = tmp_path / name
        (answer,) = lines(capsys, "draw", "--prompt", "a lake at dawn", "--seed", str(seed), "--out", str(path))
        return answer, np.asarray(Image.open(path))

    (first, once), (_, again), (_, other) = drawn(3, "a.png"), drawn(3, "b.png"), drawn(4, "c.png")
    assert first["fallback"] is False
    assert {"path", "seed", "steps", "guidance", "model", "ms", "scores"} <= first.keys()
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


def test_a_drawing_says_which_words_it_read_as_others_and_which_it_did_not(tmp_path: Path, capsys: Out) -> None:
    asked = ("draw", "--prompt", "a yacht at dawn with a giraffe", "--out", str(tmp_path / "a.png"))
    (answer,) = lines(capsys, *asked)
    assert answer["fallback"] is False
    assert (answer["asked"], answer["unread"]) == ("the sea at dawn", ["giraffe"])
    assert answer["read_as"] == {"yacht": "sailboat"}


def test_a_refused_prompt_gives_a_vetted_scene(tmp_path: Path, capsys: Out) -> None:
    path = tmp_path / "scene.png"
    (answer,) = lines(capsys, "draw", "--prompt", "a gun on the table", "--out", str(path))
    assert answer["fallback"] is True
    assert answer["model"].startswith("library:")
    assert answer["scores"]["prompt:weapons"] == 1.0
    assert (answer["unread"], answer["read_as"]) == ([], {})
    assert np.asarray(Image.open(path)).std() > 10
