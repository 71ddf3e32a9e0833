"""Waiting for something to pull."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from bus.streams.follower import Follower, Waiting
from bus.streams.processor_share import CALL_S
from bus.streams.pull import Pulled
from bus.streams.query import MAX_LIMIT, LogQuery, Wait

DEFAULT_LEASE_MS = 30_000


class PullQuery(msgspec.Struct, forbid_unknown_fields=True):
    """How many events at most (by default the subscription's `max`), how long to wait for them in
    seconds, and how long they are leased for."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT)] | None = None
    wait: Wait = 0
    lease_ms: Annotated[int, Meta(ge=1_000, le=43_200_000)] = DEFAULT_LEASE_MS


@dataclass(frozen=True, slots=True)
class Tried:
    """What was pulled of one log, which more may come to."""

    log: str
    follower: Follower
    pulled: Pulled


Beside = Sequence[tuple[Follower, Waiting]]


def wait_beside(tried: Sequence[Tried], wake: Callable[[], None]) -> Beside | None:
    """Have `wake` called when more may be in one of these logs than was pulled; None: there is
    already."""
    found: list[tuple[Follower, Waiting]] = []
    for one in tried:
        query = LogQuery(one.pulled.subscription.filters)
        waiting = one.follower.wait(query, one.pulled.seen, wake, cost_s=CALL_S)
        if waiting is None:
            wait_no_more(found)
            return None
        found.append((one.follower, waiting))
    return found


def wait_no_more(beside: Beside) -> None:
    """Whoever waited looks now."""
    for follower, waiting in beside:
        follower.news(waiting)


def again_s(tried: Sequence[Tried]) -> float:
    """After how many seconds to look again, whether anything came or not."""
    return min(one.pulled.again_ms for one in tried) / 1000


def wait_for_batch(pull: Callable[[], Sequence[Tried]], wait_s: float) -> Tried:
    """What there is to pull, or comes within so many seconds. Blocks."""
    until_s = time.monotonic() + wait_s
    while True:
        tried, left_s = pull(), until_s - time.monotonic()
        if tried[-1].pulled.lease is not None or left_s <= 0:
            return tried[-1]
        news = threading.Event()
        beside = wait_beside(tried, news.set)
        if beside is not None:
            news.wait(min(left_s, again_s(tried)))
            wait_no_more(beside)
