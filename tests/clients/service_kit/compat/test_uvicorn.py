"""The canary of service_kit/compat/uvicorn.py."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from service_kit.compat.uvicorn import BoundedProtocol
from uvicorn.config import Config
from uvicorn.server import ServerState

from tests.loops import in_a_loop

BROKEN = (
    "uvicorn's HttpToolsProtocol no longer works as service_kit/compat/uvicorn.py expects (cycle,"
    " scope, transport, loop, and when on_message_begin and on_message_complete are called): the"
    " bus would wait for requests for ever. tests/bus/hostile/test_slow_requests.py tries it whole."
)
WHOLE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"


class Hurried(BoundedProtocol):
    request_s = 0.05
    answer_s = 0.05
    max_fields, max_line_bytes, max_head_bytes = 3, 40, 100
    answer = staticmethod(lambda status: b"too late" if status == 408 else b"%d" % status)


class Transport(asyncio.Transport):
    """Notes what is sent, and when the connection ends."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = asyncio.Event()

    def write(self, data: Any) -> None:
        self.sent += bytes(data)

    def close(self) -> None:
        self.closed.set()

    def is_closing(self) -> bool:
        return self.closed.is_set()

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def no_content(_scope: Any, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def heard(data: bytes) -> bytes:
    """What a peer that sends so much hears until the connection ends."""
    transport = Transport()
    protocol = Hurried(Config(no_content, access_log=False), ServerState(), {})
    protocol.connection_made(transport)
    if data:
        protocol.data_received(data)
    await asyncio.wait_for(transport.closed.wait(), 20)
    protocol.connection_lost(None)
    return transport.sent


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"", b""),
        (WHOLE[:10], Hurried.answer(408)),
        (WHOLE[:-1], Hurried.answer(408)),
        (WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), b"HTTP/1.1 204 No Content"),
    ],
)
def test_what_does_not_come_whole_in_time_is_not_waited_for(data: bytes, answer: bytes) -> None:
    said = in_a_loop(heard(data), 60)
    assert said.split(b"\r\n")[0] == answer, BROKEN
