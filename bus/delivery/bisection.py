"""How an endpoint's health changes with each answer, and the search for the poison entity: pure.

A batch that fails may hold one entity that the subscriber can't take, or the endpoint may be
down. Telling them apart takes two facts: who fails when tried alone, and whether others pass. So
after a failure the next attempt is a small probe, halved with each failure until one URL stands
alone. Then somebody else is tried, and somebody else again: if all fail, the endpoint is down and
nobody is blamed. Once one passes, those who failed alone are tried once more; who fails now while
the attempt before passed is parked. docs/delivery.md D17 and D18.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from service_kit.backoff import backoff_s

from bus.delivery.response import Acknowledged, Failed, Gone, Response, RetryAfter
from bus.model.delivery import HEALTHY, EndpointHealth
from bus.model.event import LogEvent
from bus.model.retry_policy import RetryPolicy

PROBE_EVENTS = 10
GONE = "gone"
FAILING = "failing"

Pause = Callable[[int], int]
"""How long to wait, in ms, after so many failures in a row."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an answer tells: the health after it, the URL to park, the reason to disable."""

    health: EndpointHealth
    park: str | None = None
    disable: str | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long who fails is left alone, and when it is given up (docs/delivery.md D17)."""

    policy: RetryPolicy
    give_up_ms: int
    chance: Callable[[], float]

    def pause_ms(self, failures: int) -> int:
        """How long to wait after so many failures in a row."""
        first_s, longest_s = self.policy.first_ms / 1000, self.policy.longest_ms / 1000
        return round(
            1000 * backoff_s(failures, first_s=first_s, longest_s=longest_s, chance=self.chance)
        )

    def is_over(self, health: EndpointHealth, now_ms: int) -> bool:
        """Whether an endpoint has failed for so long that it is disabled."""
        own_ms = self.policy.give_up_ms
        return gives_up(health, now_ms, self.give_up_ms if own_ms is None else own_ms)


def after_batch(
    health: EndpointHealth,
    batch: Sequence[LogEvent],
    response: Response,
    now_ms: int,
    patience: Patience,
    *,
    may_park: bool,
) -> Finding:
    """What the response to a batch tells. Unless one more `may_park`, nobody is to blame.

    Until an endpoint is as far as it asked to be left alone, no answer that was on its way ends
    or shortens that.
    """
    found = _after_batch(health, batch, response, now_ms, patience, may_park=may_park)
    return _as_asked(health, found, now_ms)


def _after_batch(
    health: EndpointHealth,
    batch: Sequence[LogEvent],
    response: Response,
    now_ms: int,
    patience: Patience,
    *,
    may_park: bool,
) -> Finding:
    match response:
        case Acknowledged():
            return Finding(succeeded(health, batch))
        case Failed(unreachable=False):
            found = failed(health, batch, now_ms, patience.pause_ms)
            if found.park is None:
                return _finding(found.health, now_ms, patience)
            if may_park:
                return found
            # So many can't be poison: it is the endpoint after all.
            return _finding(unreachable(health, batch, now_ms, patience.pause_ms), now_ms, patience)
    return _endpoints_fault(health, batch, response, now_ms, patience)


def after_parked(
    health: EndpointHealth,
    events: Sequence[LogEvent],
    response: Response,
    now_ms: int,
    patience: Patience,
) -> Finding:
    """What the response to events of a parked entity tells: nothing against the endpoint."""
    match response:
        case Acknowledged():
            found = Finding(HEALTHY if health.failures else health)
        case Failed(unreachable=False):
            found = _finding(health, now_ms, patience)
        case _:
            found = _endpoints_fault(health, events, response, now_ms, patience)
    return _as_asked(health, found, now_ms)


def succeeded(health: EndpointHealth, batch: Sequence[LogEvent]) -> EndpointHealth:
    """The health after a batch was taken.

    | before                                | after                                         |
    |---------------------------------------|-----------------------------------------------|
    | healthy                               | healthy                                       |
    | others than those who failed alone    | those are next, one by one                    |
    | searching                             | probes grow, up to where the search began     |
    """
    if health.tried_upto is None:
        return HEALTHY
    if health.skip_upto is not None and batch[0].position > health.skip_upto:
        return EndpointHealth(tried_upto=health.tried_upto, bisect_limit=1)
    return _searched_upto(health, batch[-1].position, growth=2)


def failed(health: EndpointHealth, batch: Sequence[LogEvent], now_ms: int, pause: Pause) -> Finding:
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
    proven = health.tried_upto is not None and health.failures == 0
    if alone and proven:
        return Finding(_searched_upto(health, batch[-1].position, growth=1), park=batch[0].url)
    failures = health.failures + 1
    return Finding(
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
        asked=True,
    )


def gives_up(health: EndpointHealth, now_ms: int, after_ms: int) -> bool:
    """Whether an endpoint has failed for so long that it is disabled."""
    return health.failing_since_ms is not None and now_ms - health.failing_since_ms >= after_ms


def _endpoints_fault(
    health: EndpointHealth,
    events: Sequence[LogEvent],
    response: Response,
    now_ms: int,
    patience: Patience,
) -> Finding:
    """Nobody looked at the events: whatever is wrong is the endpoint's."""
    match response:
        case Failed():
            health = unreachable(health, events, now_ms, patience.pause_ms)
        case RetryAfter(pause_ms):
            health = deferred(health, events, now_ms, pause_ms)
        case Gone():
            return Finding(health, disable=GONE)
    return _finding(health, now_ms, patience)


def _as_asked(before: EndpointHealth, found: Finding, now_ms: int) -> Finding:
    """The latest pause that was asked for holds (docs/delivery.md D16)."""
    if not before.asked or now_ms >= before.retry_at_ms:
        return found
    if not found.health.failures:
        return replace(found, health=before)
    retry_at_ms = max(before.retry_at_ms, found.health.retry_at_ms)
    return replace(found, health=replace(found.health, retry_at_ms=retry_at_ms, asked=True))


def _finding(health: EndpointHealth, now_ms: int, patience: Patience) -> Finding:
    return Finding(health, disable=FAILING if patience.is_over(health, now_ms) else None)


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
