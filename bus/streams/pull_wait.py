"""Waiting for something to pull."""

import threading
import time
from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from bus.streams.follower import Follower, Waiting
from bus.streams.pull import Pulled
from bus.streams.query import MAX_LIMIT, LogQuery, Wait

DEFAULT_LEASE_MS = 30_000


class PullQuery(msgspec.Struct, forbid_unknown_fields=True):
    """How many events at most (by default the subscription's `max`), how long to wait for them in
    seconds, and how long they are leased for."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT)] | None = None
    wait: Wait = 0
    lease_ms: Annotated[int, Meta(ge=1_000, le=43_200_000)] = DEFAULT_LEASE_MS


def wait_beside(follower: Follower, pulled: Pulled, wake: Callable[[], None]) -> Waiting | None:
    """Have `wake` called when more may be there than what was pulled; None: there is already."""
    return follower.wait(LogQuery(pulled.subscription.filters), pulled.seen, wake)


def wait_for_batch(pull: Callable[[], Pulled], follower: Follower, wait_s: float) -> Pulled:
    """What there is to pull, or comes within so many seconds. Blocks."""
    until_s = time.monotonic() + wait_s
    while True:
        pulled, left_s = pull(), until_s - time.monotonic()
        if pulled.lease is not None or left_s <= 0:
            return pulled
        news = threading.Event()
        waiting = wait_beside(follower, pulled, news.set)
        if waiting is not None:
            news.wait(min(left_s, pulled.again_ms / 1000))
            follower.news(waiting)
