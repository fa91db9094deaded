"""A session's page in a browser, and the far end of its socket: the test says what the server would."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from playwright.sync_api import Page, WebSocketRoute

from tests.apps.imagery.showing import USUAL


@dataclass
class Room:
    """A page and the far end of its socket.

    `answers` says what a kind of message is answered with in place of "done": a code of an error, or nothing for "".
    `frames` came in, and each is answered unless `reads` is off.
    """

    page: Page
    base: str
    said: list[dict[str, Any]] = field(default_factory=list)
    far: WebSocketRoute | None = None
    count: int = 0
    frames: list[bytes] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    reads: bool = True
    phase: str = "open"
    consents: list[str] = field(default_factory=lambda: ["camera", "images"])

    def listen(self, far: WebSocketRoute) -> None:
        self.far = far
        far.on_message(self._answer)
        pace = {"max_fps": 5, "width": 480, "quality": 0.7}
        self.send(type="ready", state=self.phase, consents=self.consents, pace=pace)

    def send(self, **message: Any) -> None:
        assert self.far is not None
        self.count += 1
        self.far.send(json.dumps({"n": self.count, **message}))

    def paints(self, image_id: UUID, **facts: Any) -> None:
        facts = {"request_id": str(uuid4())} | facts
        said = {name: (USUAL | facts)[name] for name in ("alt", "line", "technique", "why", "model")}
        fallback = bool((USUAL | facts)["fallback"])
        about = {"image_id": str(image_id), "url": f"/images/{image_id}/", "request_id": facts["request_id"]}
        self.send(type="image", fallback=fallback, **about, **said)

    def kinds(self) -> list[str]:
        """What was said, without its content."""
        return [message["type"] for message in self.said]

    def loses_the_line(self, code: int = 4000) -> None:
        """4000 is nothing that the page knows: it comes back."""
        assert self.far is not None
        self.far.close(code=code)

    def _answer(self, text: str | bytes) -> None:
        if isinstance(text, bytes):
            self.frames.append(text)
            if self.reads:
                self.reading(int.from_bytes(text[:4]))
            return
        message = json.loads(text)
        self.said.append(message)
        match self.answers.get(message["type"]):
            case None:
                self.send(type="done", id=message["id"])
            case "":
                return
            case code:
                self.send(type="error", id=message["id"], code=code, detail="not just now")

    def reading(self, sequence: int, **facts: Any) -> None:
        nothing = {"box": None, "emotion": "uncertain", "reason": "unread", "probabilities": None, "smoothed": None}
        self.send(type="emotion", seq=sequence, **(nothing | facts))
