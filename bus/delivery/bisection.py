"""How an endpoint's health changes with each answer, and who is to blame: pure.

docs/delivery.md D17 and D18.

A batch that fails may hold one entity that the subscriber can't take, or the endpoint may be
down. Telling them apart takes two facts: who fails when tried alone, and whether others pass. So
after a failure the next attempt is a small probe, halved with each failure until one URL stands
alone. Then somebody else is tried, and somebody else again: if all fail, the endpoint is down and
nobody is blamed. Once one passes, those who failed alone are tried once more; who fails now while
the attempt before passed is parked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bus.model.delivery import HEALTHY, EndpointHealth
from bus.model.event import LogEvent

PROBE_EVENTS = 10

Pause = Callable[[int], int]
"""How long to wait, in ms, after so many failures in a row."""


@dataclass(frozen=True, slots=True)
class Blame:
    """The health after a failure, and the URL that is to be parked, if one is."""

    health: EndpointHealth
    park: str | None = None


def succeeded(health: EndpointHealth, batch: Sequence[LogEvent]) -> EndpointHealth:
    """The health after a batch was taken.

    | before                                | after                                         |
    |---------------------------------------|-----------------------------------------------|
    | healthy                               | healthy                                       |
    | others than those who failed alone    | those are next, one by one                    |
    | searching                             | probes grow, up to where the search began     |
    """
    if not health.is_bisecting:
        return HEALTHY
    if health.skip_upto is not None and batch[0].position > health.skip_upto:
        return EndpointHealth(tried_upto=health.tried_upto, bisect_limit=1)
    return _searched_upto(health, batch[-1].position, growth=2)


def failed(health: EndpointHealth, batch: Sequence[LogEvent], now_ms: int, pause: Pause) -> Blame:
    """The health after a batch was refused.

    | the batch held | the attempt before | then                            |
    |----------------|--------------------|---------------------------------|
    | several URLs   | any                | wait, then half as many         |
    | one URL        | passed             | it is parked                    |
    | one URL        | none               | wait, then the same once more   |
    | one URL        | failed             | wait, then somebody else        |

    In a search, a half that fails after the other has passed needn't wait.
    """
    alone = len({event.url for event in batch}) == 1
    proven = health.is_bisecting and health.failures == 0
    if alone and proven:
        return Blame(_searched_upto(health, batch[-1].position, growth=1), park=batch[0].url)
    failures = health.failures + 1
    return Blame(
        EndpointHealth(
            failures=failures,
            failing_since_ms=_since(health, now_ms),
            retry_at_ms=now_ms if proven else now_ms + pause(failures),
            tried_upto=_tried_upto(health, batch),
            bisect_limit=1 if alone else max(1, min(PROBE_EVENTS, len(batch) // 2)),
            skip_upto=batch[-1].position if alone and health.failures else None,
        )
    )


def unreachable(
    health: EndpointHealth, batch: Sequence[LogEvent], now_ms: int, pause: Pause
) -> EndpointHealth:
    """The health after nobody was there: the endpoint's fault, so the search does not go on."""
    failures = health.failures + 1
    return EndpointHealth(
        failures=failures,
        failing_since_ms=_since(health, now_ms),
        retry_at_ms=now_ms + pause(failures),
        tried_upto=_tried_upto(health, batch),
        bisect_limit=min(PROBE_EVENTS, len(batch)),
    )


def deferred(
    health: EndpointHealth, batch: Sequence[LogEvent], now_ms: int, pause_ms: int
) -> EndpointHealth:
    """The health after the endpoint asked to be left alone for so long."""
    return replace(
        health,
        failures=health.failures + 1,
        failing_since_ms=_since(health, now_ms),
        retry_at_ms=now_ms + pause_ms,
        tried_upto=_tried_upto(health, batch),
        bisect_limit=health.bisect_limit or len(batch),
    )


def gives_up(health: EndpointHealth, now_ms: int, after_ms: int) -> bool:
    """Whether an endpoint has failed for so long that it is disabled."""
    return health.failing_since_ms is not None and now_ms - health.failing_since_ms >= after_ms


def _searched_upto(health: EndpointHealth, position: int, *, growth: int) -> EndpointHealth:
    if health.tried_upto is None or position >= health.tried_upto:
        return HEALTHY
    return EndpointHealth(
        tried_upto=health.tried_upto, bisect_limit=(health.bisect_limit or 1) * growth
    )


def _since(health: EndpointHealth, now_ms: int) -> int:
    return now_ms if health.failing_since_ms is None else health.failing_since_ms


def _tried_upto(health: EndpointHealth, batch: Sequence[LogEvent]) -> int:
    return batch[-1].position if health.tried_upto is None else health.tried_upto
