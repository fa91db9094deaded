"""`manage.py demo`: one session through the running stack, as a browser would have it. Nothing on the way knows."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.sessions.demo.browser import Browser, Refused, Unreachable
from apps.sessions.demo.clip import Clip, ClipUnreadable, ensure_clip
from apps.sessions.demo.live_socket import Message
from apps.sessions.demo.people import DemoRefused, make_people, refuse_beside_real_patients
from apps.sessions.demo.play import Player, SessionLost
from apps.sessions.demo.summary import summary, table

LOGIN = "patient@demo.example"
MOST_SECONDS = 3600


class Command(BaseCommand):
    help = "Plays one session through the running stack's WebSocket with a clip, and says what happened."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--video", type=Path, help="a video file (default: the clip that the project ships)")
        parser.add_argument("--seconds", type=float, default=30.0, help="how long to play (default 30)")
        parser.add_argument("--out", type=Path, help="where the pictures go (default: var/demo/<time>)")
        parser.add_argument("--json", action="store_true", help="each server message as a line, then a summary")
        parser.add_argument("--url", default=settings.ATTUNE_BASE_URL, help="the stack's address")

    def handle(self, *_: Any, **options: Any) -> None:
        if not 1 <= options["seconds"] <= MOST_SECONDS:
            raise CommandError(f"--seconds 1 to {MOST_SECONDS}", returncode=2)
        try:
            refuse_beside_real_patients()
        except DemoRefused as refused:
            raise CommandError(str(refused)) from None
        self._as_json = options["json"]
        clip = self._clip(options["video"])
        out = options["out"] or self._folder()
        try:
            browser = self._enter(options["url"])
            session_id = browser.start_session(camera=True)
            self._say("the session is open; playing the clip")
            played = asyncio.run(Player(browser, clip, out, self._hear).play(session_id, options["seconds"]))
        except (Refused, Unreachable, SessionLost, TimeoutError, OSError) as failure:
            raise CommandError(f"the demonstration failed: {failure or type(failure).__name__}") from None
        finally:
            clip.close()
        if self._as_json:
            self.stdout.write(json.dumps(summary(played)))
        else:
            self.stdout.write(table(played))
            self.stdout.write(f"{'logs':>12}  {Path(settings.ATTUNE_VAR) / 'log'}")

    def _clip(self, video: Path | None) -> Clip:
        try:
            if video is None:
                self._say("preparing the clip")
                video = ensure_clip(self._base())
            return Clip(video)
        except ClipUnreadable as unreadable:
            raise CommandError(f"not a readable video: {unreadable}") from None

    def _enter(self, url: str) -> Browser:
        browser = Browser(url)
        demo = make_people()
        self._say(f"signing in at {url}")
        browser.sign_in(LOGIN, demo.password)
        browser.agree("camera", "images")
        return browser

    def _folder(self) -> Path:
        return self._base() / datetime.now(UTC).strftime("%Y%m%dT%H%M%S")

    def _base(self) -> Path:
        return Path(settings.ATTUNE_VAR) / "demo"

    def _hear(self, message: Message) -> None:
        if self._as_json:
            self.stdout.write(json.dumps(message))
            self.stdout.flush()
        said = _in_words(message)
        if said:
            self._say(said)

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _in_words(message: Message) -> str:
    """What a person who watches would want to hear of it."""
    match message["type"]:
        case "state":
            return f"state: {message['from'] or 'none yet'} → {message['to']} ({message['source']})"
        case "composing" if not message.get("step"):
            return f"painting: {message.get('technique')}"
        case "image":
            return f"picture: {message['alt']}"
        case "notice":
            return f"notice: {message['detail']}"
    return ""
