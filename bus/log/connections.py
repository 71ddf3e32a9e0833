"""Connections of the driver itself, one a thread: Core and its pool cost more than the statements
of the hot path."""

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine


class Connections:
    """Opens a connection for each thread that asks, and keeps it. May be used by any thread."""

    def __init__(self, engine: Engine, prepare: Callable[[Any], None] | None = None) -> None:
        self._engine = engine
        self._prepare = prepare
        self._mine = threading.local()
        self._all: list[Any] = []

    def mine(self) -> Any:
        """This thread's connection."""
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._open()
            self._mine.connection = connection
            self._all.append(connection)
        return connection

    def drop_mine(self) -> None:
        """Close this thread's connection, with whatever transaction it is in."""
        connection = getattr(self._mine, "connection", None)
        if connection is not None:
            self._mine.connection = None
            self._all.remove(connection)
            connection.close()

    def close(self) -> None:
        """Close all of them; nobody may be using one."""
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._mine = threading.local()

    def _open(self) -> Any:
        pooled = self._engine.raw_connection()
        connection = pooled.driver_connection
        pooled.detach()
        if self._prepare is not None:
            self._prepare(connection)
        return connection
