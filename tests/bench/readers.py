"""A crowd that reads the log, cheaper than what serves it.

`python -m tests.bench.readers KIND COUNT PORT TOKEN` says "ready" once all are there, those of a
stream with its first words, and goes on until it is killed.
"""

import asyncio
import re
import socket
import sys
from collections.abc import Callable
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_NEXT = re.compile(rb'"next":\{"href":"([^"]+)"')
_LIVES_S = 1.0
TOPIC = "bids"


def _request(path: str, accept: str, token: str) -> bytes:
    fields = ("Host: bus.test", f"Authorization: Bearer {token}", f"Accept: {accept}")
    return "\r\n".join((f"GET {path} HTTP/1.1", *fields, "", "")).encode()


class Streaming(asyncio.Protocol):
    """Reads a stream of what is published, and forgets it."""

    path, accept = f"/events?topics={TOPIC}", "text/event-stream"
    greeted = 0
    is_greeted = False

    def __init__(self, token: str) -> None:
        self.token = token

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.ask(self.path)

    def data_received(self, data: bytes) -> None:
        if data and not self.is_greeted:
            self.is_greeted = True
            Streaming.greeted += 1

    def ask(self, path: str) -> None:
        """Send a request."""
        self.transport.write(_request(path, self.accept, self.token))


class Idle(Streaming):
    """A stream of what nobody publishes."""

    path = "/events?topics=nothing"


class Polling(Streaming):
    """Asks for the next page as soon as it has one."""

    path, accept = f"/events?topics={TOPIC}&wait=25", "application/hal+json"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.buffer = b""
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, _, body = self.buffer.partition(b"\r\n\r\n")
        found = _LENGTH.search(head)
        if found and len(body) >= int(found[1]):
            self.buffer = b""
            following = _NEXT.search(body)
            assert following, body[:200]
            self.ask(following[1].decode())


class Deaf(Streaming):
    """Asks for everything, and reads no more of it than comes first: uvloop takes no notice of who
    pauses before."""

    path = f"/events?topics={TOPIC}&after=beginning"

    def data_received(self, data: bytes) -> None:
        self.transport.pause_reading()


class Killed(Streaming):
    """A stream that is cut."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        asyncio.get_running_loop().call_later(_LIVES_S, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        address = self.transport.get_extra_info("peername")
        made = _connect(int(address[1]), lambda: Killed(self.token))
        self.again = asyncio.ensure_future(made)


KINDS: dict[str, type[Streaming]] = {
    one.__name__.lower(): one for one in (Streaming, Idle, Polling, Deaf, Killed)
}


async def _connect(port: int, make: Callable[[], Streaming]) -> None:
    ours = socket.socket()
    ours.setblocking(False)
    if make().__class__ is Deaf:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(ours, ("127.0.0.1", port))
    await loop.create_connection(make, sock=ours)


async def crowd(kind: str, count: int, port: int, token: str) -> None:
    """Read until killed."""
    for _ in range(count):
        await _connect(port, lambda: KINDS[kind](token))
    while kind in {"streaming", "idle"} and Streaming.greeted < count:
        await asyncio.sleep(0.01)
    print("ready", flush=True)
    await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    import uvloop

    uvloop.run(crowd(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
