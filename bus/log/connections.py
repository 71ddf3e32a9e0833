"""Connections of the driver itself, one a thread: Core and its pool cost more than the statements
of the hot path."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from service_kit.errors import StoreUnavailable
from service_kit.outage import outages_translated
from sqlalchemy import Engine

T = TypeVar("T")

CHANNEL = "gavel_bus"
"""What PostgreSQL's sessions notify and listen at."""


class Connections:
    """Opens a connection for each thread that asks, and keeps it until something fails in it. May
    be used by any thread, and by any process that was forked since."""

    def __init__(self, engine: Engine, prepare: Callable[[Any], None] | None = None) -> None:
        self._engine = engine
        self._prepare = prepare
        self._mine = threading.local()
        self._all: list[Any] = []
        self._inherited: list[Any] = []
        self._pid = os.getpid()
        self.breaks = 0
        """How often the store was found to have ended them: what is behind the next may have been
        restored. Whichever thread finds it first, it counts once: an idle one's, found later, was
        ended with the others."""

    @contextmanager
    def using(self) -> Iterator[Any]:
        """This thread's connection. Whatever is raised meanwhile ends it, and the transaction it is
        in. Raises StoreUnavailable."""
        with outages_translated():
            try:
                yield self._open_mine()
            except BaseException:
                self._drop_mine()
                raise

    def once(self, work: Callable[[Any], T]) -> T:
        """Do what may have been done when it fails. Raises StoreUnavailable."""
        with self.using() as connection:
            return work(connection)

    def repeatable(self, work: Callable[[Any], T]) -> T:
        """Do what may be repeated: once more, over a new connection, when this one turns out to be
        broken. Raises StoreUnavailable."""
        with outages_translated():
            try:
                return work(self._open_mine())
            except Exception:
                if not self._drop_mine():
                    raise
        return self.once(work)

    def close(self) -> None:
        """Close all of them; nobody may be using one."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._mine = threading.local()

    def _open_mine(self) -> Any:
        if self._pid != os.getpid():
            self._leave_to_parent()
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            self._mine.breaks = self.breaks
            connection = self._mine.connection = self._open()
            self._all.append(connection)
        return connection

    def _drop_mine(self) -> bool:
        """Whether it was broken."""
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            return False
        is_broken = bool(getattr(connection, "broken", False))
        if is_broken and self._mine.breaks == self.breaks:
            self.breaks += 1
        self._mine.connection = None
        self._all.remove(connection)
        connection.close()
        return is_broken

    def _leave_to_parent(self) -> None:
        # Kept, for closing one would end the parent's session, or its locks on a SQLite file.
        self._inherited += self._all
        self._all, self._mine, self._pid = [], threading.local(), os.getpid()

    def _open(self) -> Any:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        try:
            if self._prepare is not None:
                self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def check_committed(connection: Any, answer: Any) -> None:
    """Raise an error that says that the store can't be used unless a COMMIT, once it was answered
    on PostgreSQL, has committed: it answers ROLLBACK, and no error, where something in the
    transaction had failed, and only warns where it stopped waiting for a standby."""
    if answer.statusmessage != "COMMIT":
        raise StoreUnavailable(f"asked to commit, the database answered {answer.statusmessage}")
    connection.check_lasting()
