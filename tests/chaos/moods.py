"""How an endpoint answers a delivery: well, or badly in one of many ways."""

import gzip
import json
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import Protocol

from tests.chaos.journal import Seen
from tests.chaos.plan import URLS_A_TOPIC

_TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
_CHUNK = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
_POISON = f"/{URLS_A_TOPIC - 1}"


class Exchange(Protocol):
    """One delivery that waits for its answer."""

    events: Sequence[Seen]
    trap: str

    async def say(self, part: bytes) -> None:
        """Write a part of an answer that isn't a whole 2xx yet."""

    async def take(self, rest: bytes, *, whole: bool = True, refused: Sequence[Seen] = ()) -> None:
        """Write the rest of a 2xx, which is not for `refused`; `whole`: nothing more follows."""

    async def pause(self, seconds: float | None = None) -> bool:
        """Wait so long, at most until the mood is over; says whether it is."""

    def hang_up(self) -> None:
        """Close the connection."""


async def well(exchange: Exchange) -> None:
    """Take it."""
    await exchange.take(_TAKEN)


async def slow(exchange: Exchange) -> None:
    """Take it after a while."""
    await exchange.pause(0.3)
    await exchange.take(_TAKEN)


async def hanging(exchange: Exchange) -> None:
    """Take it only when the mood is over."""
    await exchange.pause()
    await exchange.take(_TAKEN)


async def dripping(exchange: Exchange) -> None:
    """Take it a byte at a time."""
    sent = 0
    while sent < len(_TAKEN) - 1 and not await exchange.pause(0.05):
        await exchange.say(_TAKEN[sent : sent + 1])
        sent += 1
    await exchange.take(_TAKEN[sent:])


async def broken(exchange: Exchange) -> None:
    """500."""
    await exchange.say(_refusal("500 Broken"))


async def overloaded(exchange: Exchange) -> None:
    """503, come back in a second."""
    await exchange.say(_refusal("503 Overloaded", "Retry-After: 1"))


async def redirecting(exchange: Exchange) -> None:
    """To where nobody may ever come."""
    await exchange.say(_refusal("307 Elsewhere", f"Location: {exchange.trap}"))


async def poisoned(exchange: Exchange) -> None:
    """500 to every batch with a certain entity, while the others are taken."""
    if _poison(exchange):
        await exchange.say(_refusal("500 Can't digest this"))
    else:
        await exchange.take(_TAKEN)


async def picky(exchange: Exchange) -> None:
    """200 to all but a certain entity's events."""
    refused = _poison(exchange)
    body = json.dumps({"failed": [event.id for event in refused]}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    await exchange.take(head.encode() + b"\r\n\r\n" + body, refused=refused)


async def packed(exchange: Exchange) -> None:
    """The same, packed, though nobody asked for that."""
    refused = _poison(exchange)
    body = gzip.compress(json.dumps({"failed": [event.id for event in refused]}).encode())
    await exchange.take(_coded("gzip", body) + body, refused=refused)


async def unreadable(exchange: Exchange) -> None:
    """200 to a certain entity, and something about it that nobody can read: that is no consent."""
    if _poison(exchange):
        await exchange.say(_coded("br", b"\x8b\x02\x80\x03") + b"\x8b\x02\x80\x03")
    else:
        await exchange.take(_TAKEN)


async def dropping_in_head(exchange: Exchange) -> None:
    """Hang up in the middle of the head."""
    await exchange.say(b"HTTP/1.1 200 OK\r\nContent-Le")
    exchange.hang_up()


async def dropping_in_body(exchange: Exchange) -> None:
    """Hang up in the middle of the body."""
    await exchange.say(b"HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n{")
    exchange.hang_up()


async def endless(exchange: Exchange) -> None:
    """200 and a body that never ends. Whether that is taken is for the bus to say."""
    await exchange.take(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", whole=False)
    while not await exchange.pause(0):
        await exchange.say(_CHUNK)
    exchange.hang_up()


async def bombing(exchange: Exchange) -> None:
    """200 and 64 KiB that unpack to 64 MiB."""
    bomb = _bomb()
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    await exchange.take(head.encode(), whole=False)
    await exchange.say(bomb)


MOODS: dict[str, Callable[[Exchange], Awaitable[None]]] = {
    mood.__name__: mood
    for mood in (
        well,
        slow,
        hanging,
        dripping,
        broken,
        overloaded,
        redirecting,
        poisoned,
        picky,
        packed,
        unreadable,
        dropping_in_head,
        dropping_in_body,
        endless,
        bombing,
    )
}
"""All but `refusing`, in which nobody listens."""


def _poison(exchange: Exchange) -> list[Seen]:
    return [event for event in exchange.events if event.url.endswith(_POISON)]


def _coded(coding: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n"


def _refusal(status: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "", ""]).encode()


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(64 * 1024 * 1024), compresslevel=9)
