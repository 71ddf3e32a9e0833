"""A subscriber cheaper than the bus: takes POSTs, answers 204, counts, and says when each came.

`python -m tests.bench.receiver PORT`; GET /stats shows what came since POST /forget. Events whose
URL ends in the nanosecond of their publication (system-wide monotonic clock) are timed.
"""

import asyncio
import json
import re
import sys
import time
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PUBLISHED_NS = re.compile(rb'"url":"[^"]*/at/(\d+)"')
_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


class Stats:
    """What came: requests, events, the nanosecond of the first and the last, waits in ms."""

    def __init__(self) -> None:
        self.requests = self.events = self.first_ns = self.last_ns = 0
        self.waits_ms: list[float] = []
        self.marks: list[tuple[int, int]] = []

    def take(self, body: bytes) -> None:
        """Count one delivery."""
        now_ns = time.monotonic_ns()
        self.first_ns = self.first_ns or now_ns
        self.last_ns = now_ns
        self.requests += 1
        self.events += body.count(b'"url":')
        if self.requests % 100 == 0:
            self.marks.append((self.events, now_ns))
        if b"/at/" in body:
            published = map(int, _PUBLISHED_NS.findall(body))
            self.waits_ms += [(now_ns - at_ns) / 1e6 for at_ns in published]


class Peer(asyncio.Protocol):
    """One connection; requests are answered in the order they come."""

    stats = Stats()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        while self.buffer:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            found = _LENGTH.search(self.buffer, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self.buffer) < whole:
                return
            self.answer(self.buffer[:end], self.buffer[end + 4 : whole])
            self.buffer = self.buffer[whole:]

    def answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"POST /forget"):
            Peer.stats = Stats()
        elif head.startswith(b"POST /hang"):
            return  # the connection stays open and silent
        elif head.startswith(b"POST"):
            self.stats.take(body)
        else:
            return self.show()
        self.write(_TAKEN)

    def show(self) -> None:
        text = json.dumps(vars(self.stats)).encode()
        self.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text))

    def write(self, data: bytes) -> None:
        self.transport.write(data)


async def serve(port: int) -> None:
    """Listen until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Peer, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    import resource

    import uvloop

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(serve(int(sys.argv[1])))
