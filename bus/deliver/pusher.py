"""The pusher's loop: hold subscriptions, see what is new, send batches, settle outcomes."""

import random
from collections.abc import Callable

from service_kit.backoff import backoff_s
from service_kit.clock import Clock
from service_kit.logs import get_logger

from bus.deliver import planner
from bus.deliver.lanes import Lane, Lanes
from bus.deliver.lease import BEAT_EVERY_MS, LAPSES_AFTER_MS, Observation, lapsed, observe
from bus.deliver.planner import Idle, Send, Wait
from bus.deliver.request import delivery_request
from bus.deliver.sender import Answer, Sender
from bus.model import Held, Settlement
from bus.storage import Storage

log = get_logger(__name__)

_POLL_MS = 500
_STANDBY_POLL_MS = 100


class Pusher:
    """Delivers what the subscriptions that it holds are due. For one thread.

    Everything that must survive is in the store: killed at any moment, the next holder goes on
    from the last settlement and repeats only what had no settled answer.
    """

    def __init__(
        self,
        name: str,
        storage: Storage,
        sender: Sender,
        *,
        now_ms: Clock,
        steady_ms: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._name = name
        self._log = storage.log
        self._store = storage.deliveries
        self._sender = sender
        self._now_ms = now_ms
        self._steady_ms = steady_ms
        self._chance = chance
        self._bell = storage.log.bell()
        self._listening: int | None = None
        self._lanes = Lanes()
        self._started = 0
        self._in_flight: dict[int, Lane] = {}  # by number of the request
        self._answers: list[Answer] = []
        self._others: dict[str, Observation] = {}
        self._joined = False
        self._next_beat_ms = 0
        self._lease_until_ms = 0
        self._registry_version = -1
        self._rung = False
        self._seen = 0
        self._next_look_ms = 0

    def run_once(self) -> float:
        """One round: at most half a second when there is nothing to do. A body for `run_loops`."""
        self._keep_lease()
        self._look()
        if self._steady_ms() < self._lease_until_ms:
            self._send_due()
        self._answers += self._sender.wait(self._idle_s())
        self._settle()
        return 0

    def close(self, timeout_ms: int = 3_000) -> None:
        """Send nothing more, wait a little for answers, settle them, let go of everything."""
        end_ms = self._steady_ms() + timeout_ms
        while self._sender.in_flight and self._steady_ms() < end_ms:
            self._answers += self._sender.wait(0.1)
        self._settle()
        if self._joined:
            self._store.leave(self._name)
        self._stop_listening()
        self._sender.close()

    def check_lease(self) -> None:
        """A readiness check: raises RuntimeError while this pusher may not deliver."""
        if self._steady_ms() >= self._lease_until_ms:
            raise RuntimeError("no lease")

    # --- the lease -------------------------------------------------------------------------

    def _keep_lease(self) -> None:
        steady_ms = self._steady_ms()
        if steady_ms >= self._next_beat_ms:
            self._beat(steady_ms)
            self._next_beat_ms = steady_ms + BEAT_EVERY_MS

    def _beat(self, steady_ms: int) -> None:
        now_ms = self._now_ms()
        if not self._joined or not self._store.beat(self._name, now_ms):
            self._lanes.clear()
            self._store.join(self._name, now_ms)
            self._seen = self._log.last_position()  # lanes look at what is before it by themselves
            self._joined = True
            self._registry_version = -1
        # Others give us up this long after the beat that they saw last, so stop well before.
        self._lease_until_ms = steady_ms + LAPSES_AFTER_MS - BEAT_EVERY_MS
        alive = self._store.alive()
        self._others = observe(self._others, alive, steady_ms)
        gone = lapsed(self._others, alive, steady_ms=steady_ms, now_ms=now_ms) - {self._name}
        self._claim(gone)

    def _claim(self, gone: frozenset[str]) -> None:
        taken = self._store.claim(self._name, gone)
        if gone:
            log.warning("gave up pushers", pushers=",".join(sorted(gone)), taken=taken)
        if taken:
            self._registry_version = -1
            self._next_look_ms = 0

    def _follow_registry(self) -> None:
        version = self._store.registry_version()
        if version == self._registry_version:
            return
        self._store.claim(self._name, frozenset())
        self._lanes.update(self._store.held(self._name))
        self._registry_version = version
        if self._lanes:
            self._listen()
        else:
            self._stop_listening()

    def _listen(self) -> None:
        # The newest listener gets the rings: whoever holds subscriptions listens, a standby polls.
        if self._listening is None:
            self._listening = self._bell.fileno()
            self._sender.watch(self._listening, self._on_ring)

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._sender.unwatch(self._listening)
            self._bell.close()
            self._listening = None

    def _on_ring(self) -> None:
        self._bell.quiet()
        self._rung = True

    # --- what is new -----------------------------------------------------------------------

    def _look(self) -> None:
        steady_ms = self._steady_ms()
        if not self._rung and steady_ms < self._next_look_ms:
            return
        self._rung = False
        self._next_look_ms = steady_ms + self._poll_ms()
        news = self._log.news_after(self._seen)
        self._follow_registry()  # after the log: a change that came before an event applies to it
        self._seen = news.last_position
        self._lanes.tell(news.topics)

    def _send_due(self) -> None:
        for lane in self._lanes.due(self._now_ms()):
            self._send_next(lane)

    def _send_next(self, lane: Lane) -> None:
        held = lane.held
        resting_until_ms = planner.resting_until(held.progress, self._now_ms())
        if resting_until_ms is not None:  # before reading: news must not cost a failing one reads
            self._lanes.sleep(lane, resting_until_ms)
            return
        limit = planner.batch_limit(held.subscription, held.progress)
        topics = [scope.topic for scope in held.subscription.scopes]
        ahead = self._log.read_after(held.progress.position, topics, limit) if topics else []
        plan = planner.plan(held.subscription, held.progress, ahead, self._now_ms())
        match plan:
            case Send():
                lane.in_flight = plan
                self._started += 1
                self._in_flight[self._started] = lane
                request = delivery_request(held, plan, self._now_ms())
                self._sender.start(self._started, request)
            case Wait(until_ms):
                self._lanes.sleep(lane, until_ms)
            case Idle(upto):
                lane.pass_over(upto)
                if len(ahead) == limit:
                    self._lanes.wake(lane)

    def _idle_s(self) -> float:
        steady_ms = self._steady_ms()
        waits_ms = [self._poll_ms(), self._next_look_ms - steady_ms, self._next_beat_ms - steady_ms]
        if (due_ms := self._lanes.next_due_ms()) is not None:
            waits_ms.append(due_ms - self._now_ms())
        return max(0, min(waits_ms)) / 1000

    def _poll_ms(self) -> int:
        # Who holds nothing doesn't listen to the bell, and should still see its first subscription.
        return _POLL_MS if self._lanes else _STANDBY_POLL_MS

    # --- what came of it -------------------------------------------------------------------

    def _settle(self) -> None:
        """Write all outcomes down in one transaction; kept and repeated when that fails."""
        if not self._answers:
            return
        lanes = [self._in_flight[answer.key] for answer in self._answers]
        outcomes = list(map(self._outcome, lanes, self._answers))
        lost = self._store.settle(self._name, outcomes, self._now_ms())
        for answer in self._answers:
            del self._in_flight[answer.key]
        self._answers.clear()
        for lane, outcome in zip(lanes, outcomes, strict=True):
            if outcome.subscription_id in lost:
                log.warning("lost a subscription", subscription=outcome.subscription_id)
                self._lanes.drop(lane)
            else:
                self._lanes.settled(lane, outcome.progress)

    def _outcome(self, lane: Lane, answer: Answer) -> Settlement:
        held, batch = lane.held, lane.in_flight
        assert batch is not None
        if answer.acknowledged:
            progress, sent = planner.delivered(batch), len(batch.events)
        else:
            pause_s = backoff_s(held.progress.failures + 1, chance=self._chance)
            retry_at_ms = self._now_ms() + round(pause_s * 1000)
            progress, sent = planner.failed(held.progress, batch, retry_at_ms), 0
            _log_failure(held, batch, answer, pause_s)
        return Settlement(
            held.subscription.id, held.fence, progress, sent, answer.status, answer.error
        )


def _log_failure(held: Held, batch: Send, answer: Answer, pause_s: float) -> None:
    log.warning(
        "delivery failed",
        subscriber=held.subscription.client,
        position=batch.upto,
        events=len(batch.events),
        attempt=held.progress.failures + 1,
        status=answer.status,
        error=answer.error,
        retry_in_s=round(pause_s, 1),
    )
