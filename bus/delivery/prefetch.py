"""The next batch, made while the one before it is still on its way."""

from dataclasses import dataclass

from bus.delivery import batching
from bus.delivery.batching import Send
from bus.delivery.in_flight import Delivery, InFlight, Kind
from bus.model.delivery import HEALTHY, EndpointHealth
from bus.model.event import LogEvent
from bus.model.subscription import Subscription

_FRESH_MS = 1_000


@dataclass(frozen=True, slots=True)
class Prefetched:
    """A guess: right if the subscriber takes what is in flight and nothing else happens.

    Nothing is lost when it is wrong, for nothing has been taken from the backlog.
    """

    delivery: Delivery
    rest: list[LogEvent]
    subscription: Subscription
    waiting: list[LogEvent]
    count: int
    made_ms: int

    def fits(
        self,
        subscription: Subscription,
        health: EndpointHealth,
        waiting: list[LogEvent],
        delivered: int,
        now_ms: int,
    ) -> bool:
        """Whether everything is as it was supposed to become."""
        return (
            waiting is self.waiting
            and len(waiting) == self.count
            and health is HEALTHY
            and subscription is self.subscription
            and delivered == self.delivery.previous
            and now_ms - self.made_ms < _FRESH_MS
        )


def prefetched(
    subscription: Subscription,
    health: EndpointHealth,
    waiting: list[LogEvent],
    in_flight: InFlight,
    now_ms: int,
) -> Prefetched | None:
    """The batch after the one in flight; None where that depends on more than its answer."""
    before = in_flight.only_batch()
    is_plain = subscription.concurrency == 1 and subscription.events_per_s is None
    if before is None or not is_plain or health is not HEALTHY:
        return None
    if len(waiting) < subscription.max_events:
        return None  # more may come until then
    plan = batching.plan(subscription, health, waiting, now_ms)
    if not isinstance(plan, Send):
        return None
    made = Delivery(Kind.BATCH, plan.events, before.events[-1].position)
    return Prefetched(made, plan.rest, subscription, waiting, len(waiting), now_ms)
