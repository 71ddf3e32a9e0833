"""Notify and listen between processes of one machine: who works on a table hears that it changed.

It is only a hint. A notification that is lost costs one poll interval, never an event, so nothing
here retries. A channel is a Unix datagram socket whose name follows from its database's URL.
"""

import contextlib
import hashlib
import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from service_kit.private import runtime_folder

_LONGEST_BYTES = 32 * 1024
_HINT = b"!"
_OTHERS_TURN_S = 30.0

log = logging.getLogger(__name__)


class Channel(Protocol):
    """What tells whoever works on a table that it changed, and what they wait at."""

    def notify(self) -> None:
        """Wake whoever waits. Never blocks and never fails."""

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` to be notified; True when it was."""

    def close(self) -> None:
        """Stop listening and notifying."""


OpenChannel = Callable[[str, str], Channel]
"""Opens the channel of a database URL and a purpose."""


class NotifyChannel:
    """Any number of processes notify; one at a time listens."""

    def __init__(self, path: Path, *, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._path = str(path)
        self._steady_s = steady_s
        self._bound: tuple[int, int, int] | None = None
        self._taken_since_s: float | None = None
        self._why_not: int | None = None
        self._sender: socket.socket | None = None
        self._sender_lock = threading.Lock()
        self._listener: socket.socket | None = None

    @classmethod
    def for_database(cls, url: str, purpose: str = "outbox") -> "NotifyChannel":
        """The channel that belongs to a database URL and a purpose on this machine. Raises
        ConfigError when this user has no folder of its own for it."""
        name = hashlib.sha256(f"{purpose} {_absolute(url)}".encode()).hexdigest()[:24]
        return cls(runtime_folder() / name)

    def notify(self, message: bytes = _HINT) -> None:
        """Wake whoever waits. Never blocks and never fails: nobody may be listening. A message of
        at most 32 KiB tells what for, where there is room for it."""
        try:
            self._open_sender().sendto(message, self._path)
        except OSError:
            if message != _HINT:
                self.notify()

    def listen(self) -> socket.socket:
        """Take over the channel (from a process that may be dead); returns the readable socket.
        Where it can't be had nothing ever comes in it, and it is lost."""
        if self._listener is None:
            self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._listener.setblocking(False)
            self._take_over(self._listener)
        return self._listener

    def _take_over(self, listener: socket.socket) -> None:
        path, self._bound = Path(self._path), None
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _clear_away(path)
            listener.bind(self._path)
            self._bound, self._taken_since_s = _identity(self._path), None
        except OSError as error:  # whoever listens looks now and then anyway
            if self._why_not != error.errno:
                log.warning("nobody can be notified path=%s why=%s", self._path, error.strerror)
            self._why_not = error.errno
        else:
            self._why_not = None

    def is_lost(self) -> bool:
        """Whether notifications reach nobody: whoever tidies up temporary files took the socket's,
        or something else is in its place, be it another listener that died. One that lives counts
        for half a minute: it may be none of ours."""
        try:
            found = _identity(self._path)
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
                probe.connect(self._path)
        except OSError:
            return True
        if found == self._bound:
            self._taken_since_s = None
            return False
        now_s = self._steady_s()
        if self._taken_since_s is None:
            self._taken_since_s = now_s
        return now_s - self._taken_since_s >= _OTHERS_TURN_S

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` to be notified; True when it was, however often meanwhile.

        Who waited in vain sees to it that it still can be notified.
        """
        ready, _, _ = select.select([self.listen()], [], [], max(0.0, seconds))
        if ready:
            self.clear()
        elif self.is_lost():
            self._hang_up()
            self.listen()
        return bool(ready)

    def clear(self) -> None:
        """Take all notifications that wait."""
        self.take()

    def take(self) -> list[bytes]:
        """Take all notifications that wait; their messages, in order."""
        messages: list[bytes] = []
        with contextlib.suppress(BlockingIOError):
            while message := self.listen().recv(_LONGEST_BYTES):
                messages.append(message)
        return messages

    def close(self) -> None:
        """Stop listening and notifying."""
        if self._sender is not None:
            self._sender.close()
            self._sender = None
        self._hang_up()

    def _hang_up(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _open_sender(self) -> socket.socket:
        # Unconnected, so that forked processes may go on with it.
        with self._sender_lock:
            if self._sender is None:
                self._sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                self._sender.setblocking(False)
            return self._sender


def _absolute(url: str) -> str:
    """Of a database in a file the whole path: others may say the same in another folder."""
    scheme, is_file, path = url.partition("sqlite:///")
    return f"{is_file}{os.path.abspath(path)}" if is_file and not scheme else url


def _clear_away(path: Path) -> None:
    """Whatever is there, but for a folder that holds something. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _identity(path: str) -> tuple[int, int, int]:
    found = os.lstat(path)
    return found.st_dev, found.st_ino, found.st_ctime_ns  # a number is given again
