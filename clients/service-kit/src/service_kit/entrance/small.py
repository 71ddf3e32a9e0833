"""`http.server`'s or werkzeug's server in a thread of a worker or a tool, behind our bounds."""

import io
import socket
import sys
import threading
import time
from contextlib import suppress
from http.client import LineTooLong
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from service_kit.entrance import MAX_HEAD_BYTES, MAX_LINE_BYTES, refusal

_MOST_AT_ONCE = 256
_LINGER_S = 2.0
# What `http.server` says is not implemented, or of no version it knows, is wrong in the request.
_STATUSES = {501: 405, 505: 400}


class BoundedHandler(BaseHTTPRequestHandler):
    """Reads one request, of as many bytes as a head may have, and answers, within a deadline."""

    protocol_version = "HTTP/1.0"  # one request a connection
    request_s = 5.0  # a probe asks for nothing that is long

    def setup(self) -> None:
        """Begin with a connection."""
        super().setup()
        self.rfile.close()
        end = time.monotonic() + self.request_s
        most = MAX_HEAD_BYTES + MAX_LINE_BYTES
        self.rfile = io.BufferedReader(_Bounded(self.connection, most, end))

    def send_error(self, code: int, *_words: str | None) -> None:
        """Answer what is no request, and hear out who is still sending."""
        self.close_connection = True
        self.wfile.write(refusal(_STATUSES.get(int(code), int(code))))
        with suppress(OSError):  # it has hung up, or sends for ever
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGER_S)
            end = time.monotonic() + _LINGER_S
            while self.connection.recv(MAX_HEAD_BYTES) and time.monotonic() < end:
                pass

    def log_message(self, format: str, *args: Any) -> None:
        """Probes come every second; they are not news."""


class SmallServer(ThreadingHTTPServer):
    """A thread a connection, for so many at once; beyond, connections are closed."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread of its own."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """That thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hangs up in the middle is no news; anything else is."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Bounded(io.RawIOBase):
    def __init__(self, connection: socket.socket, most: int, end: float) -> None:
        self._connection = connection
        self._left = most
        self._end = end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        if self._left <= 0:
            raise LineTooLong("head")
        left_s = self._end - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the request took too long")
        self._connection.settimeout(left_s)
        read = self._connection.recv_into(buffer)
        self._left -= read
        return read
