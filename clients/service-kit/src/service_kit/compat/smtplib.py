"""smtplib: a session that is made before it connects, so that somebody else can cut it short, that
reads no answer without end, and whose kill doesn't undo what was answered to a mail.

`smtplib.SMTP` remembers the name to check a certificate against only when its constructor
connects. Connecting later needs `_host`, which nothing else sets. It reads the lines of an answer
for as long as each says that another follows, through a file that it makes if there is none.
"""

import contextlib
import errno
import io
import smtplib
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import IO

_MAX_ANSWER_BYTES = 64 * 1024
_GO_ON = 354  # RFC 5321, 4.3.2: the next answer is to the content
_NOWHERE = memoryview(bytearray())
_RECEIVES_WITHIN_S = 0.1  # Linux holds back for 0.2 s at most
_LOOK_AGAIN_S = 0.000_1


def unconnected(
    host: str, *, local_hostname: str, timeout_s: float, context: ssl.SSLContext | None
) -> "Smtp":
    """A session with `host` that `connect` begins; with a `context`, TLS from the first byte.

    An answer of more than 64 KiB ends it: SMTPServerDisconnected.
    """
    if context is None:
        smtp = Smtp(local_hostname=local_hostname, timeout=timeout_s)
    else:
        smtp = _TlsSmtp(local_hostname=local_hostname, timeout=timeout_s, context=context)
    smtp._host = host  # type: ignore[attr-defined]
    return smtp


class _Bounded:
    """The lines that a server says; `begin` before each answer."""

    def __init__(self, lines: IO[bytes]) -> None:
        self._lines = lines
        self._left = 0

    def begin(self) -> None:
        """Another answer is read from here on."""
        self._left = _MAX_ANSWER_BYTES

    def readline(self, limit: int) -> bytes:
        """A line. Raises OSError when the answer has become too long."""
        line = self._lines.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise OSError(f"an answer of more than {_MAX_ANSWER_BYTES} bytes")
        return line

    def close(self) -> None:
        """Close it."""
        self._lines.close()


class _Received(io.RawIOBase):
    """What comes from the server; first of all into what is to be kept, as long as that has room.

    Who is killed while the system receives for them has received. So it receives before the
    server can have answered: the end of what is said to it is held back until another thread sees
    that this one is there.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._kept = _NOWHERE
        self._is_held_back = False

    def keep(self, start: memoryview) -> None:
        """Where the start of what comes next belongs, if anywhere."""
        if start or self._is_held_back:
            self._is_held_back = bool(start)
            _hold_back(self._connection, self._is_held_back)
        self._kept = start

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._kept:
            return self._connection.recv_into(buffer)
        # Without a time-out, for with one Python waits first and receives then.
        timeout_s = self._connection.gettimeout()
        self._connection.settimeout(None)
        try:
            return self._receive(buffer)
        finally:
            self._connection.settimeout(timeout_s)

    def _receive(self, buffer: memoryview) -> int:
        kept, self._kept = self._kept, _NOWHERE
        if self._is_held_back:
            self._is_held_back = False
            here = threading.get_native_id()
            threading.Thread(target=_let_go, args=(self._connection, here), daemon=True).start()
        try:
            count = self._connection.recv_into(kept)
        except OSError as error:
            if error.errno != errno.EFAULT:
                raise
            return self._connection.recv_into(buffer)  # nothing can be written there any more
        buffer[:count], self._kept = kept[:count], kept[count:]
        return count


def _hold_back(connection: socket.socket, held: bool) -> None:
    if hasattr(socket, "TCP_CORK"):
        with contextlib.suppress(OSError):  # not TCP, or closed
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, held)


def _let_go(connection: socket.socket, receiver: int) -> None:
    ends_at = time.monotonic() + _RECEIVES_WITHIN_S
    while not _receives(connection, receiver) and time.monotonic() < ends_at:
        time.sleep(_LOOK_AGAIN_S)
    _hold_back(connection, held=False)


def _receives(connection: socket.socket, thread: int) -> bool:
    """Whether the thread waits in a call of the system for this connection (proc(5))."""
    try:
        call = Path(f"/proc/self/task/{thread}/syscall").read_text().split()
    except OSError:
        return True  # a system that doesn't tell
    return call[1:2] == [hex(connection.fileno())]


class Smtp(smtplib.SMTP):
    """A session."""

    _received: _Received
    _next_kept = _NOWHERE

    def keep_answer(self, start: memoryview | None) -> None:
        """Have the system itself write there how the answer to the content of the next mail
        starts, the moment it arrives. Nothing but `sock.shutdown` ends the wait for it then."""
        self._next_kept = _NOWHERE if start is None else start

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer."""
        if self.file is None and self.sock is not None:
            self._received = _Received(self.sock)
            self.file = _Bounded(io.BufferedReader(self._received))
        if isinstance(self.file, _Bounded):
            self.file.begin()
        code, words = super().getreply()
        if isinstance(self.file, _Bounded):
            self._received.keep(self._next_kept if code == _GO_ON else _NOWHERE)
        return code, words


class _TlsSmtp(Smtp, smtplib.SMTP_SSL):
    pass
