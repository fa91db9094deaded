"""The laws of learning from responses."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.prompting.choose import choose
from ml.prompting.library import by_id, templates
from ml.prompting.measuring.patients import FACE_NOISE, HIDDEN
from ml.prompting.measuring.patients import NOISE as PATIENTS_NOISE
from ml.prompting.reasons import DID_GOOD_REASON
from ml.prompting.response import NOISE, SHARED, response
from ml.prompting.state import Preferences, Shown, State
from ml.prompting.taste import FEATURES, SPREAD, features, learned
from ml.scenes.spec import STYLES

changes = st.none() | st.floats(-1, 1)
pictures = st.builds(
    Shown,
    template=st.sampled_from([template.id for template in templates()]),
    emotion=st.just("sadness"),
    rating=st.none() | st.integers(-2, 2),
    upset=st.booleans(),
    style=st.sampled_from(STYLES),
    mood=changes,
    felt=changes,
)
LAKE = next(template for template in templates() if template.kind == "lake")


LAKES = [one.id for one in templates() if one.kind == "lake" and one.technique == "mindfulness"]
OTHERS = [one.id for one in templates() if one.kind != "lake" and one.technique == "mindfulness"]


def taken(rating: int, **more: float) -> Shown:
    return Shown(LAKE.id, "sadness", rating, style="ink", **more)


def rated(ids: list[str], times: int, rating: int) -> tuple[Shown, ...]:
    return tuple(Shown(ids[place * 7 % len(ids)], "sadness", rating, style="ink") for place in range(times))


def did_not_do_good(shown: Shown) -> bool:
    found = response(shown)
    return found is None or found.value <= 0


@settings(max_examples=100, deadline=None)
@given(
    st.lists(pictures.filter(did_not_do_good), max_size=8),
    st.integers(0, 20),
    st.integers(0, 6),
    st.integers(-1, 0),
    st.integers(0, 2**31),
)
def test_it_is_never_said_that_pictures_did_good_where_none_did(
    some: list[Shown], many: int, few: int, mid: int, seed: int
) -> None:
    """A kind that was only less bad than all others is expected to be better than them, and did no good for that."""
    history = (*some, *rated(OTHERS, many, -2), *rated(LAKES, few, mid))
    assert DID_GOOD_REASON not in choose(State("sadness", 0.8), history, seed=seed).reasons


def test_it_is_said_of_a_kind_that_did_good_and_an_older_record_says_it_of_one_that_was_less_bad() -> None:
    strong, old = State("sadness", 0.8), Preferences(until_cbt7=True)
    assert DID_GOOD_REASON in choose(strong, rated(LAKES, 4, 2)).reasons
    history = (*rated(OTHERS, 12, -2), *rated(LAKES, 3, 0))
    found = [
        [DID_GOOD_REASON in choose(strong, history, only, seed=seed).reasons for seed in range(20)]
        for only in (Preferences(), old)
    ]
    assert (any(found[0]), any(found[1])) == (False, True)


def test_nothing_is_believed_before_the_first_response() -> None:
    assert learned(()).expected().of(*features(LAKE, "ink", "sadness")) == 0
    unanswered = (Shown(LAKE.id, "sadness", style="ink"),) * 5
    assert np.array_equal(learned(unanswered).mean, learned(()).mean)


@settings(max_examples=60)
@given(st.lists(pictures, max_size=40).map(tuple))
def test_beliefs_stay_bounded_however_much_was_answered(history: tuple[Shown, ...]) -> None:
    belief = learned(history)
    assert np.abs(belief.mean).max() <= 1.01
    spread = np.sqrt(np.diag(np.linalg.inv(belief.factor @ belief.factor.T)))
    assert (spread <= np.array([SPREAD[group] for group, _ in FEATURES]) + 1e-9).all()


@pytest.mark.parametrize(("rating", "sign"), [(2, 1), (1, 1), (-1, -1), (-2, -1)])
def test_a_rating_moves_what_was_seen_its_way_and_nothing_else(rating: int, sign: int) -> None:
    belief = learned((taken(rating),)).expected()
    assert belief.of(("kind", "lake")) * sign > 0
    assert belief.of(("style", "ink")) * sign > 0
    assert belief.of(("kind", "desert")) == 0


def test_each_response_makes_surer() -> None:
    def spread(history: tuple[Shown, ...]) -> float:
        draws = [learned(history).drawn(Random(seed)).of(("kind", "lake")) for seed in range(200)]
        return float(np.std(draws))

    assert spread((taken(1),) * 12) < spread((taken(1),)) < spread(())


def test_the_newer_of_two_opposite_responses_weighs_more() -> None:
    history = (*((taken(2),) * 20), *((taken(-2),) * 20))
    assert learned(history).expected().of(("kind", "lake")) < 0
    assert learned(history[::-1]).expected().of(("kind", "lake")) > 0


def test_an_upset_patient_outweighs_what_else_was_said() -> None:
    upset = response(Shown(LAKE.id, "fear", 2, upset=True, felt=1.0))
    assert upset is not None
    assert upset.value == -1
    rated = response(taken(2))
    assert rated is not None
    assert upset.precision > rated.precision


def test_face_and_mood_teach_where_no_rating_was_given_but_less() -> None:
    def lake(shown: Shown) -> float:
        return learned((shown,)).expected().of(("kind", "lake"))

    silent = Shown(LAKE.id, "sadness", style="ink", felt=1.0)
    said = Shown(LAKE.id, "sadness", style="ink", mood=1.0)
    assert 0 < lake(silent) < lake(said) < lake(taken(2))


def test_a_rating_and_a_face_that_contradicts_it_meet_between() -> None:
    both = response(taken(2, felt=-1.0))
    assert both is not None
    assert 0 < both.value < 1


def test_a_second_signal_tells_something_and_less_than_if_it_shared_nothing_with_the_first() -> None:
    def variance(*, until_cbt7: bool = False, **said: float) -> float:
        found = response(Shown(LAKE.id, "sadness", style="ink", **said), until_cbt7=until_cbt7)
        assert found is not None
        return 1 / found.precision

    for name, value in (("rating", 2), ("mood", 1.0), ("felt", 1.0)):
        assert variance(**{name: value}) == pytest.approx(NOISE[name])
    both = {"rating": 2, "felt": 0.5}
    assert variance(**both, until_cbt7=True) < HIDDEN**2 < variance(**both) < NOISE["rating"]
    assert SHARED < variance(**both, mood=0.5) < variance(**both)


def test_how_surely_a_rating_and_a_face_are_taken_to_tell_is_no_more_than_they_do() -> None:
    """Of the simulated patients: what no feature holds, and what the signals add to it."""
    random = np.random.default_rng(0)
    hidden = random.normal(0, HIDDEN, 50_000)
    said, showed = (hidden + random.normal(0, noise, len(hidden)) for noise in (PATIENTS_NOISE, FACE_NOISE))
    rated, both = response(taken(2)), response(taken(2, felt=0.0))
    assert rated is not None and both is not None
    together = both.value * said + (1 - both.value) * showed  # a rating of 1 and a face of 0 give the rating's weight
    assert together.var() <= 1 / both.precision
    assert said.var() <= 1 / rated.precision


def test_the_same_history_and_seed_give_the_same_draw() -> None:
    history = (taken(2), taken(-1))
    assert np.array_equal(learned(history).drawn(Random("a")).values, learned(history).drawn(Random("a")).values)
    assert by_id()[LAKE.id] is LAKE


def test_impossible_responses_are_refused() -> None:
    for wrong in ({"rating": 3}, {"mood": 1.5}, {"felt": -2.0}):
        with pytest.raises(ValueError, match="lie"):
            Shown(LAKE.id, "fear", **wrong)
