"""Which orders leave together and when, whatever comes in whatever order; the clock is the test's."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.imaging.serving.batcher import MicroBatcher, Ticket
from ml.imaging.serving.limits import Limits, limits_of
from ml.imaging.serving.rest import FIRST_S, LONGEST_S, Rest

Happening = tuple[float, str, Any]
"""Time, what, and with which ticket, number or count."""
LIMITS = Limits(buckets=(1, 2, 4, 8), window_s=0.04, patience_s=0.5, share=0.9, stall_s=30.0)
FAR = 1e9
few = settings(max_examples=40)
ROOM = 100


@st.composite
def days(draw: Callable[..., Any]) -> list[Happening]:
    """What happens to a batcher: (time, what, argument), in order of time."""
    happenings: list[Happening] = []
    now = 0.0
    for number in range(draw(st.integers(1, 40))):
        now += draw(st.sampled_from([0.0, 0.001, 0.01, 0.05, 0.7]))
        what = draw(st.sampled_from(["add", "add", "add", "take", "take", "cancel", "announce"]))
        ticket = Ticket(
            number, draw(st.sampled_from("ab")), now - draw(st.sampled_from([0.0, 0.2])),
            now + draw(st.sampled_from([0.02, 1.0, FAR])), draw(st.sampled_from([0, 12, 30, 300])),
        )  # fmt: skip
        about: dict[str, Any] = {"add": ticket, "cancel": draw(st.integers(0, 40)), "announce": number % 3}
        happenings.append((now, str(what), about.get(str(what))))
    return happenings


def live(batcher: MicroBatcher, day: list[Happening]) -> dict[str, list[Any]]:
    """Batches with the time they left, who lapsed, who was cancelled, who was added."""
    seen: dict[str, list[Any]] = {"batches": [], "lapsed": [], "cancelled": [], "added": []}
    for now, what, about in day:
        if isinstance(about, Ticket):
            batcher.add(about)
            seen["added"].append(about)
        elif what == "cancel" and batcher.cancel(about):
            seen["cancelled"].append(about)
        elif what == "announce":
            batcher.announced = about
        elif what == "take":
            take_all(batcher, now, seen)
    batcher.announced = 0
    take_all(batcher, FAR / 2, seen)
    return seen


def take_all(batcher: MicroBatcher, now: float, seen: dict[str, list[Any]]) -> None:
    while True:
        waiting, announced = list(batcher._waiting), batcher.announced
        taken = batcher.take(now)
        seen["lapsed"] += [(now, ticket) for ticket in taken.lapsed]
        if not taken.batch:
            return
        seen["batches"].append((now, taken.batch, waiting, announced))


@few
@given(days())
def test_every_order_leaves_once_painted_lapsed_or_cancelled(day: list[Happening]) -> None:
    seen = live(MicroBatcher(LIMITS, ROOM), day)
    left = [ticket.number for _, batch, *_ in seen["batches"] for ticket in batch]
    left += [ticket.number for _, ticket in seen["lapsed"]]
    left += seen["cancelled"]
    assert sorted(left) == sorted(ticket.number for ticket in seen["added"])


@few
@given(days())
def test_a_batch_has_one_key_a_buckets_size_and_room_in_memory(day: list[Happening]) -> None:
    for _, batch, *_ in live(MicroBatcher(LIMITS, ROOM), day)["batches"]:
        assert len({ticket.key for ticket in batch}) == 1
        assert len(batch) in LIMITS.buckets
        assert len(batch) == 1 or len(batch) * batch[0].memory <= ROOM


@few
@given(days())
def test_nobody_is_painted_too_late_and_nobody_lapses_in_time(day: list[Happening]) -> None:
    seen = live(MicroBatcher(LIMITS, ROOM), day)
    assert all(ticket.begin_by >= now for now, batch, *_ in seen["batches"] for ticket in batch)
    assert all(ticket.begin_by < now for now, ticket in seen["lapsed"])


@few
@given(days())
def test_of_a_key_who_came_first_leaves_first(day: list[Happening]) -> None:
    for now, batch, waiting, _ in live(MicroBatcher(LIMITS, ROOM), day)["batches"]:
        mine = [one for one in waiting if one.key == batch[0].key and one.begin_by >= now]
        first = sorted(mine, key=lambda one: (one.since, one.number))[: len(batch)]
        assert list(batch) == first


@few
@given(days())
def test_a_batch_leaves_only_when_full_or_when_its_first_has_waited(day: list[Happening]) -> None:
    batcher = MicroBatcher(LIMITS, ROOM)
    for now, batch, _, announced in live(batcher, day)["batches"]:
        pause = LIMITS.patience_s if announced else LIMITS.window_s
        assert len(batch) == batcher._most(batch[0]) or now >= batch[0].since + pause


@few
@given(days())
def test_whoever_looks_when_told_to_leaves_nobody_waiting_beyond_patience(day: list[Happening]) -> None:
    batcher = MicroBatcher(LIMITS, ROOM)
    for ticket in (about for _, _, about in day if isinstance(about, Ticket)):
        batcher.add(ticket)
    now, looks = 0.0, 0
    while (wakes_at := batcher.wakes_at()) is not None:
        now, looks = max(now, wakes_at) + 1e-9, looks + 1
        batcher.take(now)
        assert looks <= 80
    assert now <= max([about.since for _, _, about in day if isinstance(about, Ticket)], default=0) + 1.0


@given(st.integers(1, 60), st.integers(0, 3))
@few
def test_a_crowd_of_one_key_does_not_keep_another_waiting(crowd: int, before: int) -> None:
    batcher = MicroBatcher(LIMITS, ROOM)
    for number in range(before):
        batcher.add(Ticket(number, "crowd", 0.0, FAR))
    batcher.add(Ticket(99, "alone", 0.001, FAR))
    for number in range(crowd):
        batcher.add(Ticket(100 + number, "crowd", 0.002, FAR))
    batches = 0
    while all(ticket.number != 99 for ticket in batcher.take(1.0).batch):
        batches += 1
    assert batches <= 1


def test_three_that_waited_are_two_and_one_and_nobody_paints_for_nobody() -> None:
    batcher = MicroBatcher(LIMITS, ROOM)
    for number in range(3):
        batcher.add(Ticket(number, "a", 0.0, FAR))
    assert [len(batcher.take(0.04).batch) for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize("device", ["cpu", "cuda", "cuda:1", "xpu"])
def test_limits_are_those_that_the_floor_asks_for(device: str) -> None:
    limits = limits_of(device)
    assert limits.buckets[0] == 1 and set(limits.buckets) <= {1, 2, 4, 8}
    assert list(limits.buckets) == sorted(limits.buckets)
    assert 0.03 <= limits.window_s <= 0.05 <= limits.patience_s
    assert 0 < limits.share < 1


def test_a_painter_that_does_not_load_is_left_alone_ever_longer_until_it_loads() -> None:
    rest, now = Rest(), 0.0
    pauses = []
    for _ in range(12):
        rest.failed("PainterMissing", now)
        assert rest.holds(now)
        assert not rest.holds(rest.until)
        pauses.append(rest.until - now)
        now = rest.until
    assert pauses[0] == FIRST_S and pauses[-1] == LONGEST_S
    assert pauses == sorted(pauses)
    rest.over()
    assert not rest.holds(now) and rest.code == ""
    rest.failed("PainterMissing", now)
    assert rest.until == now + FIRST_S
