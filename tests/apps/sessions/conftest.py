"""A patient with consents, a sealer at work, and real sockets into the real application."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from celery import current_app
from channels.testing import WebsocketCommunicator
from django.db import connections
from django.test import Client
from django.utils import timezone

from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.models import User
from apps.patients import commands as patients
from apps.sessions import commands, frames, mailbox
from apps.sessions.switchboard import switchboard
from eventstore.sealer import run_once
from tests.apps.sessions.frames_worker import Worker

PASSWORD = "quiet-lake-at-dawn-7"
HOST = "testserver"


@dataclass
class Person:
    """A signed-in user: their account and their browser."""

    user: User
    client: Client

    @property
    def id(self) -> UUID:
        return self.user.id

    @property
    def cookie(self) -> str:
        return self.client.cookies["attune_session"].value


def make_patient(*, consents: tuple[str, ...] = ("camera", "images")) -> Person:
    patient_id = uuid4()
    actor = _actor(patient_id)
    patients.register(patient_id, name="Ada Canary", actor=actor, command_id=uuid4())
    for purpose in consents:
        patients.give_consent(patient_id, purpose=purpose, actor=actor, command_id=uuid4())
    user = create_user(f"{patient_id.hex[:8]}@example.org", PASSWORD, Role.PATIENT, user_id=patient_id)
    return Person(user, signed_in(user))


def make_provider() -> Person:
    user = create_user(f"{uuid4().hex[:8]}@example.org", PASSWORD, Role.PROVIDER)
    return Person(user, signed_in(user))


def signed_in(user: User) -> Client:
    from apps.accounts.sign_in import SIGNED_IN_AT

    client = Client(headers={"host": HOST})
    client.force_login(user)
    session = client.session
    session[SIGNED_IN_AT] = timezone.now().timestamp()
    session.save()
    return client


def _actor(patient_id: UUID) -> Any:
    from eventstore.actor import Actor

    return Actor(patient_id, Role.PATIENT.value)


def open_session(patient: Person, *, camera: bool = True) -> UUID:
    session_id = uuid4()
    commands.open_session(
        session_id,
        patient_id=patient.id,
        camera=camera,
        consents=("camera", "images"),
        at=timezone.now(),
        actor=patient.user.actor,
        command_id=uuid4(),
    )
    return session_id


@pytest.fixture
def patient(fresh_db: str) -> Person:
    return make_patient()


@pytest.fixture
def sealing(fresh_db: str) -> Iterator[None]:
    """The sealer, its projections and subscriptions, at work in a thread."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            if not run_once():
                stop.wait(0.02)
        connections.close_all()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(10)


@dataclass
class Socket:
    """A client's socket; keeps every message it was sent."""

    communicator: WebsocketCommunicator
    seen: list[dict[str, Any]] = field(default_factory=list)
    code: int | None = None
    accepted: bool = False

    async def receive(self, wait_s: float = 30.0) -> dict[str, Any] | None:
        """The next message; None when the socket closed instead (see ``code``)."""
        output = await self.communicator.receive_output(wait_s)
        if output["type"] == "websocket.close":
            self.code = output.get("code", 1000)
            return None
        message: dict[str, Any] = json.loads(output["text"])
        self.seen.append(message)
        return message

    async def until(self, kind: str, wait_s: float = 30.0, **matching: Any) -> dict[str, Any]:
        """The next message of this type with these fields."""
        async with asyncio.timeout(wait_s):
            while True:
                message = await self.receive(wait_s)
                assert message is not None, f"closed with {self.code} while waiting for {kind}"
                if message["type"] == kind and all(message.get(name) == value for name, value in matching.items()):
                    return message

    async def closing(self, wait_s: float = 30.0) -> int:
        """The close code, whatever comes before it."""
        async with asyncio.timeout(wait_s):
            while self.code is None:
                await self.receive(wait_s)
        return self.code

    async def say(self, kind: str, *, message_id: UUID | None = None, **body: Any) -> dict[str, Any]:
        """Send a message and give its answer."""
        identity = str(message_id or uuid4())
        await self.communicator.send_to(text_data=json.dumps({"type": kind, "id": identity, **body}))
        async with asyncio.timeout(30):
            while True:
                message = await self.receive()
                assert message is not None, f"closed with {self.code}"
                if message["type"] in ("done", "error") and message["id"] == identity:
                    return message

    async def send(self, data: bytes | str) -> None:
        if isinstance(data, bytes):
            await self.communicator.send_to(bytes_data=data)
        else:
            await self.communicator.send_to(text_data=data)

    async def disconnect(self) -> None:
        await self.communicator.disconnect(timeout=5)


Connect = Callable[..., Any]


@pytest.fixture
def patient_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives no frame up: on a busy machine a worker of the tests may take longer than a patient would wait."""
    monkeypatch.setattr(frames, "PATIENCE_S", 60.0)
    monkeypatch.setattr(mailbox, "FRAME_MS", 60_000)


@pytest.fixture
def worker(valkey: Any, valkey_server: Any, patient_server: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    at_work = Worker(valkey_server.url)
    monkeypatch.setattr(current_app, "send_task", at_work.wake)
    yield at_work
    at_work.stop()


@pytest_asyncio.fixture
async def connect(sealing: None, valkey: Any) -> AsyncIterator[Connect]:
    """Opens sockets into the application, through its middleware."""
    from config.asgi import application

    opened: list[Socket] = []

    async def opening(
        who: Person | None,
        session_id: UUID,
        *,
        query: str = "",
        origin: str | None = f"http://{HOST}",
        subprotocols: tuple[str, ...] = ("attune.v1",),
    ) -> Socket:
        headers = [(b"host", HOST.encode())]
        if origin:
            headers.append((b"origin", origin.encode()))
        if who:
            headers.append((b"cookie", f"attune_session={who.cookie}".encode()))
        path = f"/ws/sessions/{session_id}/{query}"
        communicator = WebsocketCommunicator(application, path, headers=headers, subprotocols=list(subprotocols))
        socket = Socket(communicator)
        opened.append(socket)
        socket.accepted, code = await communicator.connect(timeout=10)
        if not socket.accepted:
            socket.code = int(code) if code else None
        return socket

    yield opening
    for socket in opened:
        with suppress(TimeoutError, asyncio.CancelledError):
            await socket.disconnect()
    await switchboard().close()
