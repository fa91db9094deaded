"""`python -m config.server`: Daphne with paced sockets. The only process that listens to the outside."""

import argparse
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server

from config import environment as env
from config.limited_request import LimitedFactory
from config.paced_socket import PacedSocket

# A frame is at most 256 KiB of JPEG after its eight bytes of header.
LARGEST_MESSAGE = 256 * 1024 + 8
CLOSE_HANDSHAKE_S = 10

Message = dict[str, Any]
Application = Callable[..., Awaitable[None]]


class PacedServer(Server):  # type: ignore[misc]  # daphne has no types
    """Daphne's server with our requests and our sockets, which learn from here that the application took a message."""

    @property
    def http_factory(self) -> Any:
        return self._http_factory

    @http_factory.setter
    def http_factory(self, _: Any) -> None:
        self._http_factory = LimitedFactory(self)

    @property
    def ws_factory(self) -> Any:
        return self._ws_factory

    @ws_factory.setter
    def ws_factory(self, factory: Any) -> None:
        factory.protocol = PacedSocket
        # Dropping at once would reach the browser as 1006; a close frame carries the reason.
        factory.setProtocolOptions(failByDrop=False, closeHandshakeTimeout=CLOSE_HANDSHAKE_S)
        self._ws_factory = factory

    def create_application(self, protocol: Any, scope: Message) -> Any:
        if isinstance(protocol, PacedSocket):
            scope = {**scope, "extensions": {"attune.taken": protocol.message_taken}}
        return super().create_application(protocol, scope)


def telling(application: Application) -> Application:
    """The application, telling the socket about each message that it takes."""

    async def told(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        taken = scope.get("extensions", {}).get("attune.taken")
        if taken is None:
            await application(scope, receive, send)
            return

        async def receive_and_tell() -> Message:
            message = await receive()
            taken()
            return message

        await application(scope, receive_and_tell, send)

    return told


def make(application: Application, *, host: str, port: int) -> PacedServer:
    return PacedServer(
        application=telling(application),
        endpoints=build_endpoint_description_strings(host=host, port=port),
        http_timeout=120,
        websocket_max_message_size=LARGEST_MESSAGE,
        websocket_max_frame_size=LARGEST_MESSAGE,
        proxy_forwarded_address_header="X-Forwarded-For" if env.switch("ATTUNE_BEHIND_PROXY") else None,
        proxy_forwarded_proto_header="X-Forwarded-Proto" if env.switch("ATTUNE_BEHIND_PROXY") else None,
        server_name="attune",
        verbosity=1,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m config.server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    asked = parser.parse_args()
    os.environ.setdefault("ATTUNE_PROCESS", "web")

    from config.asgi import application

    logging.getLogger("config.server").info("serving on port %d", asked.port)
    make(application, host=asked.host, port=asked.port).run()


if __name__ == "__main__":
    main()
