"""A bell between processes of one machine: whoever changed a table rings, who works on it wakes.

It is only a hint. A ring that is lost costs one poll interval, never an event, so nothing here
retries. The bell of a database is a Unix datagram socket whose name follows from its URL.
"""

import contextlib
import hashlib
import os
import select
import socket
import tempfile
import threading
from pathlib import Path

_DRAIN_AT_ONCE = 4096


class Doorbell:
    """Ring from any number of processes; one process at a time waits."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._ringer: socket.socket | None = None
        self._ringer_pid = 0
        self._ringer_lock = threading.Lock()
        self._listener: socket.socket | None = None

    @classmethod
    def for_database(cls, url: str, purpose: str = "outbox") -> "Doorbell":
        """The bell that belongs to a database URL and a purpose on this machine."""
        name = hashlib.sha256(f"{purpose} {url}".encode()).hexdigest()[:24]
        folder = Path(tempfile.gettempdir()) / f"gavel-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return cls(folder / name)

    def ring(self) -> None:
        """Wake whoever waits. Never blocks and never fails: nobody may be listening."""
        with contextlib.suppress(OSError):
            self._open_ringer().sendto(b"!", self._path)

    def listen(self) -> socket.socket:
        """Take over the bell (from a process that may be dead); returns the readable socket."""
        if self._listener is None:
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            listener.setblocking(False)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)
            listener.bind(self._path)
            self._listener = listener
        return self._listener

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` for a ring; True when there was one. Rings meanwhile are one."""
        listener = self.listen()
        ready, _, _ = select.select([listener], [], [], max(0.0, seconds))
        if ready:
            self.quiet()
        return bool(ready)

    def quiet(self) -> None:
        """Take all rings that are waiting."""
        with contextlib.suppress(BlockingIOError):
            while self.listen().recv(_DRAIN_AT_ONCE):
                pass

    def close(self) -> None:
        """Stop listening and ringing."""
        for end in (self._ringer, self._listener):
            if end is not None:
                end.close()
        self._ringer = self._listener = None

    def _open_ringer(self) -> socket.socket:
        # A forked gunicorn worker opens an end of its own.
        with self._ringer_lock:
            if self._ringer is None or self._ringer_pid != os.getpid():
                self._ringer = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                self._ringer.setblocking(False)
                self._ringer_pid = os.getpid()
            return self._ringer
