"""The pusher's round: keep the lease, look, send what is due, settle what came of it."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from service_kit.clock import Clock
from service_kit.errors import StoreUnavailable

from bus.delivery.cpu_backpressure import CpuBackpressure
from bus.delivery.dispatcher import Dispatcher
from bus.delivery.fetcher import Fetcher
from bus.delivery.lease import Lease
from bus.delivery.records.recorder import Recorder
from bus.delivery.registry import ConsumerRegistry
from bus.delivery.reporting import report_url
from bus.delivery.run_queue import RunQueue
from bus.delivery.settler import Settler
from bus.delivery.tail import Tail
from bus.delivery.terms import Terms
from bus.delivery.timeline import Timeline
from bus.delivery.wire.http_client import HttpClient
from bus.storage import Storage

if TYPE_CHECKING:
    from prometheus_client.core import Metric

GIVE_UP_MS = 5 * 24 * 60 * 60 * 1000


class Pusher:
    """Delivers what the subscriptions that it holds are due. For one thread.

    Everything that must survive is in the store: killed at any moment, the next holder goes on
    from the last settlement and repeats only what had no settled answer.
    """

    def __init__(
        self,
        name: str,
        storage: Storage,
        client: HttpClient,
        *,
        now_ms: Clock,
        steady_ms: Clock,
        give_up_ms: int = GIVE_UP_MS,
        chance: Callable[[], float] = random.random,
        backpressure: CpuBackpressure | None = None,
        public_url: str | None = None,
        log: str | None = None,
    ) -> None:
        """`log` is what subscribers are told that it is called, where there are several."""
        terms = Terms(lambda: storage.log_identity, give_up_ms, chance, report_url(public_url))
        timeline = Timeline(now_ms, steady_ms)
        clocks = {"now_ms": timeline.now_ms, "steady_ms": steady_ms}
        self._client = client
        self._storage = storage
        self._breaks = storage.breaks
        self._identity = ""
        self._is_new = True
        self._now_ms = timeline.now_ms
        self._steady_ms = steady_ms
        self._backpressure = backpressure or CpuBackpressure()
        self._lease = Lease(name, storage.leases, steady_ms)
        self._run_queue = RunQueue()
        self._registry = ConsumerRegistry(storage, self._lease, self._run_queue, terms, timeline)
        self._tail = Tail(storage, self._registry, self._run_queue, client, **clocks)
        self._settler = Settler(
            name, storage, self._registry, self._tail, timeline=timeline, steady_ms=steady_ms
        )
        self._fetcher = Fetcher(storage, self._registry, self._tail, timeline.now_ms)
        self._recorder = Recorder(storage, now_ms=now_ms, steady_ms=steady_ms)
        self._dispatcher = Dispatcher(
            storage.parked,
            storage.resends,
            client,
            registry=self._registry,
            run_queue=self._run_queue,
            fetcher=self._fetcher,
            settler=self._settler,
            timeline=timeline,
            log=log,
        )

    def run_once(self) -> float:
        """One round: at most half a second when there is nothing to do. A body for `run_loops`."""
        is_behind = False
        self._keep_lease()
        for consumer in self._tail.look():
            self._settler.add(consumer)
        if self._is_cut_off():
            return 0
        if self._lease.is_valid and self._dispatcher.send_due():
            self._client.kick()
            is_behind = self._dispatcher.prefetch()
        if self._is_cut_off():
            return 0
        is_busy = bool(self._client.in_flight) or self._run_queue.next_due_ms() == 0
        self._settler.settle_if_due(is_busy=is_busy)
        self._recorder.record(self._dispatcher.take_exchanges())
        self._dispatcher.take_in(self._client.wait(self._idle_s()))
        return self._backpressure.rest_s(wanted=is_behind and self._tail.has_heard)

    def close(self, timeout_ms: int = 3_000) -> None:
        """Send nothing more, wait a little for answers, settle them, let go of everything."""
        end_ms = self._steady_ms() + timeout_ms
        while self._client.in_flight and self._steady_ms() < end_ms:
            self._dispatcher.take_in(self._client.wait(0.1))
        with suppress(StoreUnavailable):  # logged; the lease will lapse, and deliveries be repeated
            self._settler.settle()
            self._recorder.flush(self._dispatcher.take_exchanges())
            self._lease.leave()
        self._tail.stop()
        self._client.close()

    def collect(self) -> "Iterator[Metric]":
        """What it has tried, and whether it may deliver now. From any thread."""
        from prometheus_client.core import GaugeMetricFamily

        holds = float(self._lease.is_valid)
        yield GaugeMetricFamily("bus_pusher_lease", "1 while this pusher may deliver.", holds)
        yield from self._recorder.counts.collect()

    def check_lease(self) -> None:
        """A readiness check: raises RuntimeError while this pusher may not deliver."""
        if not self._lease.is_valid:
            raise RuntimeError("no lease")

    def _keep_lease(self) -> None:
        if self._lease.wait_ms > 0:
            return
        self._is_new = self._lease.beat() or self._is_new
        if self._is_new:
            self._begin_anew()
        self._registry.claim()
        if self._lease.too_many:
            self._settler.settle()
            self._registry.share()

    def _is_cut_off(self) -> bool:
        """Whether the store went away meanwhile. It may have come back from a copy, or as a standby
        that lacks the newest events: then what was read, and how far, is no longer so. So nothing
        of it is settled; what the store says now is delivered, maybe again."""
        breaks = self._storage.breaks
        is_cut_off = breaks != self._breaks
        if is_cut_off:
            self._begin_anew()
            self._breaks = breaks
        return is_cut_off

    def _begin_anew(self) -> None:
        sent_upto = {one.subscription.id: one.sent_upto for one in self._registry}
        self._identity = self._storage.epochs.tell_lost(self._identity, sent_upto)
        self._registry.clear()
        self._fetcher.begin_anew()
        self._tail.restart()
        self._is_new = False

    def _idle_s(self) -> float:
        """How long nothing is to be done but to wait for answers."""
        waits_ms = [self._tail.wait_ms(), self._lease.wait_ms]
        if (settle_ms := self._settler.wait_ms()) is not None:
            waits_ms.append(settle_ms)
        if (due_ms := self._run_queue.next_due_ms()) is not None:
            waits_ms.append(due_ms - self._now_ms())
        return max(0, min(waits_ms)) / 1000
