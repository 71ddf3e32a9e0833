"""A jobs process: huey's workers, and the reaper of iterations."""

import threading

from huey.consumer import Consumer
from service_kit.stop_signals import stop_signals

from bus_drain.jobs.iterations import Iterations

_REAP_EVERY_S = 2.0
_GRACE_S = 4


def work(iterations: Iterations, *, workers: int = 2, reap_every_s: float = _REAP_EVERY_S) -> None:
    """Perform jobs until SIGTERM or SIGINT; blocks. For the main thread.

    Then every run stops after the step it is in, saved; the next process goes on. One whose step
    takes longer than 4 s is left behind as if killed.
    """
    stopping = threading.Event()
    consumer = Consumer(
        iterations.huey,
        workers=workers,
        periodic=False,
        initial_delay=0.05,
        max_delay=0.5,
        shutdown_timeout=_GRACE_S,
    )
    consumer.start()
    with stop_signals(stopping.set):  # in place of huey's, which drop running jobs
        while not stopping.is_set():
            iterations.reap()
            consumer.check_worker_health()
            stopping.wait(reap_every_s)
        iterations.stop()
        consumer.stop(graceful=True)
