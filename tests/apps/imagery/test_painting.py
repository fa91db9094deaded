"""The painter that ships answers a request, and every refusal on the way leaves its trace and a vetted scene."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest

from apps.imagery import scheduling
from apps.imagery.events import ImageComposed, ImageRefused, ImageShown
from apps.imagery.tasks.answering import LOOK_EVERY
from ml.safety import image as image_safety
from ml.safety import text as text_safety
from ml.safety.verdict import Verdict, refused
from ml.scenes.wording import read
from tests.apps.imagery.living import Living, events, run_jobs

Refuse = Callable[..., Verdict]


def only_shown(patient: Living) -> ImageShown:
    (picture,) = events(patient, ImageShown)
    assert isinstance(picture, ImageShown)
    return picture


def test_a_state_is_answered_by_the_model_with_all_that_explains_it(patient: Living) -> None:
    patient.feels(-4, 30)
    run_jobs()
    picture = only_shown(patient)
    assert picture.fallback == ""
    assert picture.model.startswith("painter@")
    assert picture.steps > 0
    labels = {score.label for score in picture.scores}
    assert {"prompt:self_harm", "picture:sexual", "picture:spoilt"} <= labels
    assert "gore" in picture.not_judged


def test_the_log_says_which_words_of_the_prompt_the_painter_did_not_know(patient: Living) -> None:
    patient.feels(-4, 30)
    run_jobs()
    picture, [composed] = only_shown(patient), events(patient, ImageComposed)
    words = re.findall(r"[a-z']+", composed.prompt.lower())
    read_as = {one.word: one.known for one in picture.read_as}
    assert picture.unread, "each prompt says more than the painter can paint"
    assert {*picture.unread, *read_as} <= set(words)
    assert not read_as.keys() & set(picture.unread)
    assert read(composed.prompt, read_as).unknown == picture.unread
    assert read(composed.prompt, read_as).alt == picture.alt


def test_a_word_that_cannot_be_compared_is_left_unread_and_the_picture_painted(
    patient: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no such folder")

    monkeypatch.setattr("ml.safety.nearby.thesaurus", broken)
    patient.feels(-4, 30)
    run_jobs()
    picture = only_shown(patient)
    assert (picture.fallback, picture.read_as) == ("", ())
    assert picture.unread


def test_a_refused_picture_is_tried_once_more_and_then_replaced(
    patient: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> Verdict:
        return refused("nsfw", "may show sexual content", {"sexual": 0.9}, {"sexual": 0.2})

    monkeypatch.setattr(image_safety, "_LAYERS", (("nsfw", never),))
    patient.feels(-4)
    run_jobs()
    refusals = events(patient, ImageRefused)
    assert [(one.attempt, one.what, one.stage) for one in refusals] == [(0, "picture", "nsfw"), (1, "picture", "nsfw")]
    assert only_shown(patient).fallback == "refused"
    assert only_shown(patient).model.startswith("library:")


def test_a_layer_that_breaks_refuses(patient: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Verdict:
        raise RuntimeError("no such file")

    monkeypatch.setattr(text_safety, "_LAYERS", (text_safety._Layer("meaning", broken),))
    text_safety._verdicts.clear()
    patient.feels(-4)
    run_jobs()
    assert {one.what for one in events(patient, ImageRefused)} == {"prompt"}
    assert only_shown(patient).fallback == "refused"


def test_the_page_is_told_how_far_the_picture_is(patient: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, object]] = []
    monkeypatch.setattr("apps.imagery.tasks.answering.tell", lambda _, body: told.append(body))
    patient.feels(-4)
    run_jobs()
    steps = [body["step"] for body in told if body["type"] == "composing"]
    fallen = sum(later < sooner for sooner, later in pairwise(steps))
    assert fallen == len(events(patient, ImageRefused)), "only another attempt begins anew"
    assert steps[-1] == only_shown(patient).steps


def test_what_is_too_late_is_painted_no_further(patient: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, object]] = []

    def heard(_: object, body: dict[str, object]) -> None:
        if body["type"] == "composing" and body["step"] == 2:
            run_jobs(scheduling.DEADLINE)
        told.append(body)

    monkeypatch.setattr("apps.imagery.tasks.answering.tell", heard)
    patient.feels(-4)
    run_jobs(scheduling.COMPOSE)
    picture = only_shown(patient)
    assert picture.fallback == "late"
    assert {body["request_id"] for body in told} == {str(picture.request_id)}
    assert max(body["step"] for body in told) == LOOK_EVERY  # type: ignore[type-var]  # steps are whole numbers
