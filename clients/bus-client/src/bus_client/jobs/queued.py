"""`huey:`: what is published is kept beside huey's queue, and delivered by its workers."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from huey import Huey
from huey.api import TaskWrapper
from service_kit.clock import Clock, now_ms
from service_kit.jobs import Jobs

from bus_client.bus import Bus
from bus_client.errors import BusUnavailable
from bus_client.event import Event
from bus_client.jobs.accepted import Accepted, Batch
from bus_client.jobs.consumer import consume
from bus_client.receivers import Delivery, Receivers

log = logging.getLogger(__name__)


class QueuedBus(Bus):
    """The contexts of one code base, with a process of its own that receives (`bus work`).

    huey carries no events: a task says "look at this batch", or "look whether there is work". So
    what a killed worker had in hand is found again by the sweep, and nothing is queued before
    that which it stands for is on disk.
    """

    def __init__(
        self, huey: Huey, receivers: Receivers, jobs: Jobs, *, name: str, clock: Clock = now_ms
    ) -> None:
        super().__init__(jobs)
        self._huey = huey
        self._receivers = receivers
        self._name = name
        self._accepted = Accepted(huey.storage)
        self._clock = clock
        self._in_hand: set[str] = set()
        self._lock = threading.Lock()
        self._deliver_task = _task(huey, "bus_deliver", self._deliver)
        self._look_task = _task(huey, "bus_look", self.jobs.settle)

    def publish(self, topic: str, events: Sequence[Event]) -> None:
        """Keep them on disk and queue their delivery. Raises BusRefused, BusUnavailable."""
        deliveries = self._receivers.deliveries(topic, events)
        with _translated():
            key = self._accepted.add(deliveries, self._clock())
        self._enqueue(self._deliver_task, key)

    def look(self) -> None:
        """Queue a look."""
        self._enqueue(self._look_task)

    def run(self, stopping: threading.Event, *, workers: int = 2) -> None:
        """Deliver what was accepted and do the work of every look, in threads of this process.

        Blocks until `stopping` is set; what is in hand then is finished. Raises NobodyReceives;
        BusUnavailable when the queue is away at the start (later that is waited out).
        """
        self._receivers.require()
        with _translated():
            left_over = self._accepted.all()
        self._sweep(left_over)  # whoever worked before may have been killed
        consume(self._huey, self._tick, stopping, workers=workers)

    def close(self) -> None:
        """Receive nothing more, and let go of the queue's connection."""
        super().close()
        self._receivers.remove(self._name)
        self._huey.storage.close()

    def waiting(self) -> int:
        """How many of the accepted events somebody has not taken."""
        with _translated():
            return sum(len(batch.deliveries) for batch in self._accepted.all().values())

    def _deliver(self, key: str) -> None:
        if not self._take(key):
            return
        try:
            batch = self._accepted.get(key)
            if batch is not None:
                self._keep(key, batch, self._receivers.hand_over(batch.deliveries))
        finally:
            self._let_go(key)

    def _keep(self, key: str, batch: Batch, left: Sequence[Delivery]) -> None:
        if left:
            self._accepted.put(key, batch.after_failure(left, self._clock()))
        else:
            self._accepted.forget(key)

    def _tick(self) -> None:
        """Once a second: the work that no look told of, and batches that no task stands for."""
        self.jobs.settle()
        if self._huey.storage.queue_size() == 0:
            now_ms = self._clock()
            due = {k: b for k, b in self._accepted.all().items() if b.due_at_ms <= now_ms}
            self._sweep(due)

    def _sweep(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._enqueue(self._deliver_task, key)

    def _take(self, key: str) -> bool:
        with self._lock:
            is_free = key not in self._in_hand
            self._in_hand.add(key)
        return is_free

    def _let_go(self, key: str) -> None:
        with self._lock:
            self._in_hand.discard(key)

    def _enqueue(self, task: TaskWrapper, *arguments: str) -> None:
        try:
            with _translated():
                task(*arguments)
        except BusUnavailable as error:  # what it would have told of is on disk already
            log.warning("not queued, so it waits for the sweep: %s", error)


def _task(huey: Huey, name: str, do: Callable[..., object]) -> TaskWrapper:
    """huey calls a task by its function's module and its name, so these are for ever."""

    def task(*arguments: str) -> None:
        do(*arguments)

    task.__module__ = "bus_client"
    return huey.task(name=name)(task)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # whatever the queue's engine raises; it may hold a password
        raise BusUnavailable(f"the queue gives no answer ({type(error).__name__})") from error
