"""The laws of goals that are reached and taken up again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.patients import aggregate
from apps.patients.aggregate import NotOffered, Patient, PatientUnknown
from apps.patients.events import GoalReached, GoalResumed, PatientRegistered

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
GOALS = ("sleep better", "see my friends", "paint again")

said = st.one_of(
    st.tuples(st.just("reach"), st.sampled_from(GOALS)),
    st.tuples(st.just("resume"), st.sampled_from(GOALS)),
    st.tuples(st.just("set"), st.lists(st.sampled_from(GOALS), unique=True)),
)


def having(*goals: str) -> list[object]:
    begun: list[object] = [PatientRegistered(name="Ada", label="Patient 001")]
    return begun + aggregate.set_preferences(aggregate.replay(begun), liked_places=[], goals=goals)


def follow(what: list[tuple[str, str | list[str]]], *, twice: bool = False) -> list[object]:
    """The history after all of that, each said once or twice; what is refused changes nothing."""
    history = having(*GOALS)
    for word, of in [one for one in what for _ in range(2 if twice else 1)]:
        patient = aggregate.replay(history)
        if word == "set":
            history += aggregate.set_preferences(patient, liked_places=[], goals=of)
        elif word == "resume":
            history += aggregate.resume_goal(patient, goal=str(of))
        elif of in patient.preferences.goals:
            history += aggregate.reach_goal(patient, goal=str(of), at=NOON)
    return history


@given(st.lists(said, max_size=20))
def test_each_goal_is_open_or_reached_and_what_is_no_goal_is_neither(what: list[tuple[str, str | list[str]]]) -> None:
    patient = aggregate.replay(follow(what))
    assert set(patient.open_goals) | patient.reached.keys() == set(patient.preferences.goals)
    assert not set(patient.open_goals) & patient.reached.keys()
    assert [goal for goal, _ in patient.towards] == list(patient.preferences.goals)


@given(st.lists(said, max_size=20))
def test_saying_the_same_again_writes_nothing(what: list[tuple[str, str | list[str]]]) -> None:
    assert follow(what) == follow(what, twice=True)


def test_a_goal_is_reached_since_when_it_was_first_said_and_open_again_once_taken_up() -> None:
    reached = aggregate.replay([*having("sleep better"), GoalReached(goal="sleep better", reached_at=NOON)])
    assert (reached.reached, reached.open_goals) == ({"sleep better": NOON}, ())
    assert aggregate.reach_goal(reached, goal="sleep better", at=datetime.now(UTC)) == []
    resumed = aggregate.resume_goal(reached, goal="sleep better")
    assert resumed == [GoalResumed(goal="sleep better")]


def test_a_goal_that_was_dropped_is_open_when_it_is_named_again() -> None:
    history = [*having("sleep better", "paint again"), GoalReached(goal="sleep better", reached_at=NOON)]
    for goals in (["paint again"], ["paint again", "sleep better"]):
        history += aggregate.set_preferences(aggregate.replay(history), liked_places=[], goals=goals)
    assert aggregate.replay(history).towards == [("paint again", None), ("sleep better", None)]


@pytest.mark.parametrize("goal", ["", "be rich", "SLEEP BETTER"])
def test_only_one_of_the_patients_goals_can_be_reached(goal: str) -> None:
    with pytest.raises(NotOffered):
        aggregate.reach_goal(aggregate.replay(having("sleep better")), goal=goal, at=NOON)


def test_nobody_unknown_reaches_a_goal() -> None:
    with pytest.raises(PatientUnknown):
        aggregate.reach_goal(Patient(), goal="sleep better", at=NOON)
    with pytest.raises(PatientUnknown):
        aggregate.resume_goal(Patient(), goal="sleep better")
