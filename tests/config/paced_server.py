"""A server with the product's sockets and an application that is slow, deaf or talkative as the path says."""

import asyncio
import sys

from config.server import Message, make


async def application(scope: Message, receive, send) -> None:  # type: ignore[no-untyped-def]
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"alive"})
        return
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})
    await {"/echo": echo, "/slow": slow, "/deaf": deaf, "/talk": talk}[scope["path"]](receive, send)


async def echo(receive, send) -> None:  # type: ignore[no-untyped-def]
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": str(len(message.get("bytes") or message["text"]))})


async def slow(receive, send) -> None:  # type: ignore[no-untyped-def]
    """Answers each message with its first bytes, a moment later."""
    while (message := await receive())["type"] == "websocket.receive":
        await asyncio.sleep(0.002)
        await send({"type": "websocket.send", "text": message["bytes"][:8].decode()})


async def deaf(receive, send) -> None:  # type: ignore[no-untyped-def]
    await asyncio.sleep(600)


async def talk(receive, send) -> None:  # type: ignore[no-untyped-def]
    while True:
        await send({"type": "websocket.send", "text": "x" * 10_000})
        await asyncio.sleep(0)


if __name__ == "__main__":
    make(application, host="127.0.0.1", port=int(sys.argv[1])).run()
