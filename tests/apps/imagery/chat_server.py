"""A real HTTP server that speaks the chat protocol, and answers as well or as badly as a test says."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behave = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Chat:
    """The server's address, what it was asked, and how it behaves."""

    url: str
    behave: Behave
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


def body_of(content: object, tokens: int | None = 120) -> bytes:
    answer: dict[str, Any] = {"choices": [{"message": {"role": "assistant", "content": content}}]}
    if tokens is not None:
        answer["usage"] = {"total_tokens": tokens}
    return json.dumps(answer).encode()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def says(content: object, tokens: int | None = 120, status: int = 200) -> Behave:
    return lambda handler, _: send(handler, body_of(content, tokens), status)


def sends(body: bytes) -> Behave:
    return lambda handler, _: send(handler, body)


def drips(handler: BaseHTTPRequestHandler, _: dict[str, Any]) -> None:
    """A byte every tenth of a second, for longer than anybody should wait."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    try:
        for _beat in range(600):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        return  # nobody listens any more


@contextmanager
def serving(behave: Behave) -> Iterator[Chat]:
    chat = Chat("", behave)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chat.asked.append({"path": self.path, **asked})
            chat.keys.append(self.headers.get("Authorization"))
            chat.behave(self, asked)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    chat.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
