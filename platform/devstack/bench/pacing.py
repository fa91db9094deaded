"""A browser with thirty stills a second on offer: the server paces it, and no answer takes longer and longer.

Runs on a stack of its own. The client obeys `pace` and the answer window as static/sessions/live.js does: it sends the
newest still whenever both let it, and what its camera saw meanwhile is never sent. A delay is from the moment at which
the camera had the still until its answer is there. How late the client's own waits of LOOK_S end is told beside it:
where that grew as well, the machine got other work meanwhile, and a longer delay may be its doing, not the server's.
"""

import asyncio
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from apps.sessions.demo.browser import Browser
from apps.sessions.demo.clip import Clip, encode, ensure_clip
from apps.sessions.demo.live_socket import LiveSocket, Message
from apps.sessions.pacing import MOST_UNANSWERED
from devstack.bench.measurement import Measurement
from devstack.bench.sessions import was_read
from devstack.live import live_stack

OFFERED_FPS = 30
SECONDS = 60.0
WARM_UP_S = 5.0
"""Left out: the worker loads its model, and a slow first quarter would hide a slow last one."""
MOST_GROWTH = 1.2
"""Of the delay's 95th percentile in the last quarter against the first."""
STILLS = 90
FORGIVEN_S = 10.0
"""After which an unanswered frame no longer holds the next one back, as in static/sessions/socket.js."""
LOOK_S = 0.015
Stills = dict[int, list[bytes]]
"""By width in pixels."""


@dataclass(slots=True)
class Eager:
    """What became of the stills that were on offer."""

    seconds: float
    offered: int = 0
    most_unanswered: int = 0
    most_fps: float = 0.0
    errors: int = 0
    closed: int | None = None
    dropped: int = 0  # frames that the server says it left unread
    seen_at: dict[int, float] = field(default_factory=dict)  # by sequence, seconds since the beginning
    delays: list[tuple[float, float]] = field(default_factory=list)  # when it was seen, milliseconds to its answer
    lateness: list[tuple[float, float]] = field(default_factory=list)  # when a wait began, milliseconds too long

    @property
    def sent(self) -> int:
        return len(self.seen_at)


def measure(minutes: float | None) -> list[Measurement]:
    seconds = 60 * minutes if minutes else SECONDS
    with live_stack() as stack, tempfile.TemporaryDirectory() as folder:
        made = stack.manage("seed_demo", "--patients", "1", timeout_s=600)
        if made.returncode:
            raise RuntimeError(made.stderr.strip().splitlines()[-1])
        browser = Browser(stack.url)
        browser.sign_in("patient@demo.example", stack.env["ATTUNE_DEMO_PASSWORD"])
        browser.agree("camera")
        found = asyncio.run(sit(browser, stills(Path(folder)), WARM_UP_S + seconds))
    return judged(found)


def stills(folder: Path) -> Stills:
    """Of each size that the server may ask for, encoded beforehand, so that the client costs little."""
    clip = Clip(ensure_clip(folder))
    pictures = [clip.at(number / OFFERED_FPS)[1] for number in range(STILLS)]
    sizes = ((640, 0.8), (480, 0.7))
    return {width: [encode(one, width=width, quality=quality) for one in pictures] for width, quality in sizes}


async def sit(browser: Browser, camera: Stills, seconds: float) -> Eager:
    """One session, to whose client the camera gives OFFERED_FPS stills a second for so long."""
    found, began = Eager(seconds), time.monotonic()

    def hear(message: Message) -> None:
        found.errors += message["type"] == "error"
        if message["type"] == "emotion":
            found.dropped = message["dropped"]
        seen = found.seen_at.get(message["seq"]) if was_read(message) else None
        if seen is not None:
            found.delays.append((seen, (time.monotonic() - began - seen) * 1000))

    async with LiveSocket(browser, browser.start_session(camera=True), heard=hear) as socket:
        await asyncio.wait_for(socket.ready.wait(), 60)
        began = due = time.monotonic()
        while (now := time.monotonic()) < began + seconds and socket.closed is None:
            _forgive(socket, now)
            if now >= due and socket.may_send:
                due = now + 1 / max(0.2, socket.pace["max_fps"])
                await _send_newest(socket, found, camera, now - began)
            waits = time.monotonic()
            await asyncio.sleep(LOOK_S)
            found.lateness.append((waits - began, (time.monotonic() - waits - LOOK_S) * 1000))
        found.offered, found.closed = int((now - began) * OFFERED_FPS), socket.closed
    return found


async def _send_newest(socket: LiveSocket, found: Eager, camera: Stills, passed_s: float) -> None:
    number = int(passed_s * OFFERED_FPS)
    found.seen_at[socket.sequence + 1] = number / OFFERED_FPS
    pictures = camera[socket.pace["width"]]
    await socket.frame(pictures[number % len(pictures)], at_ms=round(1000 * number / OFFERED_FPS))
    found.most_unanswered = max(found.most_unanswered, len(socket.sent_at))
    found.most_fps = max(found.most_fps, socket.pace["max_fps"])


def _forgive(socket: LiveSocket, now: float) -> None:
    socket.sent_at = {number: sent for number, sent in socket.sent_at.items() if now - sent <= FORGIVEN_S}


def judged(found: Eager, *, warm_up_s: float = WARM_UP_S) -> list[Measurement]:
    """Rows of the table: what was sent of what was offered, and the delays early and late."""
    lost = found.errors + (found.closed is not None)
    broken = Measurement("errors and lost sockets", lost, "", "", bar=0, higher_is_better=False)
    if lost:
        return [broken]  # delays of a session that broke off compare nothing
    quarter = (found.seconds - warm_up_s) / 4
    spans = ((warm_up_s, warm_up_s + quarter), (found.seconds - quarter, found.seconds))
    first, last = (_p95(found.delays, span) for span in spans)
    late_first, late_last = (_p95(found.lateness, span) for span in spans)
    note = f"of {found.offered} offered, {len(found.delays)} answered, told to send {found.most_fps:g} a second at most"
    return [
        broken,
        Measurement("stills sent", found.sent / found.seconds, "a second", note),
        Measurement(
            "stills unanswered at once, most", found.most_unanswered, "", "", MOST_UNANSWERED, higher_is_better=False
        ),
        Measurement("delay, 95th percentile, first quarter", first, "ms"),
        Measurement("delay, 95th percentile, last quarter", last, "ms"),
        Measurement("delay, last quarter against first", last / first, "×", "", MOST_GROWTH, higher_is_better=False),
        Measurement("this client's own lateness, first quarter", late_first, "ms", "95th percentile"),
        Measurement("this client's own lateness, last quarter", late_last, "ms", "95th percentile"),
    ]


def _p95(times: list[tuple[float, float]], span: tuple[float, float]) -> float:
    """The 95th percentile of the milliseconds of what began within the span. Raises LookupError where nothing did."""
    start, end = span
    took = sorted(ms for began, ms in times if start <= began < end)
    if not took:
        raise LookupError(f"nothing was answered between {start:.0f} and {end:.0f} s")
    return took[int(0.95 * len(took))]
