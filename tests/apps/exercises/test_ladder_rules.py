"""The laws of a ladder, on any order of acts: agreed, begun by the patient, one step at a time, always to calm."""

from dataclasses import replace
from functools import reduce
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exercises import exposure, ladder
from apps.exercises.events import AttemptEnded, CalmBegun, LadderClosed, LadderWritten, Step, StepBegun
from apps.exercises.ladder import DistressWrong, Ladder, LadderUnknown, LadderWrong, NotNow
from apps.exercises.unlocking import Outcome, place_after

WRITTEN = LadderWritten(
    title="Lifts",
    steps=tuple(Step(text=text, expected=points) for text, points in (("Look", 30), ("Stand in", 50), ("Ride", 70))),
    limit=80,
    times=2,
)
points = st.integers(0, 100)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), st.integers(0, 3), points),
        st.tuples(st.just("say"), points, st.booleans()),
        st.tuples(st.sampled_from(["stop", "agree", "withdraw", "close", "write"])),
        st.tuples(st.just("end"), st.none() | points),
    ),
    max_size=40,
)


def decide(now: Ladder, act: tuple[object, ...]) -> list[object]:
    match act:
        case ("begin", int(step), int(distress)):
            return exposure.begin(now, attempt_id=uuid4(), step=step, distress=distress)
        case ("say", int(distress), bool(done)):
            return exposure.say(now, distress=distress, done=done)
        case ("end", None | int() as distress):
            return exposure.end(now, distress=distress)
        case ("write",):
            return exposure.write(now, WRITTEN)
    return {"stop": exposure.stop, "agree": exposure.agree, "withdraw": exposure.withdraw, "close": exposure.close}[
        str(act[0])
    ](now)


def lived(wanted: list[tuple[object, ...]]) -> list[tuple[Ladder, list[object], Ladder]]:
    """Each act that the rules allowed: the ladder before, the events, the ladder after."""
    now, seen = ladder.replay([WRITTEN]), []
    for act in wanted:
        before = now
        try:
            events = decide(before, act)
        except NotNow:
            continue
        now = reduce(ladder.after, events, before)
        seen.append((before, events, now))
    return seen


def ready(*more: tuple[object, ...]) -> Ladder:
    return lived([("agree",), *more])[-1][2]


@given(acts)
def test_a_step_is_begun_only_with_agreement_open_and_below_the_limit(wanted: list[tuple[object, ...]]) -> None:
    for before, events, _ in lived(wanted):
        for one in events:
            if isinstance(one, StepBegun):
                assert before.agreed
                assert not before.closed
                assert before.now is None
                assert not before.place.resting
                assert one.step <= before.place.step
                assert one.distress <= WRITTEN.limit


@given(acts)
def test_every_step_ends_in_calm_before_anything_else_can_begin(wanted: list[tuple[object, ...]]) -> None:
    phase = "idle"
    for _, events, _ in lived(wanted):
        for one in events:
            match one:
                case StepBegun():
                    assert phase == "idle"
                    phase = "step"
                case CalmBegun():
                    assert phase == "step"
                    phase = "calm"
                case AttemptEnded():
                    assert phase == "calm"
                    phase = "idle"


@given(acts)
def test_no_step_goes_on_above_the_limit(wanted: list[tuple[object, ...]]) -> None:
    for _, _, after in lived(wanted):
        if after.on_a_step:
            assert after.now is not None
            assert after.now.highest <= WRITTEN.limit


@given(acts)
def test_the_place_rises_by_one_at_most_and_never_by_stopping(wanted: list[tuple[object, ...]]) -> None:
    for before, events, after in lived(wanted):
        assert after.place.step - before.place.step <= 1
        if CalmBegun(why="stopped") in events:
            assert after.place == before.place


@given(acts)
def test_stopping_is_never_refused_on_a_step_and_takes_effect_at_once(wanted: list[tuple[object, ...]]) -> None:
    for _, _, after in lived(wanted):
        if after.on_a_step:
            assert exposure.stop(after) == [CalmBegun(why="stopped")]
            assert exposure.withdraw(after)[0] == CalmBegun(why="stopped")


