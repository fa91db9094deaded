"""The best picture within the budget is shown: one that safety allowed, and none is painted without time for it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.imaging.probe.pictures import held_out_specs, renders
from ml.imaging.quality.best import Budget, Candidate, best_of
from ml.imaging.quality.score import Scorer
from ml.imaging.quality.trying import paint_best
from ml.scenes.spec import SceneSpec
from ml.weights import shelf

candidates: st.SearchStrategy[list[Candidate[int]]] = st.lists(
    st.builds(
        Candidate,
        picture=st.none() | st.integers(0, 9),
        fit=st.none() | st.floats(0, 1),
        aesthetic=st.floats(0.01, 1),
        ms=st.floats(1, 1000),
    ),
    max_size=6,
)
budgets = st.builds(Budget, ms=st.floats(0, 3000), most=st.integers(1, 5), enough=st.floats(0.5, 1))


@settings(max_examples=60)
@given(candidates, budgets)
def test_what_is_shown_was_allowed_and_nothing_tried_was_worthier(given_: list[Candidate[int]], budget: Budget) -> None:
    chosen = best_of(given_, budget)
    allowed = [one for one in given_[: chosen.tried] if one.picture is not None]
    assert chosen.tried <= budget.most
    assert chosen.ms == pytest.approx(sum(one.ms for one in given_[: chosen.tried]))
    if not allowed:
        assert chosen.best is None
    else:
        assert chosen.best is not None
        assert chosen.best.worth == max(one.worth for one in allowed)
        assert chosen.best is next(one for one in allowed if one.worth == chosen.best.worth)


@settings(max_examples=60)
@given(candidates, budgets)
def test_no_picture_is_begun_for_which_no_time_is_left(given_: list[Candidate[int]], budget: Budget) -> None:
    asked = 0

    def paint() -> Iterator[Candidate[int]]:
        nonlocal asked
        for one in given_:
            asked += 1
            yield one

    chosen = best_of(paint(), budget)
    assert asked == chosen.tried
    before = given_[: chosen.tried - 1]
    if before:
        assert sum(one.ms for one in before) + max(one.ms for one in before) <= budget.ms


def test_a_picture_that_is_good_enough_is_shown_at_once_and_a_refused_one_never() -> None:
    good, better = Candidate("good", 0.95, 0.9, 10), Candidate("better", 1.0, 1.0, 10)
    refused: Candidate[str] = Candidate(None, 1.0, 1.0, 10)
    assert best_of([good, better], Budget(1000)).best is good
    assert best_of([good, better], Budget(1000, enough=2.0)).best is better
    assert best_of([refused, good, better], Budget(1000)).best is good
    assert best_of([good, better], Budget(15, enough=2.0)).best is good


def test_fitting_the_prompt_counts_more_than_looks() -> None:
    fits, pretty = Candidate("fits", 0.8, 0.3, 1), Candidate("pretty", 0.5, 1.0, 1)
    assert best_of([pretty, fits], Budget(1000, enough=2.0)).best is fits
    assert Candidate("unjudged", None, 0.4, 1).worth == 0.4


def test_the_best_of_what_was_painted_in_time_is_kept_with_its_scores() -> None:
    scenes = renders([SceneSpec("town", "night", seed=1), SceneSpec("sea", "dawn", seed=3), SceneSpec("lake", seed=4)])
    seconds = iter(np.arange(0.0, 9.0, 0.25))  # a quarter of a second each, as the clock tells
    painted: list[int] = []

    def paint(number: int) -> np.ndarray | None:
        painted.append(number)
        return None if number == 1 else scenes[(number + 1) // 2]  # the second is refused

    budget = Budget(ms=800, most=5, enough=2.0)
    look = lambda pixels: (pixels, "the sea at dawn")  # noqa: E731
    chosen = paint_best(paint, look, Scorer.load(), budget, clock=lambda: float(next(seconds)))
    assert painted == [0, 1, 2]
    assert (chosen.tried, chosen.ms) == (3, 750)
    assert chosen.best is not None
    assert np.array_equal(chosen.best.picture, scenes[1])
    assert chosen.best.labels["fit"] > 0.8
    assert 0 < chosen.best.labels["aesthetic"] <= 1


def test_without_weights_only_looks_are_scored_and_a_given_folder_must_hold_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(shelf.WeightsMissing):
        Scorer.load(probe=tmp_path)
    with pytest.raises(shelf.WeightsMissing):
        Scorer.load(clip=tmp_path)
    monkeypatch.setattr(shelf, "_HERE", tmp_path)
    scorer = Scorer.load()
    assert scorer.by == ""
    assert scorer.fit(renders(held_out_specs(1, 1))[0], "a lake") is None
