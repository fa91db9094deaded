"""Each socket × each role × own and other's object, in the real application: what the row says, as close codes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client

from access import routes
from access.roles import Role
from access.routes import NO, OWN, Row
from tests.access.test_routes import made_for, makers, socket_routes

HOST = "testserver"
NOT_SIGNED_IN, NOT_ALLOWED = 4401, 4403


@pytest_asyncio.fixture
async def quiet(valkey: Any) -> AsyncIterator[None]:
    """Followers of the log that sockets started end with the test."""
    yield
    from apps.sessions.switchboard import switchboard

    await switchboard().close()


async def test_each_socket_answers_each_role_as_its_row_says(committed_clinic, seal_now, quiet: None) -> None:
    objects = {whose: await in_thread(made_for, committed_clinic, whose) for whose in ("patient", "other_patient")}
    await in_thread(seal_now)
    wrong = []
    for name, path in socket_routes():
        row = routes.row_for(name)
        for role in (None, *Role):
            cookie = await in_thread(cookie_of, committed_clinic, role)
            for whose in objects if row.kwargs else ["patient"]:
                kwargs = {key: objects[whose][kind] for key, kind in row.kwargs.items()}
                code = await knock(path(kwargs), cookie)
                if code != declared(row, role, whose):
                    wrong.append(f"{name} of {whose} as {role or 'nobody'}: {code}")
    assert wrong == []


def in_thread(work: Any, *args: Any) -> Any:
    return database_sync_to_async(work)(*args)


def cookie_of(clinic, role: Role | None) -> str:
    if role is None:
        return ""
    client = Client(headers={"host": HOST})
    client.force_login(clinic.users[role.value])
    return client.cookies["attune_session"].value


def declared(row: Row, role: Role | None, whose: str) -> int | None:
    """The close code that the row asks for; None: the socket stays open."""
    if role is None:
        return NOT_SIGNED_IN
    reach = row.reach(role)
    refused = reach is NO or (reach is OWN and whose == "other_patient")
    return NOT_ALLOWED if refused else None


async def knock(path: str, cookie: str) -> int | None:
    """Connect and see whether the first thing heard is a close code."""
    headers = [(b"host", HOST.encode()), (b"origin", f"http://{HOST}".encode())]
    headers += [(b"cookie", f"attune_session={cookie}".encode())] if cookie else []
    from config.asgi import application

    communicator = WebsocketCommunicator(application, path, headers=headers, subprotocols=["attune.v1"])
    accepted, code = await communicator.connect(timeout=20)
    if not accepted:
        return int(code or 0)
    try:
        first = await communicator.receive_output(timeout=20)
        return int(first["code"]) if first["type"] == "websocket.close" else None
    finally:
        await communicator.disconnect(timeout=20)


def test_every_socket_has_objects_to_knock_with() -> None:
    kinds = {kind for name, _ in socket_routes() for kind in routes.row_for(name).kwargs.values()}
    assert kinds <= makers().keys()
