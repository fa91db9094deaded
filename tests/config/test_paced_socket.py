"""The sockets' laws, against a real server process whose memory is read from the kernel."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from devstack import ports

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 256 * 1024 + 8


class PacedProcess:
    def __init__(self, child: "subprocess.Popen[bytes]", port: int) -> None:
        self.child, self.port = child, port

    def url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}/{path}"

    def memory_mb(self) -> float:
        pages = int(Path(f"/proc/{self.child.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.fixture(scope="module")
def server() -> Iterator[PacedProcess]:
    port = ports.pick()
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}
    child = subprocess.Popen([sys.executable, str(Path(__file__).with_name("paced_server.py")), str(port)], env=env)
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        with suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/")
            break
        time.sleep(0.05)
    yield PacedProcess(child, port)
    child.send_signal(signal.SIGTERM)
    assert child.wait(20) == 0


async def test_messages_up_to_the_limit_arrive(server: PacedProcess) -> None:
    async with connect(server.url("echo")) as socket:
        await socket.send(b"f" * LARGEST)
        assert await socket.recv() == str(LARGEST)


@pytest.mark.parametrize("size", [LARGEST + 1, 10 * 2**20])
async def test_a_message_over_the_limit_closes_with_4413(server: PacedProcess, size: int) -> None:
    before = server.memory_mb()
    async with connect(server.url("echo")) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.send(b"f" * size)
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4413
    assert server.memory_mb() - before < 8


async def test_a_flooder_is_stopped_and_memory_stays_flat(server: PacedProcess) -> None:
    before = server.memory_mb()
    sent = 0
    async with connect(server.url("deaf"), close_timeout=0.2, ping_interval=None) as socket:
        with pytest.raises(asyncio.TimeoutError):
            async with asyncio.timeout(2):
                while sent < 500 * 2**20:
                    await socket.send(b"f" * 200_000)
                    sent += 200_000
        assert sent < 50 * 2**20
        assert server.memory_mb() - before < 16
        socket.transport.abort()


async def test_small_messages_cannot_fill_the_queue_either(server: PacedProcess) -> None:
    before = server.memory_mb()
    async with connect(server.url("deaf"), close_timeout=0.2, ping_interval=None) as socket:
        with pytest.raises(asyncio.TimeoutError):
            async with asyncio.timeout(2):
                while True:
                    await socket.send(b"f")
                    await asyncio.sleep(0)
        assert server.memory_mb() - before < 16
        socket.transport.abort()


async def test_a_pause_loses_and_reorders_nothing(server: PacedProcess) -> None:
    numbers = [f"{n:08d}" for n in range(300)]
    async with connect(server.url("slow")) as socket:

        async def send_all() -> None:
            for number in numbers:
                await socket.send(number.encode() + b"." * 20_000)

        sending = asyncio.create_task(send_all())
        assert [await socket.recv() for _ in numbers] == numbers
        await sending


async def test_a_reader_that_never_reads_is_dropped(server: PacedProcess) -> None:
    before = server.memory_mb()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    ask = f"GET /talk HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{key}\r\n"
    writer.write(ask.encode())
    await asyncio.sleep(2)
    assert server.memory_mb() - before < 16
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        while True:  # what the kernel had buffered, then the end
            await reader.readexactly(4096)
    writer.transport.abort()


def test_a_socket_that_upgrades_elsewhere_leaves_http_alone(server: PacedProcess) -> None:
    assert httpx.get(f"http://127.0.0.1:{server.port}/").text == "alive"


async def test_a_body_without_end_is_refused_and_not_kept(server: PacedProcess) -> None:
    before = server.memory_mb()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000000\r\n\r\n")
    with suppress(ConnectionError):
        for _ in range(100):
            writer.write(b"f" * 100_000)
            await writer.drain()
    with suppress(ConnectionError):
        assert b"413" in await reader.read(100)
    assert server.memory_mb() - before < 8
    writer.transport.abort()


def test_a_body_of_ordinary_length_is_taken(server: PacedProcess) -> None:
    assert httpx.post(f"http://127.0.0.1:{server.port}/", content=b"f" * 900_000).status_code == 200
