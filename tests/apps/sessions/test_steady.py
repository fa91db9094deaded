"""The laws of the steady state, as properties of any sequence of readings."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from apps.sessions.steady import Rule, Shift, Steady, stand, vote
from ml.vocabulary import EMOTIONS

RULE = Rule()


def reading(emotion: str, share: float = 0.9) -> tuple[float, ...]:
    rest = (1 - share) / (len(EMOTIONS) - 1)
    return tuple(share if name == emotion else rest for name in EMOTIONS)


def play(frames: list[tuple[int, tuple[float, ...]]], state: Steady | None = None) -> list[tuple[int, Shift]]:
    """The shifts and when they came."""
    state, shifts = state or Steady(), []
    for at_ms, probabilities in frames:
        state, shift = vote(state, probabilities, at_ms, RULE)
        if shift:
            shifts.append((at_ms, shift))
    return shifts


@st.composite
def readings(draw: st.DrawFn) -> list[tuple[int, tuple[float, ...]]]:
    gaps = draw(st.lists(st.integers(20, 4000), min_size=1, max_size=120))
    frames, at_ms = [], 0
    for gap in gaps:
        at_ms += gap
        weights = draw(st.lists(st.floats(0.001, 1.0), min_size=7, max_size=7))
        frames.append((at_ms, tuple(weight / sum(weights) for weight in weights)))
    return frames


@given(readings())
def test_two_changes_are_never_closer_than_the_interval(frames: list[tuple[int, tuple[float, ...]]]) -> None:
    times = [at_ms for at_ms, _ in play(frames)]
    assert all(later - earlier >= RULE.interval_ms for earlier, later in pairwise(times))


@given(readings())
def test_changes_form_a_chain_and_each_goes_elsewhere(frames: list[tuple[int, tuple[float, ...]]]) -> None:
    standing = None
    for _, shift in play(frames):
        assert shift.from_emotion == standing
        assert shift.to_emotion != standing
        assert RULE.enter <= shift.intensity <= 1.0
        standing = shift.to_emotion


@given(readings())
def test_the_smoothed_reading_stays_a_distribution(frames: list[tuple[int, tuple[float, ...]]]) -> None:
    state = Steady()
    for at_ms, probabilities in frames:
        state, _ = vote(state, probabilities, at_ms, RULE)
        assert abs(sum(state.smoothed) - 1) < 1e-6
        assert all(-1e-9 <= share <= 1 + 1e-9 for share in state.smoothed)


@given(st.sampled_from(EMOTIONS), st.integers(50, 400))
def test_the_first_stable_state_counts_and_counts_once(emotion: str, gap: int) -> None:
    shifts = play([(at_ms, reading(emotion)) for at_ms in range(0, 30_000, gap)])
    assert [(shift.from_emotion, shift.to_emotion) for _, shift in shifts] == [(None, emotion)]
    assert shifts[0][0] <= RULE.hold_ms + 3 * gap


@given(st.sampled_from(EMOTIONS))
def test_the_frame_rate_changes_little(emotion: str) -> None:
    first = [play([(at_ms, reading(emotion)) for at_ms in range(0, 8000, gap)])[0][0] for gap in (50, 200)]
    assert abs(first[0] - first[1]) <= 400


def test_a_flicker_shorter_than_the_hold_changes_nothing() -> None:
    frames = [(at_ms, reading("neutral")) for at_ms in range(0, 20_000, 200)]
    frames += [(at_ms, reading("anger")) for at_ms in range(20_000, 20_800, 200)]
    frames += [(at_ms, reading("neutral")) for at_ms in range(20_800, 30_000, 200)]
    assert [shift.to_emotion for _, shift in play(frames)] == ["neutral"]


def test_a_change_waits_for_the_interval_and_then_comes() -> None:
    frames = [(at_ms, reading("neutral")) for at_ms in range(0, 4000, 200)]
    frames += [(at_ms, reading("sadness")) for at_ms in range(4000, 20_000, 200)]
    (first, _), (second, shift) = play(frames)
    assert shift.to_emotion == "sadness"
    assert second - first >= RULE.interval_ms


def test_undecided_readings_never_become_a_state() -> None:
    even = tuple(1 / 7 for _ in EMOTIONS)
    assert play([(at_ms, even) for at_ms in range(0, 60_000, 200)]) == []


def test_what_the_patient_names_stands_for_the_interval() -> None:
    state = Steady()
    for at_ms in range(0, 4000, 200):
        state, _ = vote(state, reading("anger"), at_ms, RULE)
    state = stand(state, "happiness", 4000)
    shifts = play([(at_ms, reading("anger")) for at_ms in range(4200, 30_000, 200)], state)
    assert shifts[0][1].from_emotion == "happiness"
    assert shifts[0][0] >= 4000 + RULE.interval_ms


def test_after_a_long_gap_old_readings_say_nothing() -> None:
    state, _ = vote(Steady(), reading("anger"), 0, RULE)
    state, _ = vote(state, reading("happiness"), RULE.forget_ms + 1, RULE)
    assert state.smoothed == reading("happiness")
