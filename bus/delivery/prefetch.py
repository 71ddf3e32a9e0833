"""The next batch, made while the one before it is still on its way."""

from collections.abc import Sequence
from dataclasses import dataclass

from bus.delivery import batching
from bus.delivery.batching import Send
from bus.delivery.consumer import Flight, Kind, Lane
from bus.delivery.wire.request import Request, delivery_request
from bus.model.delivery import HEALTHY
from bus.model.event import LogEvent
from bus.model.subscription import Subscription

_FRESH_MS = 1_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A guess: right if the subscriber takes what is in flight and nothing else happens.

    Nothing is lost when it is wrong, for nothing has been taken from the lane.
    """

    subscription: Subscription
    pending: Sequence[LogEvent]
    waiting: int
    previous: int
    made_ms: int
    events: Sequence[LogEvent]
    rest: list[LogEvent]
    request: Request

    def fits(self, lane: Lane, now_ms: int) -> bool:
        """Whether everything is as it was supposed to become."""
        return (
            lane.pending is self.pending
            and len(self.pending) == self.waiting
            and lane.health is HEALTHY
            and lane.subscription is self.subscription
            and lane.delivered == self.previous
            and now_ms - self.made_ms < _FRESH_MS
        )


def prepare(lane: Lane, now_ms: int) -> Prepared | None:
    """The batch after the one in flight; None where that depends on more than its answer."""
    subscription = lane.subscription
    flight = _only_batch(lane)
    is_plain = subscription.concurrency == 1 and subscription.events_per_s is None
    if flight is None or not is_plain or lane.health is not HEALTHY:
        return None
    if len(lane.pending) < subscription.max_events:
        return None  # more may come until then
    plan = batching.plan(subscription, lane.health, lane.pending, now_ms)
    if not isinstance(plan, Send):
        return None
    previous = flight.events[-1].position
    request = delivery_request(subscription, plan.events, now_ms, previous=previous)
    return Prepared(
        subscription,
        lane.pending,
        len(lane.pending),
        previous,
        now_ms,
        plan.events,
        plan.rest,
        request,
    )


def _only_batch(lane: Lane) -> Flight | None:
    flights = list(lane.flights.values())
    return flights[0] if len(flights) == 1 and flights[0].kind is Kind.BATCH else None
