"""A hub of models on this machine: the part of Hugging Face's HTTP interface by which files are listed and fetched."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar


@dataclass
class Hub:
    """One model at one commit.

    Attributes:
        asked: (method, file, Range) of each request for a file.
        withheld: files that are answered with 503.
        swapped: files that are said to be what they are, and sent with other bytes.
    """

    name: str
    commit: str
    files: dict[str, bytes]
    url: str = ""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    withheld: set[str] = field(default_factory=set)
    swapped: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, name: str, commit: str, folder: Path) -> "Hub":
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        return cls(name, commit, files)

    def pins(self) -> dict[str, str]:
        return {name: digest(content) for name, content in self.files.items() if name.endswith(".safetensors")}

    def sent(self, file: str) -> list[str]:
        """The Range of each time that the file's bytes were asked for."""
        return [span for method, name, span in self.asked if (method, name) == ("GET", file)]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"hub": hub}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: ClassVar[Hub]
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        if self.path.startswith(f"/api/models/{self.hub.name}/tree/{self.hub.commit}"):
            self._send(200, json.dumps(self._tree()).encode(), {"Content-Type": "application/json"})
        else:
            self._answer()

    def _tree(self) -> list[dict[str, Any]]:
        rows = []
        for path, content in self.hub.files.items():
            row: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": _blob_id(content)}
            if path.endswith(".safetensors"):
                row["lfs"] = {"oid": digest(content), "size": len(content), "pointerSize": 134}
            rows.append(row)
        return rows

    def _answer(self) -> None:
        file = self.path.removeprefix(f"/{self.hub.name}/resolve/{self.hub.commit}/")
        span = self.headers.get("Range", "")
        self.hub.asked.append((self.command, file, span))
        if file not in self.hub.files:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
        elif file in self.hub.withheld and self.command == "GET":
            self._send(403, b"", {})
        else:
            self._send_file(file, self.hub.files[file], span)

    def _send_file(self, file: str, content: bytes, span: str) -> None:
        tag = digest(content) if file.endswith(".safetensors") else _blob_id(content)
        headers = {"ETag": f'"{tag}"', "X-Repo-Commit": self.hub.commit}
        first = int(span.removeprefix("bytes=").split("-")[0]) if span else 0
        sent = bytes(len(content)) if file in self.hub.swapped else content
        if first:
            headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
        self._send(206 if first else 200, sent[first:], headers)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the requests are in `asked`."""


def _blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
