"""A deadline for a whole HTTP call: requests' own time-outs bound only the wait between bytes."""

import contextlib
import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter

from service_kit.compat.urllib3 import watch_sockets, watching


class Deadline:
    """Cuts the connection of the call made inside its `with` when `seconds` have passed.

    `passed` tells whether it did. The call must go through a DeadlineAdapter.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._lock = threading.Lock()
        self._sock: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def watch(self, sock: socket.socket | None) -> None:
        """From now on this socket carries the call."""
        with self._lock:
            self._sock = sock
            if self.passed:
                self._shut()

    def _cut(self) -> None:
        with self._lock:
            self.passed = True
            self._shut()

    def _shut(self) -> None:
        if self._sock is not None:
            with contextlib.suppress(OSError):  # it may be closed already
                self._sock.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> "Deadline":
        self._timer.start()
        self._reset = watching.set(self.watch)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._sock = None
        watching.reset(self._reset)


class DeadlineAdapter(HTTPAdapter):
    """A requests adapter whose connections obey the deadline around the call."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Have the pool manager make watched connections."""
        super().init_poolmanager(*args, **kwargs)
        watch_sockets(self.poolmanager)
