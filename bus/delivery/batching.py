"""Which batch goes next (docs/delivery.md D11, D13, D17, D18): pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bus.delivery.bisection import PROBE_EVENTS
from bus.delivery.rate_limit import Allowance
from bus.model.delivery import EndpointHealth
from bus.model.event import LogEvent
from bus.model.subscription import Subscription

_NOBODY: frozenset[str] = frozenset()
_LOOK_FOR_OTHERS = 10_000
_LOOK_FOR_FREE = 1_000


@dataclass(frozen=True, slots=True)
class Send:
    """Send these events; `rest` is what then still waits, in order."""

    events: Sequence[LogEvent]
    rest: list[LogEvent]


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may be sent before `until_ms`."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing to send until something changes."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Read on, then ask again: there is not enough to plan with."""


Plan = Send | Wait | Idle


def batch_limit(subscription: Subscription, health: EndpointHealth) -> int:
    """How many events the next batch may hold.

    | health  | healthy | searching                      |
    |---------|---------|--------------------------------|
    | events  | max     | as narrow as the search is now |
    """
    if health.is_bisecting:
        return min(subscription.max_events, health.bisect_limit or PROBE_EVENTS)
    return subscription.max_events


def slots(subscription: Subscription, health: EndpointHealth) -> int:
    """How many deliveries may be in flight: one, while there is a search."""
    return 1 if health.is_bisecting else subscription.concurrency


def is_enough(
    subscription: Subscription,
    health: EndpointHealth,
    pending: Sequence[LogEvent],
    busy: Collection[str] = _NOBODY,
) -> bool:
    """Whether so many events are enough to plan with, should there be more in the log."""
    if health.skip_upto is not None:
        return len(pending) >= _LOOK_FOR_OTHERS or bool(_others(health, pending))
    limit = batch_limit(subscription, health)
    if len(pending) < limit or not busy:
        return len(pending) >= limit
    free = sum(event.url not in busy for event in pending)
    return free >= limit or len(pending) >= limit + _LOOK_FOR_FREE


def plan(
    subscription: Subscription,
    health: EndpointHealth,
    pending: list[LogEvent],
    now_ms: int,
    *,
    busy: Collection[str] = _NOBODY,
    in_flight: int = 0,
    allowance: Allowance | None = None,
    since_ms: int | None = None,
) -> Plan:
    """What to send next.

    `pending` are the subscription's next events in the order of the log, as many as `is_enough`
    or all there are, without those of parked URLs. `busy` are the URLs in the `in_flight`
    batches. Pending events of a busy URL stay where they are, so each URL keeps its order.

    - while the endpoint fails, wait for `retry_at_ms`; then one probe at a time;
    - a batch leaves when it is full, or when its first event has waited for `timeout_ms`: since
      it was published, or since it was seen here first (`since_ms`), as who published it may have
      another clock.
    """
    if now_ms < health.retry_at_ms:
        return Wait(health.retry_at_ms)
    if not pending or in_flight >= slots(subscription, health):
        return Idle()
    if allowance is not None and allowance.events < 1:
        return Wait(allowance.more_at_ms)
    limit = batch_limit(subscription, health)
    if allowance is not None:
        limit = min(limit, allowance.events)
    if health.is_bisecting:
        return _probe(health, pending, limit)
    batch, rest = _without(busy, pending, limit) if busy else (pending[:limit], pending[limit:])
    if batch and len(batch) < limit and subscription.timeout_ms:
        leaves_at_ms = _waits_since(batch[0], since_ms) + subscription.timeout_ms
        if now_ms < leaves_at_ms:
            return Wait(leaves_at_ms)
    return Send(batch, rest) if batch else Idle()


def no_longer(rest: Wait | Idle, until_ms: int | None) -> Wait | Idle:
    """The same, but look again at `until_ms`, if that comes first."""
    if until_ms is None:
        return rest
    return Wait(min(until_ms, rest.until_ms) if isinstance(rest, Wait) else until_ms)


def _waits_since(event: LogEvent, since_ms: int | None) -> int:
    published_at_ms = event.published_at_ms
    return published_at_ms if since_ms is None else min(published_at_ms, since_ms)


def _probe(health: EndpointHealth, pending: list[LogEvent], limit: int) -> Plan:
    """Nothing that had not been tried, unless somebody else is wanted."""
    chosen = _others(health, pending)
    if not chosen:
        upto = health.tried_upto or 0
        chosen = [event for event in pending if event.position <= upto] or pending
    batch = chosen[:limit]
    sent = {event.position for event in batch}
    return Send(batch, [event for event in pending if event.position not in sent])


def _others(health: EndpointHealth, pending: Sequence[LogEvent]) -> list[LogEvent]:
    """Events of URLs that have not failed alone yet. The order within a URL is kept."""
    upto = health.skip_upto
    if upto is None:
        return []
    failed = {event.url for event in pending if event.position <= upto}
    return [event for event in pending if event.position > upto and event.url not in failed]


def _without(
    busy: Collection[str], pending: list[LogEvent], limit: int
) -> tuple[list[LogEvent], list[LogEvent]]:
    batch: list[LogEvent] = []
    rest: list[LogEvent] = []
    for index, event in enumerate(pending):
        if len(batch) == limit:
            return batch, rest + pending[index:]
        (rest if event.url in busy else batch).append(event)
    return batch, rest
