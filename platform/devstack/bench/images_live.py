"""From a change of feeling to the picture on the screen, through a whole stack of its own: painted and vetted apart.

Patients without a camera say how they feel, which the log turns into a state and a state into a picture. The clock runs
in the client, from sending the mood to having the picture's last byte, as a page would.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final

from apps.sessions.demo.browser import Browser
from apps.sessions.demo.live_socket import LiveSocket, Message
from devstack.bench.measurement import Measurement, percentiles
from devstack.live import LiveStack, live_stack

PATIENTS: Final = 3
MOODS: Final = (-4, 4, -1, 3, -5, 2)
"""Each far enough from the one before to be another state."""
PAUSE_S: Final = 6.0
"""Longer than the least time between two pictures of a patient who speaks."""
PATIENCE_S: Final = 30.0
FLOOR_MS: Final = 2500.0


@dataclass(slots=True)
class Waits:
    """Milliseconds from mood to picture, by where the picture came from, and how often none came."""

    painted_ms: list[float] = field(default_factory=list)
    vetted_ms: list[float] = field(default_factory=list)
    none: int = 0


def measure(minutes: float) -> list[Measurement]:
    """One patient alone, then PATIENTS at once; each goes through MOODS once a minute asked for."""
    times = max(1, round(minutes))
    with live_stack() as stack:
        browsers = _browsers(stack)
        alone = asyncio.run(_sit(browsers[:1], times))
        together = asyncio.run(_sit(browsers, times))
    return [*_rows("one patient", alone), *_rows(f"{len(browsers)} patients at once", together)]


def _browsers(stack: LiveStack) -> list[Browser]:
    made = stack.manage("seed_demo", "--patients", str(PATIENTS), timeout_s=600)
    if made.returncode:
        raise RuntimeError(made.stderr.strip().splitlines()[-1])
    browsers = []
    for number in range(1, PATIENTS + 1):
        browser = Browser(stack.url)
        login = "patient@demo.example" if number == 1 else f"patient{number:03}@demo.example"
        browser.sign_in(login, stack.env["ATTUNE_DEMO_PASSWORD"])
        browser.agree("images")
        browsers.append(browser)
    return browsers


async def _sit(browsers: list[Browser], times: int) -> Waits:
    waits = Waits()
    await asyncio.gather(*(_one(browser, times, waits) for browser in browsers))
    return waits


async def _one(browser: Browser, times: int, waits: Waits) -> None:
    pictures: asyncio.Queue[Message] = asyncio.Queue()

    def heard(message: Message) -> None:
        if message["type"] == "image":
            pictures.put_nowait(message)

    async with LiveSocket(browser, browser.start_session(camera=False), heard=heard) as socket:
        await asyncio.wait_for(socket.ready.wait(), PATIENCE_S)
        for mood in MOODS * times:
            began = time.monotonic()
            await socket.tell("mood", valence=mood)
            await _wait_for_picture(pictures, browser, began, waits)
            await asyncio.sleep(max(0.0, began + PAUSE_S - time.monotonic()))
        await socket.tell("end")


async def _wait_for_picture(pictures: "asyncio.Queue[Message]", browser: Browser, began: float, waits: Waits) -> None:
    try:
        message = await asyncio.wait_for(pictures.get(), PATIENCE_S)
    except TimeoutError:
        waits.none += 1
        return
    await asyncio.to_thread(browser.get, message["url"])
    took_ms = (time.monotonic() - began) * 1000
    (waits.vetted_ms if message["fallback"] else waits.painted_ms).append(took_ms)


def _rows(who: str, waits: Waits) -> list[Measurement]:
    asked = len(waits.painted_ms) + len(waits.vetted_ms) + waits.none
    note = f"{len(waits.painted_ms)} of {asked} painted"
    rows = [Measurement(f"moods without a picture, {who}", waits.none, "", note, 0, higher_is_better=False)]
    if waits.painted_ms:
        name = f"mood to painted picture, {who}"
        rows += percentiles(name, waits.painted_ms, note, p95=FLOOR_MS)
    if waits.vetted_ms:
        rows += percentiles(f"mood to vetted picture, {who}", waits.vetted_ms, f"{len(waits.vetted_ms)} of {asked}")
    return rows
