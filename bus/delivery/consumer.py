"""One subscription at work: what is read for it, what is in flight, and what is not yet stored."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bus.delivery import batching, bisection
from bus.delivery.asked import Asked, Resend
from bus.delivery.backlog import Backlog
from bus.delivery.batching import Fetch, Idle, Send, Wait
from bus.delivery.bisection import Patience
from bus.delivery.cursor import Progress
from bus.delivery.in_flight import ASKED, Delivery, InFlight, Kind
from bus.delivery.losses import Losses
from bus.delivery.parked import ParkedSchedule, RetryParked
from bus.delivery.prefetch import Prefetched, prefetched
from bus.delivery.rate_limit import RateLimit
from bus.delivery.reporting import Reporting
from bus.delivery.response import Acknowledged, Outcome
from bus.delivery.terms import Terms
from bus.model.delivery import LastAnswer, LeasedSubscription, Settlement, StateChange
from bus.model.event import LogEvent
from bus.model.subscription import State

_NO_CHANGE = StateChange()
Next = Delivery | RetryParked | Resend | Fetch | Wait | Idle


class Consumer:
    """A subscription in the hands of a pusher, as a state machine.

    `next` says what to do, `answered` takes in what came of it, and only what `settlement` says
    is stored. Nobody else writes anything of it.
    """

    def __init__(self, leased: LeasedSubscription, terms: Terms) -> None:
        self.subscription = leased.subscription
        self.fence = leased.fence
        self.health = self._stored_health = leased.health
        self.backlog = Backlog(leased.cursor, leased.subscription)
        self.is_held = True
        self._patience = Patience(leased.subscription.retry, terms.give_up_ms, terms.chance)
        self._is_leaving = self._is_disabled = self._is_lost = False
        self._progress = Progress(leased.cursor)
        self._parked = ParkedSchedule(leased.parked, terms.chance)
        self._reporting = Reporting(leased.alerts, terms.report_url)
        self._in_flight = InFlight()
        parts = self.backlog, self._progress, self._in_flight, self._reporting
        self._losses = Losses(leased, *parts, terms.log_identity)
        self._prefetched: Prefetched | None = None
        self._rate_limit = RateLimit(leased.subscription.events_per_s)
        self._asked = Asked(leased, terms.log_identity)
        self._disable: str | None = None
        self._sent = 0
        self._answer: LastAnswer | None = None

    @property
    def is_open(self) -> bool:
        """Whether events may be sent."""
        is_stopped = self._is_disabled or self._disable is not None
        is_ours = self.is_held and not (self._is_leaving or self._is_lost)
        return self.subscription.state is State.ACTIVE and is_ours and not is_stopped

    @property
    def in_flight(self) -> int:
        """How many deliveries have no answer yet."""
        return len(self._in_flight) + len(self._asked)

    @property
    def sent_upto(self) -> int:
        """The last position that it was sent, or may have been."""
        return max([self._progress.delivered, *self._in_flight.batch_positions()])

    # --- what it is told of its lease and its subscription -------------------------------------

    def goes_on(self, leased: LeasedSubscription) -> bool:
        """Whether it may go on from where it is, with what it has in flight.

        It may where the fence has moved, if only a back-off that it had stored was ended, as
        whoever subscribes again does.
        """
        is_same_place = leased.cursor == self._progress.stored
        return leased.fence == self.fence or (is_same_place and self._stored_health.failures > 0)

    def refresh(self, leased: LeasedSubscription) -> None:
        """The subscription was changed, but nobody has moved its cursor.

        If the fence has moved all the same, a back-off was ended. What is in flight stays so, and
        its outcome is stored under the new fence.
        """
        if leased.fence != self.fence:
            self.fence, self.health, self._is_lost = leased.fence, leased.health, False
        self.subscription = leased.subscription
        self.backlog.refilter(leased.subscription)
        self._patience = replace(self._patience, policy=leased.subscription.retry)
        self._rate_limit = RateLimit(leased.subscription.events_per_s)
        self._asked.refresh(leased)
        self._parked.hasten(leased.parked)
        self._is_disabled = False

    def leave(self) -> None:
        """Send nothing more: somebody else is there for it."""
        self._is_leaving = True

    def stay(self) -> bool:
        """Go on; whether it had been leaving."""
        was_leaving, self._is_leaving = self._is_leaving, False
        return was_leaving

    def doubt(self) -> None:
        """Its fence has moved: send nothing until it is known whether it is still ours."""
        self._is_lost = True

    def drop(self) -> None:
        """It is ours no longer."""
        self.is_held = False

    def redriven(self, url: str, events: int, now_ms: int) -> None:
        """So many dead letters of an entity are stored as parked again. docs/delivery.md D20."""
        self._parked.redriven(url, events, now_ms)

    def resume(self, deliveries: Iterable[Delivery]) -> None:
        """These had been sent before it was taken over, and may still be answered."""
        for delivery in deliveries:
            self._start(delivery)
            if delivery.kind is Kind.PARKED:
                self._parked.attempted(delivery.events[0].url)
        self.backlog.leave_out(self._in_flight.batch_positions())

    # --- what is read for it -------------------------------------------------------------------

    def offer(self, events: Iterable[LogEvent]) -> None:
        """These are the next events of the log, of the topics of this subscription."""
        wanted = self.backlog.wanted(events)
        if self._parked:
            diverted, wanted = self._parked.divert(wanted)
            self._progress.passed(diverted)
        self.backlog.offer(wanted)

    def miss(self, first: int, last: int, now_ms: int) -> None:
        """Events are gone: stay before them until a resync of that is settled (D23)."""
        self._losses.miss(self.subscription, first, last, now_ms)

    # --- what it sends -------------------------------------------------------------------------

    def next(self, now_ms: int) -> Next:
        """What to do now; a Delivery is in flight from here on."""
        if asked := self._asked.next(self.subscription, self._progress.delivered, now_ms):
            return asked
        if not self.is_open:
            return Idle()
        if now_ms < self.health.retry_at_ms:  # before reading: resting must not cost reads
            self._rest()
            return Wait(self.health.retry_at_ms)
        if len(self._in_flight) >= batching.slots(self.subscription, self.health):
            return Idle()
        parked = self._parked.due(self.health, now_ms, self.backlog.events, self._in_flight)
        return parked or self._next_batch(now_ms)

    def retry(self, url: str, events: Sequence[LogEvent]) -> Delivery | None:
        """Try a parked entity, of which these are the first events; None: there are none."""
        if not events:
            self._parked.emptied(url)
            return None
        attempt = self._parked.attempted(url)
        return self._start(Delivery(Kind.PARKED, events, self._progress.delivered, attempt))

    def resend(self, id: int, events: Sequence[LogEvent]) -> Delivery | None:
        """Make an attempt again that had these events; None: there are none."""
        return self._asked.resend(id, events, self._progress.delivered)

    def prefetch(self, now_ms: int) -> Delivery | None:
        """Make the batch after the one in flight, if it can be known already."""
        ready = self.backlog.events, self._in_flight, now_ms
        self._prefetched = made = prefetched(self.subscription, self.health, *ready)
        return made.delivery if made else None

    def _next_batch(self, now_ms: int) -> Next:
        ahead, delivered = self.backlog, self._progress.delivered
        if not self._has_enough():
            return Fetch()
        made, self._prefetched = self._prefetched, None
        if made and made.fits(self.subscription, self.health, ahead.events, delivered, now_ms):
            ahead.take(made.rest)
            return self._start(made.delivery)
        plan = batching.plan(
            self.subscription,
            self.health,
            ahead.events,
            now_ms,
            busy=self._in_flight.urls(),
            in_flight=len(self._in_flight),
            allowance=self._rate_limit.allowance(now_ms),
            since_ms=ahead.first_seen_ms(now_ms),
        )
        if not isinstance(plan, Send):
            return batching.no_longer(plan, self._parked.next_retry_after(now_ms))
        ahead.take(plan.rest)
        self._rate_limit.spend(len(plan.events), now_ms)
        return self._start(Delivery(Kind.BATCH, plan.events, delivered, self.health.failures + 1))

    def _has_enough(self) -> bool:
        """Whether enough is read to plan with."""
        if self.backlog.scan is not None or self.backlog.is_all:
            return self.backlog.scan is None
        known = self.backlog.events, self._in_flight.urls()
        return batching.is_enough(self.subscription, self.health, *known)

    def _start(self, delivery: Delivery) -> Delivery:
        self._in_flight[delivery] = None
        return delivery

    def _rest(self) -> None:
        """Read again when it is time, where that costs little and changes nothing."""
        position = self._floor(self.backlog.read_upto)
        is_plain = not self.subscription.coalesce and not self._progress.has_lost
        if is_plain and not self._in_flight and self._progress.reached <= position:
            self.backlog.restart(position)

    # --- what came of it -----------------------------------------------------------------------

    def answered(self, delivery: Delivery, outcome: Outcome) -> None:
        """A delivery has an answer. docs/delivery.md D16 to D20 and D24."""
        if delivery.kind in ASKED:
            return self._asked.answered(delivery)
        self._answer = outcome.answer
        if delivery.kind is Kind.BATCH:
            self._batch_answered(delivery.events, outcome)
        else:
            self._parked_answered(delivery.events, outcome)
        del self._in_flight[delivery]  # last: the cursor stays before what could not be taken in

    def _batch_answered(self, events: Sequence[LogEvent], outcome: Outcome) -> None:
        response, now_ms = outcome.response, outcome.answer.at_ms
        asked = self.health, events, response, now_ms, self._patience
        found = bisection.after_batch(*asked, may_park=not self._parked.is_full)
        self.health, self._disable = found.health, found.disable or self._disable
        failed = events if found.park else ()
        if isinstance(response, Acknowledged):
            failed = response.failed
        if failed:
            later = self.backlog.divert({event.url for event in failed})
            self._parked.park(failed, later, self.subscription.retry, outcome)
            self._progress.passed(sorted([*failed, *later]))
        if isinstance(response, Acknowledged):
            self._sent += len(events) - len(failed)
            self._progress.acknowledged(events)
        elif not failed:
            self.backlog.give_back(events)

    def _parked_answered(self, events: Sequence[LogEvent], outcome: Outcome) -> None:
        response, now_ms = outcome.response, outcome.answer.at_ms
        found = bisection.after_parked(self.health, events, response, now_ms, self._patience)
        self.health, self._disable = found.health, found.disable or self._disable
        if isinstance(response, Acknowledged):
            self._sent += len(events) - len(response.failed)
        self._parked.answered(events, self.subscription.retry, outcome)

    def settlement(self, seen: int) -> Settlement:
        """What is to be stored, when so much of the log was seen."""
        position, ahead, unsettled = self._floor(seen), self.backlog, list[int]()
        if self._progress.reached > position:
            batches = (one.events for one in self._in_flight if one.kind is Kind.BATCH)
            unsettled = [*ahead.positions(), *(each.position for some in batches for each in some)]
        told = self._progress.told_tail
        change = replace(self._parked.change, disable=self._disable, resynced=told)
        if self._asked.is_done:
            change = self._asked.in_change(change)
        settlement = Settlement(
            self.subscription.id,
            self.fence,
            self._progress.cursor(position, unsettled, ahead.snapshot_upto),
            self.health,
            self._sent,
            self._answer,
            change if change != _NO_CHANGE else None,
        )
        if self._reporting.is_open or self.health.failures or change != _NO_CHANGE:
            return self._reporting.with_reports(self.subscription, settlement)
        return settlement

    def settled(self, settlement: Settlement) -> None:
        """That has been stored."""
        self._progress.has_stored(settlement.cursor)
        self._stored_health = settlement.health
        self._reporting.told(settlement.reports)
        self._is_disabled |= self._disable is not None
        self._sent, self._answer, self._disable = 0, None, None
        self._asked.stored()
        self._parked.stored()

    def has_moved(self, seen: int) -> bool:
        """Whether the stored cursor is behind."""
        return self._floor(seen) > self._progress.stored.position

    def _floor(self, seen: int) -> int:
        ahead = self.backlog
        firsts = [each.events[0].position for each in self._in_flight if each.kind is Kind.BATCH]
        firsts += [event.position for event in ahead.events[:1]] + ahead.queue[:1]
        upto = max(ahead.read_upto, seen) if ahead.at_tail else ahead.read_upto
        return self._progress.floor(firsts, upto)
