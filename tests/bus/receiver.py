"""A subscriber on a real socket: keeps what it gets, answers as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Delivery:
    """One POST as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events in it."""
        events: list[dict[str, Any]] = json.loads(self.body)
        return events

    @property
    def urls(self) -> list[str]:
        """The URL of each event."""
        return [event["url"] for event in self.events]


@dataclass(frozen=True)
class Reply:
    """What a receiver answers."""

    status: int = 204
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Receiver(ThreadingHTTPServer):
    """Answers 204, or the next of `statuses` while there are some, or what `decide` decides."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Take)
        self.deliveries: list[Delivery] = []
        self.statuses: list[int] = []
        self.decide: Callable[[Delivery], Reply] = lambda _: Reply(
            self.statuses.pop(0) if self.statuses else 204
        )
        self.gate = threading.Event()
        self.gate.set()

    def serve_forever(self, poll_interval: float = 0.01) -> None:
        """Until it is shut down: it looks that often, and each test waits for it."""
        super().serve_forever(poll_interval)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/events"

    @property
    def urls(self) -> list[str]:
        """The URL of every event that arrived, in order."""
        return [url for delivery in list(self.deliveries) for url in delivery.urls]


class _Take(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        delivery = Delivery(self.path, headers, body)
        self.server.deliveries.append(delivery)
        self.server.gate.wait(30)
        reply = self.server.decide(delivery)
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests look at what arrived."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens, until the end of the `with`."""
    started = Receiver()
    threading.Thread(target=started.serve_forever, daemon=True).start()
    yield started
    started.shutdown()
    started.server_close()
