"""What the NSFW layer refuses of our own pictures is counted, each of them once."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from ml.imaging.quality import alarms
from ml.prompting.library import templates
from ml.prompting.template import LOCAL
from ml.safety.verdict import SafePrompt, passed, refused

GREY = np.full((64, 64, 3), 128, np.uint8)


def test_what_lies_at_the_threshold_or_above_or_is_no_number_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = iter([0.01, 0.19, 0.2, float("nan")])

    class Answer:
        def __init__(self, score: float) -> None:
            labels, limits = {"sexual": score}, {"sexual": 0.2}
            self.verdict = (passed if score < 0.2 else refused)("nsfw", "", labels, limits)

    monkeypatch.setattr(alarms, "screen_image", lambda _: Answer(next(scores)))
    found = alarms.alarms([GREY] * 4)
    assert (found["pictures"], found["refused"]) == (4, 2)
    low, high = found["interval"]
    assert 0 < low < 0.5 < high < 1


def test_what_is_no_picture_is_not_counted_as_let_through() -> None:
    with pytest.raises(KeyError):
        alarms.alarms([GREY])


def test_scenes_and_painted_templates_are_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert alarms.main(["--scenes", "2", "--painted", "2"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["threshold"] == 0.2
    assert facts["vetted"]["pictures"] == facts["painted"]["pictures"] == 2
    assert facts["vetted"]["refused"] == 0
    assert facts["painted"]["model"].startswith("painter@")


def test_wrong_use_is_refused() -> None:
    with pytest.raises(SystemExit) as stopped:
        alarms.main(["--painted", "0"])
    assert stopped.value.code == 2


def test_a_scene_of_the_patients_own_hour_is_painted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    of_the_hour = tuple(one for one in templates() if one.time == LOCAL)
    monkeypatch.setattr("ml.prompting.library.templates", lambda: of_the_hour)

    class Blank:
        def draw(self, prompt: SafePrompt, *, seed: int) -> SimpleNamespace:
            assert "by day" in prompt.text
            return SimpleNamespace(pixels=np.zeros((8, 8, 3), np.uint8))

    assert len(list(alarms.painted(Blank(), len(of_the_hour), 1))) == len(of_the_hour)  # type: ignore[arg-type]
