"""smtplib: a session that is made before it connects, so that somebody else can cut it short, and
that reads no answer without end.

`smtplib.SMTP` remembers the name to check a certificate against only when its constructor
connects. Connecting later needs `_host`, which nothing else sets. It reads the lines of an answer
for as long as each says that another follows.
"""

import smtplib
import ssl
from typing import IO

_MAX_ANSWER_BYTES = 64 * 1024


def unconnected(
    host: str, *, local_hostname: str, timeout_s: float, context: ssl.SSLContext | None
) -> smtplib.SMTP:
    """A session with `host` that `connect` begins; with a `context`, TLS from the first byte.

    An answer of more than 64 KiB ends it: SMTPServerDisconnected.
    """
    smtp: smtplib.SMTP
    if context is None:
        smtp = _Session(local_hostname=local_hostname, timeout=timeout_s)
    else:
        smtp = _TlsSession(local_hostname=local_hostname, timeout=timeout_s, context=context)
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


class _Session(smtplib.SMTP):
    def getreply(self) -> tuple[int, bytes]:
        """Read an answer."""
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        if isinstance(self.file, _Bounded):
            self.file.begin()
        return super().getreply()


class _TlsSession(_Session, smtplib.SMTP_SSL):
    pass
