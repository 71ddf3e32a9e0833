"""Listening with PostgreSQL's LISTEN: readable when any process, on any machine, has notified."""

import select
import selectors
import threading
from collections.abc import Sequence
from typing import Any

from service_kit.logs import get_logger
from service_kit.notify import NotifyChannel
from service_kit.wakeup import Wakeup
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bus.log.appended import Appended, told, told_places
from bus.log.connections import CHANNEL

log = get_logger(__name__)

_RECONNECT_AFTER_S = 1.0
_WAIT_MS = 500


class PostgresListener:
    """The descriptor is a selector's (epoll's or kqueue's) over the connection that listens, so who
    waits is woken without a detour, and the descriptor stays when the connection breaks.

    A thread opens that connection, and another one when it broke; between times it sleeps.
    """

    def __init__(self, engine: Engine, channel: NotifyChannel | None = None) -> None:
        """Through `channel` appends of the same machine are heard of sooner, and their events."""
        self._engine = engine
        self._channel = channel
        # Not from psycopg, which a bus on SQLite has no use for.
        self._error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._thread: threading.Thread | None = None

    def fileno(self) -> int:
        """The descriptor to wait on. Every listener gets every notification."""
        if self._thread is None:
            self._ready: Any = selectors.DefaultSelector()
            self._missed = Wakeup()
            self._ready.register(self._missed, selectors.EVENT_READ)
            if self._channel is not None:
                self._ready.register(self._channel.listen(), selectors.EVENT_READ)
            self._connection: Any = None
            self._is_open = True
            self._wanted = threading.Event()  # another connection, or an end
            listening = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(listening,), name="listener", daemon=True
            )
            self._thread.start()
            listening.wait(_RECONNECT_AFTER_S)
        descriptor: int = self._ready.fileno()
        return descriptor

    def take(self) -> Sequence[Appended] | None:
        """Take the notifications that wait; see Listener."""
        here = [] if self._channel is None else told(self._channel.take())
        has_missed = self._missed.clear()
        there = self._take_there()
        return None if here is None or there is None or has_missed else [*here, *there]

    def is_lost(self) -> bool:
        """Whether the channel is; a connection that breaks is opened anew by itself."""
        return self._channel is not None and self._channel.is_lost()

    def close(self) -> None:
        """Stop listening."""
        if self._thread is not None:
            self._is_open = False
            self._wanted.set()
            self._thread.join()
            self._thread = None
            if self._connection is not None:
                self._hang_up()
            self._missed.close()
            self._ready.close()
            if self._channel is not None:
                self._channel.close()

    def _take_there(self) -> Sequence[Appended] | None:
        if self._connection is None:
            return None
        words: list[str] = []
        try:
            self._connection.pgconn.consume_input()
            while notification := self._connection.pgconn.notifies():
                words.append(notification.extra.decode("latin-1"))
        except self._error as error:
            log.warning("not listening", error=type(error).__name__)
            self._hang_up()
            self._wanted.set()
            return None
        return told_places(words)

    def _run(self, listening: threading.Event) -> None:
        while self._is_open:
            try:
                self._listen()
            except (self._error, SQLAlchemyError, OSError) as error:
                log.warning("not listening", error=type(error).__name__)
                self._wanted.wait(_RECONNECT_AFTER_S)
            else:
                listening.set()
                self._wanted.wait()
            self._wanted.clear()

    def _listen(self) -> None:
        connection = _open(self._engine)
        try:
            connection.execute(f"LISTEN {CHANNEL}")
        except self._error:
            connection.close()
            raise
        self._connection = connection
        self._watched = self._ready.register(connection.fileno(), selectors.EVENT_READ)
        self._missed.ring()  # what was missed while nobody listened

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        self._ready.unregister(self._watched.fd)
        connection.close()


def wait_at(listener: PostgresListener) -> bool:
    """Wait to be notified, half a second at most; true, to look again."""
    ready = select.poll()  # a process with many streams has descriptors that select can't take
    ready.register(listener.fileno(), select.POLLIN)
    if ready.poll(_WAIT_MS):
        listener.take()
    return True


def _open(engine: Engine) -> Any:
    pooled = engine.raw_connection()
    connection: Any = pooled.driver_connection
    pooled.detach()
    connection.autocommit = True
    return connection
