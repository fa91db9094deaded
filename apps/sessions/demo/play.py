"""Plays one session as a patient's page would: frames at the asked pace, ratings, a correction, a mood, the end."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from apps.sessions.demo.browser import Browser, Page
from apps.sessions.demo.clip import Clip, encode
from apps.sessions.demo.live_socket import LiveSocket, Message

FPS = 5.0
"""Frames a second, unless the server asks for fewer."""
MOOD_AT, CORRECTION_AT = 0.35, 0.65
"""Of the playing time."""
IMAGE_WAIT_S = 60.0
"""How much longer than asked it plays when no picture has come."""
LAST_WAIT_S = 20.0
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


class SessionLost(Exception):
    """The server closed the socket before the session was over."""


@dataclass(slots=True)
class Played:
    """What happened, for the table and the summary."""

    session_id: UUID
    frames_sent: int = 0
    messages: list[Message] = field(default_factory=list)
    paths: dict[str, Path] = field(default_factory=dict)  # image id → file
    ratings: dict[str, int] = field(default_factory=dict)
    refused: list[Message] = field(default_factory=list)

    def of(self, kind: str) -> list[Message]:
        return [message for message in self.messages if message["type"] == kind]


class Player:
    """One person before one clip."""

    def __init__(self, browser: Browser, clip: Clip, out: Path, tell: Callable[[Message], None]) -> None:
        self._browser, self._clip, self._out, self._tell = browser, clip, out, tell
        self._indexes: dict[int, int] = {}  # frame's sequence → its index in the clip
        self._new_images: asyncio.Queue[Message] = asyncio.Queue()

    async def play(self, session_id: UUID, seconds: float) -> Played:
        """Play for so long, and longer until a picture has come.

        Raises:
            SessionLost: the socket closed early. Refused, Unreachable: the server did not do its part.
        """
        played = Played(session_id)
        async with LiveSocket(self._browser, session_id, heard=lambda message: self._hear(played, message)) as socket:
            await asyncio.wait_for(socket.ready.wait(), 20)
            rating = asyncio.create_task(self._rate(socket, played))
            began = time.monotonic()
            asides = asyncio.create_task(self._asides(socket, played, seconds))
            await self._show(socket, played, began, seconds)
            await asides
            await self._wait_for_last(played)
            rating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await rating
            await self._say(socket, played, "feedback", distress=30, satisfaction=4, text="")
            await self._say(socket, played, "end")
            await socket.wait_closed()
            played.frames_sent = socket.frames_sent
        return played

    def _hear(self, played: Played, message: Message) -> None:
        if message["type"] == "emotion":
            message["frame"] = self._indexes.pop(message["seq"], None)
        if message["type"] == "image":
            self._new_images.put_nowait(message)
        played.messages.append(message)
        self._tell(message)

    async def _show(self, socket: LiveSocket, played: Played, began: float, seconds: float) -> None:
        """Send frames until the time is over and a picture has come, or can no longer be hoped for."""
        due = time.monotonic()
        while (now := time.monotonic()) - began < seconds + (0 if played.of("image") else IMAGE_WAIT_S):
            if socket.closed is not None:
                raise SessionLost(f"closed with {socket.closed} {socket.reason}")
            if now >= due and socket.may_send:
                due = max(due + 1 / min(FPS, socket.pace["max_fps"]), now - 0.5)
                await self._send(socket, now - began)
            await asyncio.sleep(0.005)

    async def _send(self, socket: LiveSocket, at: float) -> None:
        index, picture = self._clip.at(at)
        jpeg = encode(picture, width=int(socket.pace["width"]), quality=float(socket.pace["quality"]))
        self._indexes[socket.sequence + 1] = index
        await socket.frame(jpeg, at_ms=round(at * 1000))

    async def _asides(self, socket: LiveSocket, played: Played, seconds: float) -> None:
        await asyncio.sleep(seconds * MOOD_AT)
        await self._say(socket, played, "mood", valence=-2, distress=40)
        await asyncio.sleep(seconds * (CORRECTION_AT - MOOD_AT))
        await self._say(socket, played, "correction", emotion="neutral")

    async def _rate(self, socket: LiveSocket, played: Played) -> None:
        """Look at each picture as it comes, keep it, and say how it sits."""
        while True:
            image = await self._new_images.get()
            page = await asyncio.to_thread(self._browser.get, image["url"])
            played.paths[image["image_id"]] = self._keep(image, page, len(played.paths) + 1)
            rating = 1 if len(played.ratings) % 2 == 0 else 2
            await asyncio.sleep(0.5)
            await self._say(socket, played, "reaction", image_id=image["image_id"], rating=rating)
            played.ratings[image["image_id"]] = rating

    def _keep(self, image: Message, page: Page, number: int) -> Path:
        self._out.mkdir(parents=True, exist_ok=True)
        name = f"{number:02}-{image.get('technique') or 'picture'}{SUFFIXES.get(page.media_type, '.bin')}"
        path = self._out / name
        path.write_bytes(page.body)
        return path

    async def _wait_for_last(self, played: Played) -> None:
        """A picture that is being painted is waited for; one that came is rated."""
        until = time.monotonic() + LAST_WAIT_S
        while time.monotonic() < until:
            painting = played.messages and _is_painting(played.messages)
            if not painting and len(played.ratings) == len(played.of("image")):
                return
            await asyncio.sleep(0.1)

    async def _say(self, socket: LiveSocket, played: Played, kind: str, **body: Any) -> None:
        answer = await socket.tell(kind, **body)
        if answer["type"] == "error":
            played.refused.append({"message": kind, **answer})


def _is_painting(messages: list[Message]) -> bool:
    """Whether the last thing heard of pictures is that one is being painted."""
    last = next((message for message in reversed(messages) if message["type"] in ("composing", "image")), None)
    return last is not None and last["type"] == "composing"
