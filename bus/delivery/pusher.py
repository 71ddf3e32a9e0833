"""The pusher's loop: hold subscriptions, see what is new, send batches, settle outcomes."""

import random
from collections.abc import Callable, Iterable, Sequence

from service_kit.clock import Clock
from service_kit.logs import get_logger

from bus.delivery import batching, rate_limit, system_events
from bus.delivery.batching import Send, Wait
from bus.delivery.consumer import Flight, Kind, Lane
from bus.delivery.cpu_backpressure import CpuBackpressure
from bus.delivery.fetcher import Reader
from bus.delivery.holding import Lease
from bus.delivery.landing import Landing, land
from bus.delivery.prefetch import prepare
from bus.delivery.records.attempt_log import Exchange
from bus.delivery.records.diary import AttemptLog
from bus.delivery.records.latency import LatencyCounts
from bus.delivery.response import Failed, classify
from bus.delivery.run_queue import Lanes
from bus.delivery.wire.http_client import Answer, HttpClient
from bus.delivery.wire.request import delivery_request
from bus.model.event import LogEvent
from bus.storage import Storage

log = get_logger(__name__)

GIVE_UP_MS = 5 * 24 * 60 * 60 * 1000
_POLL_MS = 500
_STANDBY_POLL_MS = 100
_SETTLE_EVERY_MS = 20
_SETTLE_AT_LEAST_EVERY_MS = 200
_SETTLING_SHARE = 20
_READS_AT_ONCE = 4
_CATCH_UP_EVERY_MS = 30_000
_CATCH_UP_CHOOSY_EVERY_MS = 1_000
_NOTHING: frozenset[int] = frozenset()


