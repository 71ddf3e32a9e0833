"""One attempt of the pusher's sender at an endpoint on a real socket."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from bus.delivery.answer import Answer
from bus.delivery.wire.http_client import HttpClient
from bus.delivery.wire.request import Request

TOTAL_MS = 1_500


@contextmanager
def sending(trusted: Collection[str] = ("127.0.0.1",)) -> Iterator[HttpClient]:
    """A sender with short deadlines."""
    sender = HttpClient(frozenset(trusted), connect_ms=500, total_ms=TOTAL_MS)
    try:
        yield sender
    finally:
        sender.close()


def attempt(sender: HttpClient, url: str, body: bytes = b"[]") -> Answer:
    """Send to `url`; what came of it, which is there a little after the deadline at the latest."""
    sender.start(1, Request(url, ("Content-Type: application/json", "Expect:"), body))
    deadline = time.monotonic() + 4 * TOTAL_MS / 1000
    while time.monotonic() < deadline:
        if answers := sender.wait(0.1):
            return answers[0]
    raise AssertionError("no answer, long after the deadline")


def took(answer: Answer) -> bool:
    """Whether the receiver has taken the batch."""
    return answer.status is not None and 200 <= answer.status < 300
