"""Pulling: the state machine that pushers move, moved by whoever calls (docs/delivery.md D34).

A call takes the subscription as it is stored, with what is leased of it as in flight, asks it what
is next, or tells it what was acknowledged, and stores what came of that, if nobody else has done so
meanwhile; else it begins again.
"""

import random
import secrets
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from bus.delivery.batching import Fetch, Wait
from bus.delivery.consumer import Consumer
from bus.delivery.fetcher import Fetcher
from bus.delivery.in_flight import Delivery, Kind
from bus.delivery.parked import RetryParked
from bus.delivery.response import Acknowledged, Outcome
from bus.delivery.terms import Terms
from bus.errors import BadQuery, LeaseLapsed, OtherMode, Unavailable
from bus.log.event_log import ReadFence
from bus.model.delivery import LastAnswer, PulledSubscription, PullLease
from bus.model.event import RESYNC, LogEvent
from bus.model.subscription import Subscription
from bus.storage import Storage
from bus.storage.pulls import PULLERS

_TRIES = 50
_MOST_READS = 200
_LOOK_AGAIN_MS = 10_000
_LOOK_AGAIN_LEASED_MS = 1_000
_FAILED = "named as failed"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a puller got: a batch with its lease, or nothing. `position` is up to where there is
    nothing more to get now; look again after `again_ms`, or when the log holds more than was
    `seen`."""

    subscription: Subscription
    events: Sequence[LogEvent]
    position: int
    lease: PullLease | None
    again_ms: int
    seen: int


class Puller:
    """Gives out batches on lease, and takes in what was acknowledged. May be used by any thread;
    each call blocks for some reads and one write."""

    def __init__(self, storage: Storage, *, give_up_ms: int) -> None:
        self._storage = storage
        self._terms = Terms(lambda: storage.log_identity, give_up_ms, random.random)
        self._telling = threading.Lock()
        self._identity = ""
        self._given_upto: dict[int, int] = {}  # in the log of that identity

    def pull(self, subscription_id: int, limit: int | None, lease_ms: int) -> Pulled:
        """The next batch of at most `limit` events (None: the subscription's), leased for so long.

        Raises OtherMode, NotFound; Unavailable when others are always faster.
        """
        pulled = self._do(subscription_id, lambda turn: turn.pull(lease_ms), limit)
        if pulled.lease is not None and not pulled.lease.is_parked:
            with self._telling:
                before = self._given_upto.get(subscription_id, 0)
                self._given_upto[subscription_id] = max(before, pulled.position)
        return pulled

    def acknowledge(self, subscription_id: int, lease_id: str, failed: Collection[str]) -> int:
        """The events of a lease are settled, but for those with these ids, which are parked.
        Returns up to where all is settled. May be repeated while the lease would have lasted.

        Raises LeaseLapsed; BadQuery for an id that isn't among them; as `pull`.
        """
        return self._do(
            subscription_id, lambda turn: turn.acknowledge([turn.lease(lease_id)], failed)
        )

    def acknowledge_upto(self, subscription_id: int, position: int, failed: Collection[str]) -> int:
        """The same of all leases that end at a position or before, so that all up to there is
        settled. Raises LeaseLapsed where some of it isn't leased; as `acknowledge`."""
        return self._do(subscription_id, lambda turn: turn.acknowledge_upto(position, failed))

    def _do(
        self, subscription_id: int, act: Callable[["_Turn"], T | None], limit: int | None = None
    ) -> T:
        for _ in range(_TRIES):
            turn = self._turn(subscription_id, limit)
            found = act(turn) if turn else None
            if found is not None:
                return found
        raise Unavailable("too many pull this subscription at once")

    def _turn(self, subscription_id: int, limit: int | None) -> "_Turn | None":
        """The subscription for one call; None: look again."""
        storage = self._storage
        version, seen = storage.leases.registry_version(), storage.log.last_position()
        self._tell_lost()
        held = storage.pulls.hold(subscription_id)
        if not held.leased.subscription.is_pulled:
            raise OtherMode("this subscription is pushed: it has a callback")
        if subscription_id in storage.parked.redrives():
            leased = held.leased
            storage.parked.take_back(leased.subscription, PULLERS, leased.fence, held.now_ms)
            return None
        return _Turn(storage, held, self._terms, version, seen, limit)

    def _tell_lost(self) -> None:
        """When another epoch of the log has begun, have those told who were given what it lacks:
        only who gave it knows (docs/delivery.md D22)."""
        identity, before = self._storage.log.identity, self._identity
        if identity == before:
            return
        with self._telling:
            self._storage.epochs.tell_lost(before, self._given_upto)
            self._identity, self._given_upto = identity, {}


class _Turn:
    """One subscription during one call."""

    def __init__(
        self,
        storage: Storage,
        held: PulledSubscription,
        terms: Terms,
        version: int,
        seen: int,
        limit: int | None,
    ) -> None:
        leased = held.leased
        if limit is not None:
            narrowed = replace(leased.subscription, max_events=limit)
            leased = replace(leased, subscription=narrowed)
        self.seen = seen
        self._storage = storage
        self._version = version
        self._now_ms = held.now_ms
        self._consumer = Consumer(leased, terms)
        self._fetcher = Fetcher(storage, self, self, lambda: self._now_ms)
        self._is_outdated = False
        self._leases = {one.id: one for one in held.pull_leases}
        parked = {one.url for one in leased.parked}
        self._deliveries = {
            one.id: _delivery(one)
            for one in held.pull_leases
            if not one.acknowledged and (not one.is_parked or one.events[0].url in parked)
        }
        self._consumer.resume(self._deliveries.values())

    def is_current(self, fence: ReadFence) -> bool:
        """For the fetcher: whether the subscription is still what it was when this began."""
        self._is_outdated = self._is_outdated or fence.registry_version != self._version
        return not self._is_outdated

    def lease(self, lease_id: str) -> PullLease:
        """A lease that has not lapsed. Raises LeaseLapsed."""
        found = self._leases.get(lease_id)
        if found is None or not (found.acknowledged or lease_id in self._deliveries):
            raise LeaseLapsed("it has lapsed, or was never given: its events come again")
        return found

    def pull(self, lease_ms: int) -> Pulled | None:
        """The next batch, stored as leased; None: others were first."""
        found = self._next()
        if self._is_outdated:
            return None
        delivery = found if isinstance(found, Delivery) else None
        lease = None if delivery is None else self._new_lease(delivery, lease_ms)
        settlement = self._consumer.settlement(self.seen)
        is_news = self._consumer.has_moved(self.seen) or settlement.change is not None
        if (lease or is_news) and not self._settle(begun=lease):
            return None
        events = delivery.events if delivery else ()
        position = events[-1].position if events else settlement.cursor.position
        again_ms = found if isinstance(found, int) else 0
        return Pulled(self._consumer.subscription, events, position, lease, again_ms, self.seen)

    def acknowledge(
        self, leases: Sequence[PullLease], failed: Collection[str], *, upto: int = 0
    ) -> int | None:
        """Take in that these were taken; returns up to where all is settled. None: others were
        first. Raises LeaseLapsed when that is before `upto`."""
        ours = [one for one in leases if not one.acknowledged]
        whole = {one.id: self._whole(one) if failed else [] for one in ours}
        self._read_upto(ours)
        if self._is_outdated:
            return None
        refused = _named([event for events in whole.values() for event in events], failed)
        for one in ours:
            self._answer(one, [event for event in whole[one.id] if event in refused])
        position = self._consumer.settlement(self.seen).cursor.position
        if position < upto:
            raise LeaseLapsed(f"not all up to {upto} is leased: what isn't comes again")
        is_first = not ours or self._settle(ended=[one.id for one in ours])
        return position if is_first else None

    def acknowledge_upto(self, position: int, failed: Collection[str]) -> int | None:
        """The same of all leases of the log up to a position."""
        ours = [
            one
            for one in self._leases.values()
            if one.id in self._deliveries
            and not one.is_parked
            and one.events[-1].position <= position
        ]
        return self.acknowledge(ours, failed, upto=position)

    def _next(self) -> Delivery | int:
        """What to give out, or after how many ms to look again."""
        for _ in range(_MOST_READS):
            wanted = self._consumer.next(self._now_ms)
            match wanted:
                case Delivery():
                    return wanted
                case Fetch():
                    self._fetcher.fill(self._consumer)
                case RetryParked(url):
                    subscription = self._consumer.subscription
                    events = self._storage.parked.events(
                        subscription.id, url, subscription.max_events
                    )
                    if delivery := self._consumer.retry(url, events):
                        return delivery
                case Wait(until_ms):
                    return min(max(until_ms - self._now_ms, 1), self._longest_ms())
                case _:
                    return self._longest_ms()
            if self._is_outdated:
                break
        return 0

    def _longest_ms(self) -> int:
        """What others have in hand may come back without anybody saying so."""
        return _LOOK_AGAIN_LEASED_MS if self._deliveries else _LOOK_AGAIN_MS

    def _read_upto(self, leases: Sequence[PullLease]) -> None:
        """Read what lies before the end of these: what of it is unsettled stays so."""
        ahead = self._consumer.backlog
        upto = max((one.events[-1].position for one in leases if not one.is_parked), default=0)
        while ahead.read_upto < upto and not ahead.at_tail and not self._is_outdated:
            self._fetcher.fill(self._consumer)

    def _answer(self, lease: PullLease, failed: Sequence[LogEvent]) -> None:
        delivery = self._deliveries[lease.id]
        refused = {event.position: event for event in failed}
        answer = LastAnswer(None if failed else 200, _FAILED if failed else None, self._now_ms)
        outcome = Outcome(Acknowledged(tuple(refused.values())), answer)
        self._consumer.answered(delivery, outcome)

    def _whole(self, lease: PullLease) -> list[LogEvent]:
        """The events of a lease as they are stored. Raises LeaseLapsed when some were trimmed: the
        puller will be told so."""
        wanted = [event.position for event in lease.events if event.type != RESYNC]
        if lease.is_parked:
            url, ours = lease.events[0].url, self._consumer.subscription.id
            found = self._storage.parked.events(ours, url, len(wanted))
        else:
            found = self._storage.entity_index.at(wanted)
        if len(found) < len(wanted):
            raise LeaseLapsed("some of its events are no longer kept: a resync comes")
        return found

    def _new_lease(self, delivery: Delivery, lease_ms: int) -> PullLease:
        is_parked = delivery.kind is Kind.PARKED
        until_ms = self._now_ms + lease_ms
        return PullLease(secrets.token_hex(16), until_ms, is_parked, tuple(delivery.events))

    def _settle(self, *, begun: PullLease | None = None, ended: Collection[str] = ()) -> bool:
        settlement = self._consumer.settlement(self.seen)
        is_stored = self._storage.pulls.settle(settlement, self._now_ms, begun=begun, ended=ended)
        if is_stored:
            self._consumer.settled(settlement)
        return is_stored


def _delivery(lease: PullLease) -> Delivery:
    kind = Kind.PARKED if lease.is_parked else Kind.BATCH
    return Delivery(kind, lease.events, 0)


def _named(events: Sequence[LogEvent], ids: Collection[str]) -> list[LogEvent]:
    """The events with these ids. Raises BadQuery for one that is none of them."""
    by_id = {str(msgspec.json.decode(event.body)["id"]): event for event in events} if ids else {}
    if unknown := sorted(set(ids) - set(by_id)):
        raise BadQuery(f"failed: {unknown[0][:64]!r} is no id of an event in the lease")
    return [by_id[one] for one in dict.fromkeys(ids)]