class Pusher:
    """Delivers what the subscriptions that it holds are due. For one thread.

    Everything that must survive is in the store: killed at any moment, the next holder goes on
    from the last settlement and repeats only what had no settled answer. Settlements that come
    close together share a transaction; while there is other work one may wait for 20 ms, or for
    200 where settling takes so long that it would keep others from the store.
    """

    def __init__(
        self,
        name: str,
        storage: Storage,
        sender: HttpClient,
        *,
        now_ms: Clock,
        steady_ms: Clock,
        give_up_ms: int = GIVE_UP_MS,
        chance: Callable[[], float] = random.random,
        courtesy: CpuBackpressure | None = None,
    ) -> None:
        self._name = name
        self._storage = storage
        self._store = storage.leases
        self._sender = sender
        self._now_ms = now_ms
        self._steady_ms = steady_ms
        self._give_up_ms = give_up_ms
        self._chance = chance
        self._courtesy = courtesy or CpuBackpressure()
        self._holding = Lease(name, storage.leases, now_ms, steady_ms)
        self._reader = Reader(storage, now_ms)
        self._diary = AttemptLog(storage.attempts, now_ms, steady_ms)
        self._stopwatch = LatencyCounts(storage.latencies, steady_ms)
        self._listener = storage.log.listener()
        self._listening: int | None = None
        self._lanes = Lanes()
        self._started = 0
        self._flying: dict[int, Lane] = {}  # by number of the request
        self._dirty: dict[Lane, None] = {}
        self._preparing: dict[Lane, None] = {}
        self._landed: list[Exchange] = []
        self._notified = False
        self._next_look_ms = 0
        self._next_settle_ms = 0
        self._next_catch_up_ms = 0
        self._next_choosy_ms = 0

    def run_once(self) -> float:
        """One round: at most half a second when there is nothing to do. A body for `run_loops`."""
        is_behind = False
        self._keep_lease()
        self._look()
        if self._holding.is_valid and self._send_due():
            self._sender.kick()
            is_behind = self._prepare()
        self._note()
        self._settle()
        for answer in self._sender.wait(self._idle_s()):
            self._land(answer)
        return self._courtesy.rest_s(wanted=is_behind and self._notified)

    def close(self, timeout_ms: int = 3_000) -> None:
        """Send nothing more, wait a little for answers, settle them, let go of everything."""
        end_ms = self._steady_ms() + timeout_ms
        while self._sender.in_flight and self._steady_ms() < end_ms:
            for answer in self._sender.wait(0.1):
                self._land(answer)
        self._note()
        self._settle_now()
        self._diary.flush()
        self._stopwatch.flush()
        self._holding.leave()
        self._stop_listening()
        self._sender.close()

    def check_lease(self) -> None:
        """A readiness check: raises RuntimeError while this pusher may not deliver."""
        if not self._holding.is_valid:
            raise RuntimeError("no lease")

    # --- what is ours ------------------------------------------------------------------------

    def _keep_lease(self) -> None:
        due = self._steady_ms() >= self._holding.next_beat_ms
        if self._holding.keep():
            self._lanes.clear()
            self._dirty.clear()
            self._reader.start()
        if due:
            if self._holding.claim():
                self._reader.outdated = True
            self._share()

    def _share(self) -> None:
        """Let go of what is more than a fair share: first of what has nothing in flight."""
        for lane in self._lanes:
            if lane.leaving:  # whoever was there for it may be gone again: look at it anew
                lane.leaving = False
                self._lanes.wake(lane)
        if not self._holding.too_many:
            return
        self._settle_now()
        given = sorted(self._lanes, key=lambda lane: len(lane.flights))[: self._holding.too_many]
        for lane in given:
            lane.leaving = True
        idle = [lane for lane in given if not lane.flights]
        if idle:
            self._holding.release([lane.subscription.id for lane in idle])
            for lane in idle:
                self._lanes.drop(lane)

    def _follow_registry(self) -> None:
        version = self._store.registry_version()
        self._holding.claim()
        self._lanes.update(self._store.held(self._name))
        self._reader.follow(version)
        self._reader.forget(self._lanes)
        self._redrive()
        if self._lanes:
            self._listen()
        else:
            self._stop_listening()

    def _redrive(self) -> None:
        for subscription_id in self._storage.parked.redrives():
            lane = self._lanes.find(subscription_id)
            if lane is not None:
                now_ms = self._now_ms()
                moved = self._storage.parked.take_back(
                    subscription_id, self._name, lane.fence, now_ms
                )
                for url, events in moved.items():
                    lane.redriven(url, events, now_ms)

    def _listen(self) -> None:
        # The newest listener is notified: whoever holds subscriptions listens, a standby polls.
        if self._listening is None:
            self._listening = self._listener.fileno()
            self._sender.watch(self._listening, self._on_notify)

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._sender.unwatch(self._listening)
            self._listener.close()
            self._listening = None

    def _on_notify(self) -> None:
        self._listener.clear()
        self._notified = True

    # --- what is new -----------------------------------------------------------------------

    def _look(self) -> None:
        steady_ms = self._steady_ms()
        if not self._notified and not self._reader.outdated and steady_ms < self._next_look_ms:
            return
        self._next_look_ms = steady_ms + self._poll_ms()
        if self._reader.outdated:
            self._follow_registry()
        self._notified = self._reader.tail(self._lanes)
        if self._reader.outdated:
            self._follow_registry()
            self._notified = self._reader.tail(self._lanes)
        if steady_ms >= self._next_catch_up_ms:
            self._next_catch_up_ms = steady_ms + _CATCH_UP_EVERY_MS
            self._reader.catch_up(self._lanes)
            self._catch_up(self._lanes)
        elif steady_ms >= self._next_choosy_ms:
            self._next_choosy_ms = steady_ms + _CATCH_UP_CHOOSY_EVERY_MS
            self._catch_up(lane for lane in self._lanes if lane.is_choosy)

    def _catch_up(self, lanes: Iterable[Lane]) -> None:
        """Store how far the idle are, or events of others would one day look missed to them.

        Sooner for those that leave out types of a topic: until then these count as their lag.
        """
        for lane in lanes:
            if lane.at_tail and lane.has_moved(self._reader.seen):
                self._dirty[lane] = None

    def _send_due(self) -> bool:
        """Send what may be sent; whether there was anything."""
        started = self._started
        for lane in self._lanes.due(self._now_ms()):
            if lane.test_wanted and not lane.tries_out:
                self._start(lane, Kind.TEST, [self._trial(lane)])
            while lane.is_open and self._send_next(lane):
                pass
        return self._started > started

    def _prepare(self) -> bool:
        """While subscribers are busy, read what their next batches are made of, and make them.

        Whether any of them has a backlog.
        """
        is_behind = bool(self._preparing)
        for lane in self._preparing:
            is_short = len(lane.pending) < lane.subscription.max_events and not lane.at_tail
            if is_short and lane.is_open and not lane.health.is_bisecting:
                self._reader.fill(lane)
            lane.prepared = prepare(lane, self._now_ms())
        self._preparing.clear()
        return is_behind

    def _send_next(self, lane: Lane) -> bool:
        """Send one batch; False when there is nothing more to send now."""
        now_ms = self._now_ms()
        if now_ms < lane.health.retry_at_ms:  # before reading: resting must not cost reads
            self._lanes.sleep(lane, lane.health.retry_at_ms)
            lane.forget_pending()
            return False
        slots = 1 if lane.health.is_bisecting else lane.subscription.concurrency
        if len(lane.flights) >= slots:
            return False
        if self._retry_parked(lane, now_ms):
            return True
        if not self._is_filled(lane):
            return False
        return self._send_batch(lane, now_ms)

    def _is_filled(self, lane: Lane) -> bool:
        """Whether enough is read to plan with; otherwise the lane is looked at again at once."""
        for _ in range(_READS_AT_ONCE):
            if not self._reader.is_scanning(lane) and self._is_enough(lane):
                return True
            if self._reader.fill(lane):
                break
        self._lanes.wake(lane)
        return False

    def _is_enough(self, lane: Lane) -> bool:
        if lane.at_tail and not lane.queue:
            return True
        return batching.is_enough(lane.subscription, lane.health, lane.pending, lane.busy())

    def _send_batch(self, lane: Lane, now_ms: int) -> bool:
        prepared, lane.prepared = lane.prepared, None
        if prepared is not None and prepared.fits(lane, now_ms):
            lane.pending = prepared.rest
            self._send(lane, Flight(Kind.BATCH, prepared.events, prepared.request, now_ms, 1))
            self._preparing[lane] = None
            return True
        allowance = None
        if (per_s := lane.subscription.events_per_s) is not None:
            lane.bucket = lane.bucket or rate_limit.full(per_s, now_ms)
            allowance = rate_limit.allowance(lane.bucket, now_ms)
        plan = batching.plan(
            lane.subscription,
            lane.health,
            lane.pending,
            now_ms,
            busy=lane.busy(),
            in_flight=len(lane.flights),
            allowance=allowance,
        )
        if isinstance(plan, Send):
            lane.pending = plan.rest
            if lane.bucket is not None:
                lane.bucket = rate_limit.take(lane.bucket, len(plan.events), now_ms)
            self._start(lane, Kind.BATCH, plan.events)
            if plan.rest or not lane.at_tail:
                self._preparing[lane] = None
            return True
        wakes_ms = [at_ms for at_ms, _ in lane.retries]
        if isinstance(plan, Wait):
            wakes_ms.append(plan.until_ms)
        if wakes_ms:
            self._lanes.sleep(lane, min(wakes_ms))
        return False

    def _retry_parked(self, lane: Lane, now_ms: int) -> bool:
        url = batching.due(lane.retries, lane.health, now_ms, others_wait=bool(lane.pending))
        if url is None:
            return False
        self._settle_now()  # what was parked just now is read from the store like the rest
        if not self._lanes.holds(lane) or lane.is_lost:
            return False
        events = self._storage.parked.events(
            lane.subscription.id, url, lane.subscription.max_events
        )
        if not events:
            lane.unpark(url)
            self._dirty[lane] = None
            return True
        self._start(lane, Kind.PARKED, events)
        lane.schedule()
        return True

    def _start(self, lane: Lane, kind: Kind, events: Sequence[LogEvent]) -> None:
        now_ms = self._now_ms()
        attempt = lane.attempt(kind, events)
        request = delivery_request(
            lane.subscription, events, now_ms, previous=lane.delivered, attempt=attempt
        )
        self._send(lane, Flight(kind, events, request, now_ms, attempt))

    def _send(self, lane: Lane, flight: Flight) -> None:
        self._started += 1
        lane.flights[self._started] = flight
        self._flying[self._started] = lane
        self._sender.start(self._started, flight.request)

    def _trial(self, lane: Lane) -> LogEvent:
        return system_events.test_event(
            lane.subscription, self._storage.log_identity, self._now_ms()
        )

    def _idle_s(self) -> float:
        steady_ms = self._steady_ms()
        if self._notified or self._reader.outdated:
            return 0
        waits_ms = [
            self._poll_ms(),
            self._next_look_ms - steady_ms,
            self._holding.next_beat_ms - steady_ms,
        ]
        if self._dirty:
            waits_ms.append(self._next_settle_ms - steady_ms)
        if (due_ms := self._lanes.next_due_ms()) is not None:
            waits_ms.append(due_ms - self._now_ms())
        return max(0, min(waits_ms)) / 1000

    def _poll_ms(self) -> int:
        # Who holds nothing doesn't listen, and should still see its first subscription.
        return _POLL_MS if self._lanes else _STANDBY_POLL_MS

    # --- what came of it -------------------------------------------------------------------

    def _land(self, answer: Answer) -> None:
        lane = self._flying.pop(answer.key)
        flight = lane.flights.pop(answer.key)
        now_ms = self._now_ms()
        response = classify(answer, flight.events, now_ms)
        self._landed.append(
            Exchange(
                lane.subscription,
                flight.request,
                answer,
                flight.started_ms,
                now_ms - flight.started_ms,
                flight.attempt,
                flight.events,
            )
        )
        if not self._lanes.holds(lane):
            return
        if isinstance(response, Failed):
            _log_failure(lane, flight, answer)
        land(lane, Landing(flight, answer, response, now_ms, self._give_up_ms, self._chance))
        self._dirty[lane] = None
        self._lanes.wake(lane)

    def _note(self) -> None:
        """Keep what is kept of attempts: once the next ones are on their way."""
        for exchange in self._landed:
            self._diary.write(exchange)
            self._stopwatch.note(exchange)
        self._landed.clear()

    def _settle(self) -> None:
        """Store what has changed: at once when there is nothing else to do."""
        is_busy = self._sender.in_flight or self._lanes.next_due_ms() == 0
        if self._dirty and not (is_busy and self._steady_ms() < self._next_settle_ms):
            self._settle_now()
        self._diary.flush_if_due()
        self._stopwatch.flush_if_due()

    def _settle_now(self) -> None:
        """Write all outcomes down in one transaction; kept and repeated when that fails."""
        begun_ms = self._steady_ms()
        lanes = [lane for lane in self._dirty if self._lanes.holds(lane)]
        settlements = [lane.settlement(self._reader.seen) for lane in lanes]
        lost = self._store.settle(self._name, settlements, self._now_ms()) if lanes else _NOTHING
        self._dirty.clear()
        for lane, settlement in zip(lanes, settlements, strict=True):
            if settlement.subscription_id in lost:
                self._doubt(lane)
            else:
                lane.stored(settlement)
        # At most a twentieth of the time: whoever publishes may be waiting for the same lock.
        ended_ms = self._steady_ms()
        pause_ms = max(_SETTLE_EVERY_MS, _SETTLING_SHARE * (ended_ms - begun_ms))
        self._next_settle_ms = ended_ms + min(pause_ms, _SETTLE_AT_LEAST_EVERY_MS)

    def _doubt(self, lane: Lane) -> None:
        """Its fence has moved: send nothing until it is known whether it is still ours."""
        log.warning("fence moved", subscription=lane.subscription.id)
        lane.is_lost = True
        self._dirty[lane] = None
        self._reader.outdated = True


def _log_failure(lane: Lane, flight: Flight, answer: Answer) -> None:
    log.warning(
        "delivery failed",
        subscriber=lane.subscription.client,
        subscription=lane.subscription.name,
        position=flight.events[-1].position,
        events=len(flight.events),
        attempt=flight.attempt,
        status=answer.status,
        error=answer.error,
    )
