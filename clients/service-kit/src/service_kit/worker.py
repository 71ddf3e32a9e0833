"""A worker process: named loops in threads, until SIGTERM or SIGINT; or beside a web process."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from service_kit.errors import StoreUnavailable
from service_kit.health import Check, serve_health
from service_kit.jobs import Job
from service_kit.logs import get_logger
from service_kit.metrics.exposition import Collect
from service_kit.private import keep_files_private
from service_kit.stop_signals import stop_signals

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = get_logger(__name__)

T = TypeVar("T")
Body = Callable[[], float]
"""One round of work; returns the seconds until the next. Must be killable at any moment."""

_AFTER_A_FAILURE_S = 1.0
_FAILS_AFTER_S = 3.0
_GRACE_S = 25.0
"""Longer than a mail's exchange may take, and less than whoever runs workers gives them to end."""


def listening(job: Job, wait: Callable[[], object]) -> Body:
    """A body that has the job do a piece; when there is none, `wait` waits until there may be."""

    def body() -> float:
        if not job.piece() and not job.rest_s():
            wait()
        return job.rest_s()

    return body


class Loops:
    """Runs each body in a thread of its own, again and again, until stopped."""

    def __init__(self, bodies: Mapping[str, Body]) -> None:
        self._bodies = dict(bodies)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failing_since_s: dict[str, float] = {}

    def start(self) -> None:
        """Start a thread a body."""
        for name, body in self._bodies.items():
            thread = threading.Thread(target=self._go_round, args=(name, body), name=name)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout_s: float = 5.0) -> list[str]:
        """Ask all to stop after the round they are in, and wait up to `timeout_s` for them; the
        names of those that are in it still."""
        ends_at = time.monotonic() + timeout_s
        self._stopping.set()
        for thread in self._threads:
            thread.join(max(0.0, ends_at - time.monotonic()))
        return [thread.name for thread in self._threads if thread.is_alive()]

    def all_alive(self) -> None:
        """A readiness check: raises RuntimeError when a loop has died, or fails round by round."""
        dead = [thread.name for thread in self._threads if not thread.is_alive()]
        if dead or not self._threads:
            raise RuntimeError(f"not running: {dead or list(self._bodies)}")
        before_s = time.monotonic() - _FAILS_AFTER_S
        failing = [name for name, since_s in self._failing_since_s.items() if since_s <= before_s]
        if failing:
            raise RuntimeError(f"failing: {sorted(failing)}")

    def wait_for_stop(self) -> None:
        """Block until somebody asks to stop."""
        self._stopping.wait()

    def ask_to_stop(self) -> None:
        """Wake `wait_for_stop`."""
        self._stopping.set()

    def _go_round(self, name: str, body: Body) -> None:
        while not self._stopping.is_set():
            try:
                pause_s = body()
                self._failing_since_s.pop(name, None)
            except StoreUnavailable:  # logged where it was seen
                self._failing_since_s.setdefault(name, time.monotonic())
                pause_s = _AFTER_A_FAILURE_S
            except Exception:
                log.exception("loop failed", loop=name)
                self._failing_since_s.setdefault(name, time.monotonic())
                pause_s = _AFTER_A_FAILURE_S
            self._stopping.wait(pause_s)


class WebProcess:
    """A WSGI app, and the loops that run beside it from `start` to `stop`: of a gunicorn worker
    (`service_kit.web_server.start_loops` and `stop_loops`)."""

    def __init__(self, app: "WSGIApplication", loops: Loops) -> None:
        self._app = app
        self._loops = loops

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        return self._app(environ, start_response)

    def start(self) -> None:
        """Run the loops."""
        self._loops.start()

    def stop(self) -> None:
        """End them after the round that each is in."""
        self._loops.stop()


class WaitingWebProcess(WebProcess):
    """One that can only be made once its store is there: until then it lives, is not ready, and
    answers 503. `make` raises StoreUnavailable, and is called each second."""

    def __init__(self, make: Callable[[], WebProcess]) -> None:
        super().__init__(_not_yet, Loops({"begin": self._begin}))
        self._make = make
        self._made: WebProcess | None = None

    def stop(self) -> None:
        """End what runs."""
        super().stop()
        if self._made is not None:
            self._made.stop()

    def _begin(self) -> float:
        self._app = self._made = self._make()
        self._made.start()
        self._loops.ask_to_stop()
        return 0


def made_or_waiting(make: Callable[[], WebProcess]) -> WebProcess:
    """What `make` returns, or one that waits until it does. Raises what `make` does, but for
    StoreUnavailable."""
    try:
        return make()
    except StoreUnavailable:  # logged where it was seen
        return WaitingWebProcess(make)


def made_when_there(make: Callable[[], T]) -> T:
    """What `make` returns, once it doesn't raise StoreUnavailable: it is called each second. For
    who serves nobody meanwhile; blocks."""
    while True:
        try:
            return make()
        except StoreUnavailable:  # logged where it was seen
            time.sleep(_AFTER_A_FAILURE_S)


def _not_yet(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    lives = environ.get("PATH_INFO") == "/healthz"
    headers = [("Content-Type", "application/json")]
    if lives:
        start_response("200 OK", headers)
        return [b'{"status":"ok"}']
    start_response("503 Service Unavailable", [*headers, ("Retry-After", "1")])
    return [b'{"store":"can\'t be asked"}']


def run_loops(
    bodies: Mapping[str, Body],
    *,
    health_port: int | None = None,
    checks: Mapping[str, Check] | None = None,
    collect: Collect = tuple,
) -> None:
    """Run the bodies until SIGTERM or SIGINT, and to the end of the rounds they are in; blocks.

    Serves /healthz, /readyz and /metrics, with what `collect` makes, on `health_port` if given one.
    A round that takes longer than 25 s to end is left behind as if killed, with the process.
    """
    keep_files_private()
    loops = Loops(bodies)
    with stop_signals(loops.ask_to_stop):
        loops.start()
        if health_port is not None:
            serve_health(health_port, {"loops": loops.all_alive} | dict(checks or {}), collect)
        log.info("worker started", loops=",".join(bodies))
        loops.wait_for_stop()
        left = loops.stop(_GRACE_S)
    if left:
        _leave(left)
    log.info("worker stopped")


def _leave(names: list[str]) -> None:
    """End the process where it is: its interpreter would wait for every thread."""
    log.warning("worker stopped in the middle", loops=",".join(names))
    logging.shutdown()
    os._exit(0)
