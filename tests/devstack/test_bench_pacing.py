"""Thirty stills a second on offer: what is told of their delays, and a few seconds of them against the real stack."""

from pathlib import Path

import pytest

from apps.sessions.demo.browser import Browser
from apps.sessions.pacing import FASTEST, MOST_UNANSWERED
from devstack.bench import pacing
from devstack.bench.measurement import Measurement
from devstack.bench.pacing import OFFERED_FPS, Eager
from devstack.live import LiveStack

GROWTH = "delay, last quarter against first"


def rows_of(found: Eager) -> dict[str, Measurement]:
    return {row.name: row for row in pacing.judged(found, warm_up_s=5)}


def session(growth_ms_a_s: float) -> Eager:
    """Twenty seconds after five of warming up, of five stills a second; the first five seconds are slow."""
    times = [number / 5 for number in range(125)]
    delays = [(at, 900.0 if at < 5 else 40 + growth_ms_a_s * (at - 5)) for at in times]
    lateness = [(at, 1.5) for at in times]
    return Eager(seconds=25, offered=750, seen_at=dict(enumerate(times)), delays=delays, lateness=lateness)


def test_a_delay_that_stays_is_within_the_bar_and_warming_up_does_not_count() -> None:
    rows = rows_of(session(0))
    assert rows[GROWTH].value == pytest.approx(1.0)
    assert all(row.met is not False for row in rows.values())


def test_a_delay_that_grows_misses_it() -> None:
    rows = rows_of(session(2))
    assert rows[GROWTH].met is False
    assert rows["this client's own lateness, last quarter"].value == 1.5


def test_a_session_that_nobody_answers_is_no_figure() -> None:
    with pytest.raises(LookupError, match="nothing was answered"):
        pacing.judged(Eager(seconds=25, offered=750))


@pytest.mark.stack
async def test_of_thirty_stills_a_second_the_server_is_sent_what_it_asks_for(stack: LiveStack, tmp_path: Path) -> None:
    """Whether the delay grows is for a quiet machine to say (`make bench PART=pacing`): here, that it stays bounded."""
    browser = Browser(stack.url)
    browser.sign_in("patient@demo.example", stack.env["ATTUNE_DEMO_PASSWORD"])
    browser.agree("camera")
    found = await pacing.sit(browser, pacing.stills(tmp_path), 12)
    assert (found.errors, found.closed) == (0, None)
    assert found.offered >= 11 * OFFERED_FPS
    assert found.most_unanswered <= MOST_UNANSWERED
    assert 5 < found.sent <= 12 * FASTEST + 1
    assert len(found.delays) + found.dropped >= found.sent - MOST_UNANSWERED
    # The server gives a frame up after 1.5 s; what this client slept through comes on top.
    assert max(took for seen, took in found.delays if seen > 6) < 2000 + max(late for _, late in found.lateness)


def test_a_session_that_broke_off_is_told_and_compares_nothing() -> None:
    [row] = pacing.judged(Eager(seconds=25, closed=1011, delays=[(1.0, 50.0)]))
    assert (row.name, row.value, row.met) == ("errors and lost sockets", 1, False)
