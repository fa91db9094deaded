"""Fifty live sessions at five frames a second: nobody is dropped, everybody is read, memory stays flat.

Runs on a stack of its own, with the same client that the demonstration uses. `make soak` runs it for half an hour.
"""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from apps.sessions.demo.browser import Browser
from apps.sessions.demo.clip import Clip, encode, ensure_clip
from apps.sessions.demo.live_socket import LiveSocket, Message
from devstack.bench.measurement import Measurement
from devstack.live import LiveStack, live_stack

SESSIONS = 50
FPS = 5.0
MINUTES = 2.0
WARM_UP_S = 15.0
"""Left out of the gaps: workers load their models and fifty clients connect."""
STILLS = 40
WATCHED = ("web", "frames", "sealer")
LONGEST_GAP_S = 2.0
MOST_GROWTH = 1.15
"""Of a process' memory between the first quarter of the run and its end."""


@dataclass(slots=True)
class Seat:
    """One client: when its frames' readings came and how long each took; and when one was not read."""

    browser: Browser
    session_id: UUID
    answered_at: list[float] = field(default_factory=list)
    round_trips_ms: list[float] = field(default_factory=list)
    unread_at: list[float] = field(default_factory=list)
    sent: int = 0
    errors: int = 0
    closed: int | None = None

    def hear(self, message: Message) -> None:
        if message["type"] == "error":
            self.errors += 1
        elif message["type"] == "emotion":
            (self.answered_at if was_read(message) else self.unread_at).append(time.monotonic())
            if was_read(message) and "round_trip_ms" in message:
                self.round_trips_ms.append(message["round_trip_ms"])

    def longest_gap_s(self, start: float, end: float) -> float:
        times = [start, *(at for at in self.answered_at if start <= at <= end), end]
        return max(later - earlier for earlier, later in pairwise(times))


def was_read(message: Message) -> bool:
    """Whether a worker looked at the frame; the server answers as well for one that is away."""
    return message["type"] == "emotion" and message.get("reason") != "unread"


def measure(minutes: float | None, *, sessions: int = SESSIONS) -> list[Measurement]:
    seconds = 60 * (minutes or MINUTES)
    with live_stack() as stack, tempfile.TemporaryDirectory() as folder:
        stills = _stills(Path(folder))
        seats = _seats(stack, sessions)
        memory, began = asyncio.run(_run(stack, seats, stills, seconds))
    return _judge(seats, memory, began + WARM_UP_S, began + seconds)


def _stills(folder: Path) -> list[bytes]:
    """Encoded beforehand, so that the clients cost the measured machine little."""
    clip = Clip(ensure_clip(folder))
    return [encode(clip.at(number / FPS)[1], width=480, quality=0.7) for number in range(STILLS)]


def _seats(stack: LiveStack, sessions: int) -> list[Seat]:
    made = stack.manage("seed_demo", "--patients", str(sessions), timeout_s=600)
    if made.returncode:
        raise RuntimeError(made.stderr.strip().splitlines()[-1])
    seats = []
    for number in range(1, sessions + 1):
        browser = Browser(stack.url)
        browser.sign_in(_login(number), stack.env["ATTUNE_DEMO_PASSWORD"])
        browser.agree("camera")
        seats.append(Seat(browser, browser.start_session(camera=True)))
    return seats


def _login(number: int) -> str:
    """The first demonstration patient is the one whom the printed accounts name."""
    return "patient@demo.example" if number == 1 else f"patient{number:03}@demo.example"


async def _run(
    stack: LiveStack, seats: list[Seat], stills: list[bytes], seconds: float
) -> tuple[dict[str, list[int]], float]:
    began = time.monotonic()
    memory: dict[str, list[int]] = {part: [] for part in WATCHED}
    async with asyncio.TaskGroup() as group:
        group.create_task(_watch_memory(stack, memory, began + seconds))
        for number, seat in enumerate(seats):
            group.create_task(_sit(seat, stills, offset=number, until=began + seconds))
    return memory, began


async def _sit(seat: Seat, stills: list[bytes], *, offset: int, until: float) -> None:
    await asyncio.sleep(offset * 0.05)
    async with LiveSocket(seat.browser, seat.session_id, heard=seat.hear) as socket:
        await asyncio.wait_for(socket.ready.wait(), 60)
        began = due = time.monotonic()
        while time.monotonic() < until and socket.closed is None:
            now = time.monotonic()
            if now >= due and socket.may_send:
                due = now + 1 / min(FPS, socket.pace["max_fps"])
                await socket.frame(stills[(offset + socket.sequence) % len(stills)], at_ms=round((now - began) * 1000))
            await asyncio.sleep(0.02)
        seat.sent, seat.closed = socket.frames_sent, socket.closed


async def _watch_memory(stack: LiveStack, memory: dict[str, list[int]], until: float) -> None:
    while time.monotonic() < until:
        for part, sizes in memory.items():
            sizes.append(_resident_mib(stack.part(part).pid))
        await asyncio.sleep(5)


def _resident_mib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    raise LookupError(pid)


def _judge(seats: list[Seat], memory: dict[str, list[int]], start: float, end: float) -> list[Measurement]:
    trips = sorted(trip for seat in seats for trip in seat.round_trips_ms)
    read = sum(len(seat.answered_at) for seat in seats)
    unread = sum(at >= start for seat in seats for at in seat.unread_at)
    lost = sum(seat.errors + (seat.closed is not None) for seat in seats)
    gap = max(seat.longest_gap_s(start, end) for seat in seats)
    note = f"{len(seats)} sockets, {sum(seat.sent for seat in seats)} frames sent, {read} read"
    rows = [
        Measurement("errors and lost sockets", lost, "", note, bar=0, higher_is_better=False),
        Measurement("frames that nobody read", unread, "", bar=0, higher_is_better=False),
        Measurement(
            "longest wait for a reading", gap, "s", "the slowest session", LONGEST_GAP_S, higher_is_better=False
        ),
        Measurement("frames read", read / (end - start + WARM_UP_S), "a second"),
    ]
    if trips:
        rows.append(Measurement("round trip, median", statistics.median(trips), "ms"))
        rows.append(Measurement("round trip, 95th percentile", trips[int(0.95 * len(trips))], "ms"))
    return rows + [_growth(part, sizes) for part, sizes in memory.items()]


def _growth(part: str, sizes: list[int]) -> Measurement:
    settled = statistics.median(sizes[len(sizes) // 4 : len(sizes) // 2])
    late = statistics.median(sizes[-max(1, len(sizes) // 8) :])
    note = f"{settled:.0f} → {late:.0f} MiB"
    return Measurement(
        f"memory of {part}, end against start", late / settled, "×", note, MOST_GROWTH, higher_is_better=False
    )
