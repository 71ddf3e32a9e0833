"""huey's workers, until told to stop."""

import logging
import threading
from collections.abc import Callable

from huey import Huey
from huey.consumer import Consumer

log = logging.getLogger(__name__)

_TICK_S = 1.0
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
    # What its `start` does, without taking the signals, which belong to whoever calls.
    consumer.scheduler.start()
    for _, worker in consumer.worker_threads:
        worker.start()
    while not stopping.is_set():
        _safely(tick)
        consumer.check_worker_health()
        stopping.wait(_TICK_S)
    consumer.stop(graceful=True)


def _safely(tick: Callable[[], None]) -> None:
    try:
        tick()
    except Exception:  # the outermost loop of this process: the queue may be away for a while
        log.exception("tick failed")
