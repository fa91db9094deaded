"""A session's page in a browser, and the far end of its socket: the test says what the server would."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from playwright.sync_api import Page, WebSocketRoute

from tests.apps.imagery.showing import USUAL


@dataclass
class Room:
    """A page and the far end of its socket."""

    page: Page
    base: str
    said: list[dict[str, Any]] = field(default_factory=list)
    far: WebSocketRoute | None = None
    count: int = 0

    def listen(self, far: WebSocketRoute) -> None:
        self.far = far
        far.on_message(self._answer)
        self.send(type="ready", state="open", pace={"max_fps": 5, "width": 480, "quality": 0.7})

    def send(self, **message: Any) -> None:
        assert self.far is not None
        self.count += 1
        self.far.send(json.dumps({"n": self.count, **message}))

    def paints(self, image_id: UUID, **facts: Any) -> None:
        said = {name: (USUAL | facts)[name] for name in ("alt", "line", "technique", "why", "model")}
        fallback = bool((USUAL | facts)["fallback"])
        self.send(type="image", image_id=str(image_id), url=f"/images/{image_id}/", fallback=fallback, **said)

    def _answer(self, text: str | bytes) -> None:
        message = json.loads(text)
        self.said.append(message)
        self.send(type="done", id=message["id"])
