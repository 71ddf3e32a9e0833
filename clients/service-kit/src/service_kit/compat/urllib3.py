"""urllib3: the socket that a call goes over, shown before anything is sent.

Neither a connection's socket nor the classes that a pool manager takes belong to urllib3's
interface; without both no other thread could cut a call short.
"""

import socket
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

Watch = Callable[[socket.socket | None], None]

watching: ContextVar[Watch | None] = ContextVar("watching", default=None)
"""Hears which socket each call of this context goes over: once a new connection is open, and
before one of the pool is used again."""


def watch_sockets(manager: PoolManager) -> None:
    """Have the calls that go through `manager` tell who is `watching`."""
    manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


if TYPE_CHECKING:
    _Connection = HTTPConnection
else:
    _Connection = object


class _Watched(_Connection):
    def connect(self) -> None:
        super().connect()
        self._tell()

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._tell()  # a pooled connection is open already
        super().request(*args, **kwargs)

    def _tell(self) -> None:
        if (watch := watching.get()) is not None:
            watch(self.sock)


class _Http(_Watched, HTTPConnection):
    pass


class _Https(_Watched, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https
