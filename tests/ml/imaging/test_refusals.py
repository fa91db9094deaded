"""What the layers refuse of the engine's choices is counted, and painted again once."""

import json
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from ml.imaging.painter import Painter
from ml.imaging.quality import refusals
from ml.safety.verdict import SafePrompt
from ml.scenes.library import entries


class Sometimes:
    """Paints nothing at all where it is told to, else a calm scene of the library."""

    def __init__(self, *, blank: set[int]) -> None:
        self.blank, self.seeds = blank, list[int]()
        self.scene = entries()[0].pixels(512, 512)

    def draw(self, prompt: SafePrompt, *, seed: int) -> SimpleNamespace:
        self.seeds.append(seed)
        spoilt = len(self.seeds) - 1 in self.blank
        return SimpleNamespace(pixels=np.zeros_like(self.scene) if spoilt else self.scene)


def answered(blank: set[int], requests: int) -> tuple[list[list[refusals.Judged]], Sometimes]:
    painter = Sometimes(blank=blank)
    return list(refusals.paintings(cast(Painter, painter), requests, seed=1)), painter


def test_a_refused_picture_is_chosen_and_painted_anew_once() -> None:
    found, painter = answered({0, 1}, requests=2)
    assert [one.refused for one in found[0]] == [True, True]
    assert len(set(painter.seeds)) == len(painter.seeds)
    assert not found[-1][-1].refused
    facts = refusals.summary(found[:1])
    assert (facts["requests"], facts["vetted_scenes"], facts["paintings"], facts["refused"]) == (1, 1, 2, 2)
    assert all("no picture" in reason for reason in facts["why"])


def test_what_is_allowed_is_shown_and_counted_for_its_technique() -> None:
    facts = refusals.summary(answered(set(), requests=1)[0])
    assert (facts["vetted_scenes"], facts["refused"]) == (0, 0)
    assert list(facts["by_technique"].values()) == ["0 of 1"]
    assert facts["interval"][0] == 0 < facts["interval"][1]


def test_the_command_paints(capsys: pytest.CaptureFixture[str]) -> None:
    assert refusals.main(["--requests", "2"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["model"].startswith("painter@")
    assert facts["requests"] == 2 <= facts["paintings"] <= 4


def test_wrong_use_is_refused() -> None:
    with pytest.raises(SystemExit) as stopped:
        refusals.main(["--requests", "0"])
    assert stopped.value.code == 2
