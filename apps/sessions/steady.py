"""From a flicker of readings to a state that lasts. Pure: readings and camera time in, the state out.

Three rules. *Smoothing*: an exponential mean over camera time, so that 5 and 20 frames a second say the same.
*Hysteresis*: another emotion must lead by a margin and hold that lead before it counts. *Minimum interval*: after a
change the state stands for a while, since each change may ask for a picture. The first stable state counts and waits
for no interval. A frame on which the reader abstained does not vote.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ml.vocabulary import EMOTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How stubborn a state is. Times in milliseconds of the camera's clock, levels as probabilities."""

    tau_ms: float = 1200.0  # time constant of the smoothing
    enter: float = 0.35  # least smoothed probability of a new state
    margin: float = 0.08  # by which it must lead the state that stands
    hold_ms: int = 1500  # for how long it must lead
    votes: int = 3  # and on how many frames at least
    interval_ms: int = 12_000  # from one change to the next
    forget_ms: int = 5000  # a gap after which old readings say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """What is remembered between frames."""

    smoothed: tuple[float, ...] = ()  # empty until the first reading
    emotion: str | None = None
    changed_ms: int | None = None
    candidate: str | None = None
    since_ms: int = 0
    votes: int = 0
    last_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A change that lasted. ``intensity`` is the smoothed probability, 0 to 1."""

    from_emotion: str | None
    to_emotion: str
    intensity: float


def vote(state: Steady, probabilities: Sequence[float], at_ms: int, rule: Rule) -> tuple[Steady, Shift | None]:
    """Count one reading.

    Args:
        probabilities: seven, in EMOTIONS order.
        at_ms: the camera's time; a reading older than the last one is taken as simultaneous with it.
    """
    at_ms = max(at_ms, state.last_ms)
    state = _smooth(state, probabilities, at_ms, rule)
    state = _nominate(state, at_ms, rule)
    if state.candidate is None or not _lasts(state, at_ms, rule):
        return state, None
    shift = Shift(from_emotion=state.emotion, to_emotion=state.candidate, intensity=max(state.smoothed))
    return stand(state, state.candidate, at_ms), shift


def stand(state: Steady, emotion: str, at_ms: int) -> Steady:
    """The state with this emotion standing and the interval begun anew; also for an emotion that the patient named."""
    return replace(state, emotion=emotion, changed_ms=max(at_ms, state.last_ms), candidate=None, votes=0)


def _smooth(state: Steady, probabilities: Sequence[float], at_ms: int, rule: Rule) -> Steady:
    gap = at_ms - state.last_ms
    if not state.smoothed or gap > rule.forget_ms:
        return replace(state, smoothed=tuple(probabilities), last_ms=at_ms, candidate=None, votes=0)
    share = 1 - math.exp(-gap / rule.tau_ms)
    mean = tuple(old + share * (new - old) for old, new in zip(state.smoothed, probabilities, strict=True))
    return replace(state, smoothed=mean, last_ms=at_ms)


def _nominate(state: Steady, at_ms: int, rule: Rule) -> Steady:
    levels: dict[str, float] = dict(zip(EMOTIONS, state.smoothed, strict=True))
    leader = max(levels, key=levels.__getitem__)
    standing = levels[state.emotion] if state.emotion else 0.0
    if leader == state.emotion or levels[leader] < max(rule.enter, standing + rule.margin):
        return replace(state, candidate=None, votes=0)
    if leader != state.candidate:
        return replace(state, candidate=leader, since_ms=at_ms, votes=1)
    return replace(state, votes=state.votes + 1)


def _lasts(state: Steady, at_ms: int, rule: Rule) -> bool:
    if state.votes < rule.votes or at_ms - state.since_ms < rule.hold_ms:
        return False
    return state.changed_ms is None or at_ms - state.changed_ms >= rule.interval_ms
