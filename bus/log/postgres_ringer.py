"""Telling who listens, after an append has committed and apart from it.

PostgreSQL lets one transaction of a whole server notify at a time, from its NOTIFY until its commit
is on disk. So an append that notifies keeps all others waiting, whatever else they hold.
"""

import os
import threading
import time
from typing import Any

from service_kit.errors import StoreUnavailable
from sqlalchemy import Engine

from bus.log.connections import CHANNEL, Connections

_EVERY_S = 0.0015
_NOTIFY = f"SELECT pg_notify('{CHANNEL}', %s)"


class Ringer:
    """A thread of this process that notifies: at once, then at most every 1.5 ms, for all that was
    rung for meanwhile. What it loses costs a listener half a second: that one looks by itself."""

    def __init__(self, engine: Engine) -> None:
        self._connections = Connections(engine, _prepare)
        self._starting = threading.Lock()
        self._pid: int | None = None

    def ring(self, place: str) -> None:
        """Have it told that the log has grown up to there. Never blocks."""
        if self._pid != os.getpid():
            self._start()
        self._place = place
        self._wanted.set()

    def close(self) -> None:
        """Tell what is to be told, and end."""
        if self._pid == os.getpid():
            self._is_open = False
            self._wanted.set()
            self._thread.join()
            self._connections.close()
            self._pid = None

    def _start(self) -> None:
        # Threads don't survive a fork: a web process starts its own with its first append.
        with self._starting:
            if self._pid != os.getpid():
                self._wanted = threading.Event()
                self._is_open = True
                self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)
                self._thread.start()
                self._pid = os.getpid()

    def _run(self) -> None:
        while self._is_open:
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._connections.repeatable(self._notify)
            except StoreUnavailable:  # logged; who listens has lost its connection too, and looks
                continue
            time.sleep(_EVERY_S)

    def _notify(self, connection: Any) -> None:
        connection.execute(_NOTIFY, (self._place,))


def _prepare(connection: Any) -> None:
    connection.autocommit = True
    # Whoever notifies at once waits for it, and a hint needn't be on disk.
    connection.execute("SET synchronous_commit = off")
