"""huey's workers, until told to stop."""

import logging
import threading
from collections.abc import Callable

from huey import Huey
from huey.consumer import Consumer
from service_kit.backoff import backoff_s

log = logging.getLogger(__name__)

_TICK_S = 1.0
_LONGEST_S = 10.0
_TELL_OF_EVERY_READ = ("huey.consumer.Worker", "huey.consumer.Scheduler")
"""They read several times a second; that a queue is away is said once a while, below."""

_GRACE_S = 4


def consume(
    huey: Huey, tick: Callable[[], None], stopping: threading.Event, *, workers: int
) -> None:
    """Perform tasks until `stopping` is set, and call `tick` once a second; blocks.

    A task that takes longer than 4 s to end is left behind as if killed.
    """
    consumer = Consumer(
        huey,
        workers=workers,
        periodic=False,
        initial_delay=0.02,
        max_delay=0.2,
        shutdown_timeout=_GRACE_S,
    )
    for name in _TELL_OF_EVERY_READ:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # What its `start` does, without taking the signals, which belong to whoever calls.
    consumer.scheduler.start()
    for _, worker in consumer.worker_threads:
        worker.start()
    failures = 0
    while not stopping.is_set():
        failures = 0 if _succeeds(tick) else failures + 1
        consumer.check_worker_health()
        stopping.wait(backoff_s(failures, longest_s=_LONGEST_S) if failures else _TICK_S)
    consumer.stop(graceful=True)


def _succeeds(tick: Callable[[], None]) -> bool:
    try:
        tick()
    except Exception as error:  # noqa: BLE001 - the outermost loop: the queue may be away a while
        log.warning("the queue gives no answer why=%s", type(error).__name__)  # it may hold secrets
        return False
    return True
