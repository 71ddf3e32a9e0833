"""A bell on PostgreSQL's LISTEN: readable when any process, on any machine, has rung."""

import contextlib
import os
import select
import threading
from typing import Any

import psycopg
from service_kit.logs import get_logger
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

log = get_logger(__name__)

CHANNEL = "gavel_bus"
_RECONNECT_AFTER_S = 1.0


class PostgresBell:
    """A thread listens, and opens its connection anew when that breaks: the descriptor stays."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._rung = self._stop = -1
        self._thread: threading.Thread | None = None

    def fileno(self) -> int:
        """The descriptor to wait on. Every listener gets every ring."""
        if self._thread is None:
            self._rung = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            self._stop = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            listening = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(listening,), name="bell", daemon=True
            )
            self._thread.start()
            listening.wait(_RECONNECT_AFTER_S)
        return self._rung

    def quiet(self) -> None:
        """Take the rings that wait."""
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._rung)

    def close(self) -> None:
        """Stop listening."""
        if self._thread is not None:
            os.eventfd_write(self._stop, 1)
            self._thread.join()
            os.close(self._rung)
            os.close(self._stop)
            self._thread = None

    def _run(self, listening: threading.Event) -> None:
        while not _readable(self._stop, 0):
            try:
                self._listen(listening)
            except (psycopg.Error, SQLAlchemyError, OSError) as error:
                log.warning("not listening", error=type(error).__name__)
                _readable(self._stop, _RECONNECT_AFTER_S)

    def _listen(self, listening: threading.Event) -> None:
        with _open(self._engine) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            listening.set()
            os.eventfd_write(self._rung, 1)  # what was rung while nobody listened
            while not _readable(self._stop, None, connection):
                for _ in connection.notifies(timeout=0):
                    os.eventfd_write(self._rung, 1)


def _open(engine: Engine) -> Any:
    pooled = engine.raw_connection()
    connection: Any = pooled.driver_connection
    pooled.detach()
    connection.autocommit = True
    return connection


def _readable(stop: int, timeout_s: float | None, *others: Any) -> bool:
    """Wait; whether it is time to stop."""
    poll = select.poll()  # not select.select: a pusher has more descriptors than that can name
    for descriptor in (stop, *others):
        poll.register(descriptor, select.POLLIN)
    ready = poll.poll(None if timeout_s is None else timeout_s * 1000)
    return any(descriptor == stop for descriptor, _ in ready)