@given(st.lists(st.builds(Outcome, step=st.integers(0, 3), why=st.just("limit"), highest=points, last=points),
                min_size=1, max_size=5))  # fmt: skip
def test_going_over_the_limit_leads_to_the_step_below_and_at_the_lowest_to_rest(outcomes: list[Outcome]) -> None:
    place = place_after(outcomes, steps=4, times=1)
    assert place.step == max(0, outcomes[-1].step - 1)
    assert place.resting == (outcomes[-1].step == 0)


def eased(step: int) -> list[tuple[object, ...]]:
    return [("begin", step, 60), ("say", 30, True), ("end", 20)]


def test_a_step_opens_the_next_after_easing_as_often_in_a_row_as_the_clinician_set() -> None:
    assert ready(*eased(0)).place.step == 0
    assert ready(*eased(0), *eased(0)).place.step == 1
    not_eased = [("begin", 0, 60), ("say", 31, True), ("end", 30)]
    assert ready(*eased(0), *not_eased, *eased(0)).place.step == 0


def test_a_locked_step_is_refused_and_a_lower_one_is_welcome() -> None:
    with pytest.raises(NotNow, match="locked"):
        exposure.begin(ready(), attempt_id=uuid4(), step=1, distress=10)
    assert exposure.begin(ready(*eased(0), *eased(0)), attempt_id=uuid4(), step=0, distress=10)


def test_writing_anew_voids_the_agreement_and_starts_at_the_lowest_step() -> None:
    up = ready(*eased(0), *eased(0))
    other = replace(WRITTEN, limit=75)
    after = ladder.replay([WRITTEN, *exposure.write(up, other)])
    assert (after.agreed, after.place.step) == (False, 0)
    assert exposure.write(up, WRITTEN) == []


def test_a_calm_picture_left_open_keeps_no_clinician_from_writing_anew_or_closing() -> None:
    left = ready(*eased(0), *eased(0), ("begin", 1, 60), ("stop",))
    shorter = replace(WRITTEN, steps=WRITTEN.steps[:1])
    assert exposure.write(left, shorter) == [AttemptEnded(distress=None), shorter]
    assert exposure.write(left, WRITTEN) == []
    assert exposure.close(left) == [AttemptEnded(distress=None), LadderClosed()]
    on_it = ready(("begin", 0, 60))
    for refused in (
        lambda: exposure.write(on_it, shorter), lambda: exposure.close(on_it),
        lambda: exposure.write(left, shorter, calms=True), lambda: exposure.close(left, calms=True),
    ):  # fmt: skip
        with pytest.raises(NotNow, match="on_a_step"):
            refused()


def test_a_ladder_at_rest_waits_for_the_clinician() -> None:
    resting = ready(("begin", 0, 70), ("say", 81, False), ("end", None))
    with pytest.raises(NotNow, match="resting"):
        exposure.begin(resting, attempt_id=uuid4(), step=0, distress=10)
    assert exposure.write(resting, WRITTEN) == [WRITTEN]


@pytest.mark.parametrize(
    "changed",
    [{"steps": ()}, {"steps": WRITTEN.steps[::-1]}, {"limit": 60}, {"limit": 101}, {"times": 0}, {"title": " "},
     {"steps": (Step(text="", expected=1),)}, {"steps": (Step(text="x", expected=-1),)}],
)  # fmt: skip
def test_a_ladder_that_makes_no_sense_is_not_written(changed: dict[str, object]) -> None:
    with pytest.raises(LadderWrong):
        exposure.write(Ladder(), replace(WRITTEN, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize("distress", [-1, 101])
def test_distress_is_from_0_to_100(distress: int) -> None:
    with pytest.raises(DistressWrong):
        exposure.begin(ready(), attempt_id=uuid4(), step=0, distress=distress)
    with pytest.raises(DistressWrong):
        exposure.say(ready(("begin", 0, 10)), distress=distress)


def test_a_ladder_that_nobody_wrote_takes_nothing() -> None:
    for act in (exposure.agree, exposure.withdraw, exposure.stop, exposure.close):
        with pytest.raises(LadderUnknown):
            act(Ladder())
