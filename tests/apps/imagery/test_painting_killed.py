"""A painter that dies costs the patient no picture and the worker not its life: a real process, really killed.

That one without memory is met alike stands in `tests/ml/imaging/test_serving.py`.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from apps.imagery.events import CATEGORY, ImageShown
from apps.imagery.tasks import painting
from eventstore import store
from eventstore.stream import StreamName
from ml.safety.against import Against
from tests.apps.imagery.living import Living, run_jobs


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


@pytest.fixture
def dies(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Kill the painter after the first step of so many tries."""
    serving = painting.service()
    serving.start()
    draw = serving.draw

    def slowly(order: Any, **how: Any) -> Any:
        return draw(replace(order, steps=24), **how)  # so that it is not done before it is killed

    monkeypatch.setattr(serving, "draw", slowly)

    def at_first_steps(times: int) -> None:
        left = [kill] * times

        def heard(_: object, body: dict[str, Any]) -> None:
            painter = painting.service().health().painter
            if body.get("step") == 1 and left and painter is not None:
                left.pop()(painter.pid)

        monkeypatch.setattr("apps.imagery.tasks.answering.tell", heard)

    return at_first_steps


def only_shown(patient: Living) -> ImageShown:
    log = store.read(StreamName(CATEGORY, patient.session_id))
    (shown,) = (recorded.event for recorded in log if isinstance(recorded.event, ImageShown))
    return shown


def test_the_picture_is_painted_by_the_next_painter(patient: Living, dies: Callable[[int], None]) -> None:
    starts = painting.service().health().starts
    dies(1)
    patient.feels(-4)
    run_jobs()
    assert only_shown(patient).fallback in ("", "refused")  # the nudity classifier is wrong about some
    assert painting.service().health().starts == starts + 1


def test_after_a_second_time_a_vetted_scene_is_shown_and_the_worker_paints_again(
    patient: Living, dies: Callable[[int], None]
) -> None:
    dies(2)
    patient.feels(-4)
    run_jobs()
    assert only_shown(patient).fallback == "PainterDied"
    assert only_shown(patient).model.startswith("library:")
    painted = painting.paint("a calm lake at dawn", "", 1, lambda *_: None, Against("mindfulness"))
    assert not isinstance(painted, painting.Declined)
    assert painted[1].drawn.model.startswith("painter@")
