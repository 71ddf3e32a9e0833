"""Which batch goes next: pure, so that every rule of order and waiting can be tested alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from bus.model import LogEvent, Progress, Subscription

PROBE_EVENTS = 10


@dataclass(frozen=True, slots=True)
class Send:
    """Send these events; when they are acknowledged, everything up to `upto` is settled."""

    events: tuple[LogEvent, ...]
    upto: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may be sent before `until_ms`."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing waits up to `upto`: the cursor may move there without a delivery."""

    upto: int


Plan = Send | Wait | Idle


def batch_limit(subscription: Subscription, progress: Progress) -> int:
    """How many events the next batch may hold.

    | failures in a row | 0   | 1 and more            |
    |-------------------|-----|-----------------------|
    | events            | max | min(max, 10): a probe |
    """
    if progress.failures:
        return min(subscription.max_events, PROBE_EVENTS)
    return subscription.max_events


def resting_until(progress: Progress, now_ms: int) -> int | None:
    """When a failing endpoint may be tried again; None when it may be now."""
    return progress.retry_at_ms if progress.failures and now_ms < progress.retry_at_ms else None


def plan(
    subscription: Subscription, progress: Progress, ahead: Sequence[LogEvent], now_ms: int
) -> Plan:
    """What to do for a subscription with nothing in flight.

    `ahead` are the next events of its topics after `progress.position`, in order, at least
    `batch_limit` of them or all there are. bus.md, "Subscribe" and "Deliver" 1 and 4:

    - while the endpoint fails, wait for `retry_at_ms`, then retry no more than was tried;
    - a batch leaves when it is full, or when its first event has waited for `timeout_ms`;
    - events outside a topic's scope are passed over.
    """
    resting_until_ms = resting_until(progress, now_ms)
    if resting_until_ms is not None:
        return Wait(resting_until_ms)
    limit = batch_limit(subscription, progress)
    ours = _within_scopes(subscription, ahead)
    if progress.tried_upto is not None:
        ours = [event for event in ours if event.position <= progress.tried_upto] or ours
    batch = tuple(ours[:limit])
    if not batch:
        return Idle(ahead[-1].position if ahead else progress.position)
    leaves_at_ms = batch[0].published_at_ms + (subscription.timeout_ms or 0)
    if len(batch) < limit and now_ms < leaves_at_ms and not progress.failures:
        return Wait(leaves_at_ms)
    return Send(batch, batch[-1].position)


def _within_scopes(subscription: Subscription, ahead: Sequence[LogEvent]) -> list[LogEvent]:
    scopes = {scope.topic: scope for scope in subscription.scopes}
    return [
        event
        for event in ahead
        if event.topic in scopes and scopes[event.topic].holds(event.position)
    ]


def delivered(batch: Send) -> Progress:
    """How far a subscription is once a batch was acknowledged."""
    return Progress(position=batch.upto, delivered=batch.events[-1].position)


def failed(progress: Progress, batch: Send, retry_at_ms: int) -> Progress:
    """How far a subscription is once a batch has failed: no further, and one failure more."""
    return Progress(
        position=progress.position,
        delivered=progress.delivered,
        failures=progress.failures + 1,
        tried_upto=batch.upto,
        retry_at_ms=retry_at_ms,
    )
