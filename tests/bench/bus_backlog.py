"""A million events that wait: as fast at the end, in little memory, and few when coalesced."""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from bus.begin import resume
from tests.bench.backlog import fill
from tests.bench.house import on_sqlite, receiver
from tests.bench.processes import resident_mib
from tests.bench.rows import Row
from tests.waiting import wait_for

_EVENTS = 1_000_000
_ENTITIES = 1_000


def million() -> list[Row]:
    """Deliver all of them, then the last of each entity only."""
    full_s, stats, memory = _drained(_EVENTS, coalesce=False)
    marks = [(0, stats["first_ns"]), *stats["marks"], (stats["events"], stats["last_ns"])]
    first = _rate_between(marks, 0, _EVENTS // 10)
    last = _rate_between(marks, _EVENTS * 9 // 10, _EVENTS)
    few_s, few, _ = _drained(_ENTITIES, coalesce=True)
    return [
        Row("backlog of 1 000 000, the last tenth", last, "events/s", first, 0.9 * first),
        Row("backlog of 1 000 000, pusher", memory, "MiB", 0, 200, lower_is_better=True),
        Row("coalesced to 1 000 URLs", few["events"], "events", _EVENTS, _ENTITIES, True),
        Row("coalesced to 1 000 URLs, time", few_s, "s", full_s, full_s / 10, True),
    ]


MEASUREMENTS: list[Callable[[], list[Row]]] = [million]


def _drained(expected: int, *, coalesce: bool) -> tuple[float, dict[str, Any], float]:
    """Seconds from a subscription's resuming to its last delivery, the receiver's stats, MiB."""
    with receiver() as peer, on_sqlite() as house:
        fill(
            house,
            peer,
            topics=1,
            events=_EVENTS,
            entities=_ENTITIES,
            coalesce=coalesce,
            max=100,
        )
        storage = house.storage()
        (subscription_id,) = [one.subscription.id for one in storage.overviews.every()]
        storage.subscriptions.pause(subscription_id)
        with house.pusher() as pid:
            wait_for(lambda: not storage.deliveries.census("").free)
            begun_ns = time.monotonic_ns()
            resume(storage, subscription_id)
            wait_for(lambda: peer.stats()["events"] >= expected, seconds=400)
            memory = resident_mib(pid)
        storage.close()
        stats = peer.stats()
    return (stats["last_ns"] - begun_ns) / 1e9, stats, memory


def _rate_between(marks: list[tuple[int, int]], start: int, end: int) -> float:
    """Events a second between two counts, from (count, nanosecond) marks."""
    inside = [mark for mark in marks if start <= mark[0] <= end]
    spent_s = sum(after[1] - before[1] for before, after in pairwise(inside)) / 1e9
    return (inside[-1][0] - inside[0][0]) / spent_s
