"""The live socket: who may come in, what comes in, what goes out, and why it closes. See CONTRACT.md, WebSocket."""

import logging
import time
from collections.abc import Coroutine, Sequence
from typing import Any
from uuid import UUID, uuid4

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError

from apps.sessions import mailbox, protocol
from apps.sessions.aggregate import Phase, Session
from apps.sessions.answering import answer
from apps.sessions.entrance import Admission, admit, still_admitted
from apps.sessions.faults import named
from apps.sessions.follower import missed
from apps.sessions.frames import FrameDesk, shown
from apps.sessions.limits import Bucket
from apps.sessions.origin import same_origin
from apps.sessions.outgoing import Outgoing, first_n
from apps.sessions.protocol import Closing, Message
from apps.sessions.recorder import Recorder
from apps.sessions.socket import SocketRefusal
from apps.sessions.switchboard import Switchboard, switchboard
from apps.sessions.threads import in_thread
from eventstore.errors import StoreError
from eventstore.recorded import Recorded
from vault.errors import VaultError

logger = logging.getLogger(__name__)

GRACE_S = 1.0
"""How long an ended session's socket stays, for what crosses its end."""
FLUSH_S = 3.0
TOUCH_S = 60.0
BROKEN = 1011


class SessionConsumer(AsyncWebsocketConsumer):
    """One client's socket of one session."""

    channel_layer_alias = "none"  # the log and one subscription a process carry all there is

    session_id: UUID
    token: str
    admission: Admission | None = None
    board: Switchboard | None = None
    finished = False

    async def connect(self) -> None:
        if not same_origin(dict(self.scope["headers"])):
            await self.close()  # before accepting: a page of elsewhere gets HTTP 403
            return
        offered = protocol.SUBPROTOCOL in self.scope["subprotocols"]
        await self.accept(protocol.SUBPROTOCOL if offered else None)
        await self._guarded(self._enter(offered=offered))

    async def _enter(self, *, offered: bool) -> None:
        if not offered:
            raise Closing(protocol.MALFORMED, "malformed")
        self.session_id = self.scope["url_route"]["kwargs"]["session_id"]
        after = protocol.parse_after(self.scope["query_string"])
        admission = await in_thread(admit, self.scope["user"], self.scope["session"].session_key, self.session_id)
        connection_id = uuid4()
        self.token = connection_id.hex
        self.heard_at = self.touched_at = time.monotonic()
        self.closing_at: float | None = None
        self.texts = Bucket(size=30, rate=5)
        self.held: list[Recorded] = []
        board = switchboard()
        self.recorder = Recorder(admission.context, connection_id, self._follow)
        self.board = board
        await board.join(self)
        history = await in_thread(missed, self.session_id, 0)
        self.out = Outgoing(self.send, first_n(history, after))
        self.desk = FrameDesk(admission, board.wire, self.out, self.recorder)
        self.desk.hear(history)
        self.desk.weights = await board.weights()
        await self.out.passing({"type": "ready", **self._ready(admission)})
        await self._catch_up(history)
        self.admission, self.agreed = admission, admission.agreed

    async def _catch_up(self, history: Sequence[Recorded]) -> None:
        """What the log said, then what it says meanwhile; in its order, so until nothing is held back any more."""
        await self._tell(history, replayed=True)
        while self.held:
            news, self.held = self.held, []
            self.desk.hear(news)
            await self._tell(news, replayed=False)

    def _ready(self, admission: Admission) -> dict[str, Any]:
        session = self.desk.session
        return {
            "session_id": str(self.session_id),
            "consents": sorted(admission.consents),
            "state": session.phase.value,
            "emotion": session.emotion,
            "weights": self.desk.weights,
            "pace": shown(self.desk.pace),
            "opened_at": session.opened_at.isoformat() if session.opened_at else None,
        }

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.admission is None or self.finished:
            return
        self.heard_at = time.monotonic()
        if bytes_data is not None:
            await self._guarded(self.desk.take(bytes_data))
        elif text_data is not None:
            await self._guarded(self._answer(text_data))

    async def _answer(self, text: str) -> None:
        message = protocol.parse_message(text)
        if not self.texts.take(time.monotonic()):
            raise Closing(protocol.TOO_FAST, "too_fast")
        if self.admission is None:
            return
        try:
            session = await in_thread(answer, self.admission.context, message)
        except SocketRefusal as refusal:
            await self._refuse(message, refusal.code, refusal.detail)
        except (DatabaseError, StoreError, VaultError) as failure:
            logger.warning("a %s message failed: %s", message.kind, type(failure).__name__)
            await self._refuse(message, "try_again", "this could not be kept just now; send it again")
        else:
            self.desk.follow(session)
            await self.out.passing({"type": "done", "id": str(message.id)})

    async def _refuse(self, message: Message, code: str, detail: str) -> None:
        await self.out.passing({"type": "error", "id": str(message.id), "code": code, "detail": detail})

    async def disconnect(self, code: int) -> None:
        self.finished = True
        if self.board is not None:
            await self.board.leave(self)
        if self.admission is not None:
            self.desk.flush()
            await self.recorder.finish(FLUSH_S)

    # What the switchboard brings.

    async def on_reading(self, sealed: bytes) -> None:
        if self._stands():
            await self._guarded(self._hear(sealed))

    async def on_told(self, sealed: bytes) -> None:
        if self._stands():
            await self._guarded(self._pass_on(sealed))

    # Opened where what is raised stays this socket's own: all sockets of the process hear by one subscription.

    async def _hear(self, sealed: bytes) -> None:
        await self.desk.answer(mailbox.open_reading(self.session_id, sealed))

    async def _pass_on(self, sealed: bytes) -> None:
        await self.out.passing(mailbox.open_told(self.session_id, sealed))

    async def on_news(self, news: Sequence[Recorded]) -> None:
        if self.admission is None:
            self.held.extend(news)
        elif self._stands():
            self.desk.hear(news)
            await self._guarded(self._tell(news, replayed=False))

    async def on_displaced(self) -> None:
        await self._finish(Closing(protocol.ELSEWHERE, "opened_elsewhere"))

    async def on_beat(self, now: float) -> None:
        if not self._stands():
            return
        if now - self.heard_at > settings.ATTUNE_SOCKET_IDLE_S:
            await self._finish(Closing(protocol.IDLE, "idle"))
        elif self.closing_at is not None and now >= self.closing_at:
            await self._finish(Closing(protocol.DONE, "ended"))
        else:
            await self._guarded(self.desk.tick(now))

    async def on_watch(self) -> None:
        if self.admission is None or self.finished:
            return
        heard = self.heard_at - self.touched_at > TOUCH_S
        if heard:
            self.touched_at = self.heard_at
        await self._guarded(self._look_again(self.admission, heard=heard))

    async def _look_again(self, admission: Admission, *, heard: bool) -> None:
        self.agreed = await in_thread(still_admitted, admission, self.agreed, heard=heard)

    async def _tell(self, news: Sequence[Recorded], *, replayed: bool) -> None:
        await self.out.durable(news, replayed=replayed)
        if self.desk.session.phase is Phase.ENDED and self.closing_at is None and self.out.has_told_the_end:
            self.closing_at = time.monotonic() + GRACE_S

    # Closing.

    def _follow(self, session: Session) -> None:
        self.desk.follow(session)

    def _stands(self) -> bool:
        return self.admission is not None and not self.finished

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it; a reason to close closes. Anything unforeseen is named without its words, which may be a patient's."""
        try:
            await work
        except Closing as closing:
            await self._finish(closing)
        except (DatabaseError, StoreError, VaultError) as failure:
            logger.warning("a socket's work failed: %s", type(failure).__name__)
            if self.admission is None:
                await self._finish(Closing(BROKEN, "try_again"))
        except Exception as failure:  # noqa: BLE001  (channels would print it with its words)
            logger.error("a socket broke: %s", named(failure))  # noqa: TRY400
            await self._finish(Closing(BROKEN, "broken"))

    async def _finish(self, closing: Closing) -> None:
        if self.finished:
            return
        self.finished = True
        if self.board is not None:
            await self.board.leave(self)
        await self.close(code=closing.code, reason=closing.reason)
