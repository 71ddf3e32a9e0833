"""Time as a pusher lives through it, and the same instants as they are stored.

Within a process nothing waits longer, or is over sooner, because somebody set the clock. What is
stored is by the clock, for people and for the next pusher, who may find it set since.
docs/delivery.md D32.
"""

from dataclasses import replace

from service_kit.clock import ContinuousClock

from bus.model.delivery import (
    EndpointHealth,
    LastAnswer,
    LeasedSubscription,
    Parked,
    Settlement,
    StateChange,
)
from bus.model.retry_policy import RetryPolicy

_A_WHILE_MS = 60_000


class Timeline(ContinuousClock):
    """What is stored of a subscription, in the time here and back."""

    def arriving(self, leased: LeasedSubscription) -> LeasedSubscription:
        """What was stored, in the time here, and no farther away than it can be."""
        now_ms = self.now_ms()
        health, attempted_at_ms = leased.health, leased.attempted_at_ms
        if health.failures and attempted_at_ms is not None:
            health = _since_attempt(health, attempted_at_ms, self.stored_ms(now_ms), now_ms)
        policy = leased.subscription.retry
        parked = tuple(self._soon(one, policy, now_ms) for one in leased.parked)
        return replace(leased, health=health, parked=parked)

    def leaving(self, settlement: Settlement) -> Settlement:
        """What is to be stored, by the clock: another where it jumped."""
        return replace(
            settlement,
            health=self._stored_health(settlement.health),
            answer=settlement.answer and self._stored_answer(settlement.answer),
            change=settlement.change and self._stored_change(settlement.change),
        )

    def _soon(self, one: Parked, policy: RetryPolicy, now_ms: int) -> Parked:
        longest_ms = max(policy.parked_ms, default=0)
        at_ms = min(one.retry_at_ms - self.jumped_ms, now_ms + longest_ms)
        return replace(one, retry_at_ms=at_ms)

    def _stored_health(self, health: EndpointHealth) -> EndpointHealth:
        since_ms = health.failing_since_ms
        return replace(
            health,
            retry_at_ms=health.retry_at_ms and self.stored_ms(health.retry_at_ms),
            failing_since_ms=None if since_ms is None else self.stored_ms(since_ms),
        )

    def _stored_answer(self, answer: LastAnswer) -> LastAnswer:
        return replace(answer, at_ms=self.stored_ms(answer.at_ms))

    def _stored_change(self, change: StateChange) -> StateChange:
        park = {
            url: one
            and replace(
                one,
                retry_at_ms=self.stored_ms(one.retry_at_ms),
                answer=self._stored_answer(one.answer),
            )
            for url, one in change.park.items()
        }
        dead = [replace(one, answer=self._stored_answer(one.answer)) for one in change.dead_letters]
        return replace(change, park=park, dead_letters=dead)


def _since_attempt(
    health: EndpointHealth, attempted_at_ms: int, stored_now_ms: int, now_ms: int
) -> EndpointHealth:
    """A pause as long as it was meant to be, and a failing that lasts as long as was tried.

    The last attempt, its pause and when the failing began are by one clock: their distances are
    right, whatever the clock did since. What went by since the pause was over, while nobody
    tried, does not count as failing.
    """
    pause_ms = max(0, health.retry_at_ms - attempted_at_ms)
    gone_ms = min(max(0, stored_now_ms - attempted_at_ms), pause_ms + _A_WHILE_MS)
    attempted_ms = now_ms - gone_ms
    since_ms = health.failing_since_ms
    lasted_ms = 0 if since_ms is None else max(0, attempted_at_ms - since_ms)
    return replace(
        health,
        retry_at_ms=attempted_ms + pause_ms,
        failing_since_ms=None if since_ms is None else attempted_ms - lasted_ms,
    )
