"""A million events that wait: as fast at the end, in little memory, and few when coalesced."""

import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import Any

from bus.subscriptions.lifecycle import resume
from tests.bench.backlog import fill
from tests.bench.house import on_sqlite, receiver
from tests.bench.processes import resident_mib
from tests.bench.rows import Row
from tests.waiting import wait_for

_ROUNDS = 3
_EVENTS = 1_000_000
_ENTITIES = 1_000


def million() -> list[Row]:
    """Deliver all of them, then the last of each entity only."""
    runs = [_drained(_EVENTS, coalesce=False) for _ in range(_ROUNDS)]
    full_s, memory = median(run[0] for run in runs), max(run[2] for run in runs)
    # A tenth takes half a second, in which the machine may change its pace: the middle one of 3.
    tenths = sorted((_tenths(run[1]) for run in runs), key=lambda rates: rates[1] / rates[0])
    first, last = tenths[_ROUNDS // 2]
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
            wait_for(lambda: not storage.leases.counts("").free)
            begun_ns = time.monotonic_ns()
            resume(storage, subscription_id)
            wait_for(lambda: peer.stats()["events"] >= expected, seconds=400)
            memory = resident_mib(pid)
        storage.close()
        stats = peer.stats()
    return (stats["last_ns"] - begun_ns) / 1e9, stats, memory


def _tenths(stats: dict[str, Any]) -> tuple[float, float]:
    """Events a second in the first and in the last tenth."""
    marks = [(0, stats["first_ns"]), *stats["marks"], (stats["events"], stats["last_ns"])]
    tenth = _EVENTS // 10
    return _rate_between(marks, 0, tenth), _rate_between(marks, _EVENTS - tenth, _EVENTS)


def _rate_between(marks: list[tuple[int, int]], start: int, end: int) -> float:
    """Events a second between two counts, from (count, nanosecond) marks."""
    inside = [mark for mark in marks if start <= mark[0] <= end]
    spent_s = sum(after[1] - before[1] for before, after in pairwise(inside)) / 1e9
    return (inside[-1][0] - inside[0][0]) / spent_s
