"""Notify and listen between processes of one machine: who works on a table hears that it changed.

It is only a hint. A notification that is lost costs one poll interval, never an event, so nothing
here retries. A channel is a Unix datagram socket whose name follows from its database's URL.
"""

import contextlib
import hashlib
import os
import select
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from service_kit.private import runtime_folder

_LONGEST_BYTES = 32 * 1024
_HINT = b"!"


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

    def __init__(self, path: Path) -> None:
        self._path = str(path)
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
        """Take over the channel (from a process that may be dead); returns the readable socket."""
        if self._listener is None:
            Path(self._path).parent.mkdir(mode=0o700, exist_ok=True)
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            listener.setblocking(False)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path)
            listener.bind(self._path)
            self._listener = listener
        return self._listener

    def is_lost(self) -> bool:
        """Whether notifications reach nobody: whoever tidies up temporary files took the socket's,
        or another listener took it over and died."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect(self._path)
            except (FileNotFoundError, ConnectionRefusedError):
                return True
        return False

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
