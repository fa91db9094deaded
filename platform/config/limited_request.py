"""Daphne's HTTP request with an end to its body; as it comes, a body of any length fills the temporary disk."""

from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest

# Forms and JSON only: nobody uploads files over HTTP, and frames come over the socket.
LARGEST_BODY = 1024 * 1024
_TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class LimitedRequest(WebRequest):  # type: ignore[misc]  # daphne has no types
    received = 0

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  (Twisted's name)
        refused = self.received > LARGEST_BODY
        self.received += len(data)
        if self.received <= LARGEST_BODY:
            super().handleContentChunk(data)
        elif not refused:
            self.channel.transport.write(_TOO_LARGE)
            self.channel.loseConnection()


class LimitedFactory(HTTPFactory):  # type: ignore[misc]  # daphne has no types
    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802  (Twisted's name)
        channel = super().buildProtocol(addr)
        channel.requestFactory = LimitedRequest
        return channel
