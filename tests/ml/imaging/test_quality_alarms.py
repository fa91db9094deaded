"""What the NSFW layer refuses of our own pictures is counted, each of them once."""

import json

import numpy as np
import pytest

from ml.imaging.quality import alarms
from ml.safety.verdict import passed, refused

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
