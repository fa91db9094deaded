"""The painter that ships answers a wish, and each refusal on the way leaves its trace: as in a session."""

import pytest

from apps.imagery.events import ImageRefused, ImageShown
from ml.safety import image as image_safety
from ml.safety.verdict import Verdict, refused
from tests.apps.imagery.living import Living, run_jobs
from tests.apps.imagery.wished import of, wish, written


def test_a_wish_is_painted_by_the_model_and_nobody_is_told_the_steps(
    patient: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr("apps.imagery.tasks.answering.tell", lambda *said: told.append(said))
    exercise_id = written(patient)
    wish(patient, exercise_id)
    run_jobs()
    [shown] = of(exercise_id, ImageShown)
    assert (shown.fallback, told) == ("", [])
    assert shown.model.startswith("painter@")
    assert {"prompt:self_harm", "picture:sexual", "picture:spoilt"} <= {score.label for score in shown.scores}


def test_a_picture_of_a_wish_that_is_refused_is_tried_once_more_and_then_replaced(
    patient: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> Verdict:
        return refused("nsfw", "may show sexual content", {"sexual": 0.9}, {"sexual": 0.2})

    monkeypatch.setattr(image_safety, "_LAYERS", (("nsfw", never),))
    exercise_id = written(patient)
    wish(patient, exercise_id)
    run_jobs()
    assert [(one.attempt, one.what) for one in of(exercise_id, ImageRefused)] == [(0, "picture"), (1, "picture")]
    [shown] = of(exercise_id, ImageShown)
    assert (shown.fallback, shown.model.startswith("library:")) == ("refused", True)
