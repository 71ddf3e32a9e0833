"""5 000 browsers on one item: what the live process weighs, and how fast a bid reaches the last."""

import json
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import requests
from bids_client.documents import Document, bidding_from
from service_kit.clock import now_ms
from standardwebhooks import Webhook

from auction_app.live.frame import frame_of
from tests.bench.measuring import Turns, measures
from tests.bench.processes import ROOT, process
from tests.bench.rows import Bar, Pair
from tests.sockets import free_port
from tests.waiting import wait_for

STREAMS = 5_000
LIMIT_MIB = 300
AUCTION = "http://auctions.test/auctions/benchitem"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@measures(
    Bar(f"live: {STREAMS} streams on one item, memory", "MiB", 1, lower_is_better=True),
    Bar(
        f"live: a bid reaches the last of {STREAMS}, beside a bare gevent loop",
        "ms",
        3,
        lower_is_better=True,
    ),
)
def streams() -> Turns:
    """The live process beside a bare gevent loop that writes the same frame."""
    with _bids() as bids, _live(bids.url) as (url, pid):
        frame = frame_of(bidding_from(Document(bids.url, bids.document()))).data
        with (
            _crowd(int(url.rsplit(":", 1)[1]), _stream_request(), b"data: {") as live,
            _bare(frame) as port,
            _crowd(port, b"join", b"joined") as bare,
        ):
            while True:
                ours = live.time_to_last(b"data: {", lambda: _bid(bids, url))
                theirs = bare.time_to_last(b"data: {", lambda: _go(port))
                yield Pair(_resident_mib(pid), LIMIT_MIB), Pair(ours * 1000, theirs * 1000)


@contextmanager
def _crowd(port: int, request: bytes, greeting: bytes) -> Iterator["Crowd"]:
    crowd = Crowd(port, request, STREAMS)
    try:
        crowd.wait_for_all(greeting)
        yield crowd
    finally:
        crowd.close()


class Crowd:
    """Many sockets that send one request and read what comes, in one thread."""

    def __init__(self, port: int, request: bytes, count: int) -> None:
        self._selector = selectors.EpollSelector()
        self._sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
        for one in self._sockets:
            one.sendall(request)
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)

    def wait_for_all(self, mark: bytes, seconds: float = 120) -> None:
        """Read until every socket has got the mark. Raises TimeoutError."""
        waiting = set(self._sockets)
        deadline = time.monotonic() + seconds
        while waiting:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(waiting)} sockets got nothing")
            for key, _ in self._selector.select(1):
                one: socket.socket = key.fileobj  # type: ignore[assignment]
                if mark in one.recv(65536):
                    waiting.discard(one)

    def time_to_last(self, mark: bytes, trigger: Callable[[], None]) -> float:
        """Seconds from the trigger, which runs in a thread beside, to the last socket's mark."""
        beside = threading.Thread(target=trigger)
        started = time.perf_counter()
        beside.start()
        self.wait_for_all(mark)
        passed = time.perf_counter() - started
        beside.join()
        return passed

    def close(self) -> None:
        """Hang up."""
        self._selector.close()
        for one in self._sockets:
            one.close()


class _FakeBids:
    """A bids_service with one bidding whose price rises."""

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self.version = 1

    def document(self) -> dict[str, object]:
        """The bidding as it is now."""
        links = ("bids", "place-bid")
        price = {"amount": f"{10 + self.version}.00", "currency": "USD"}
        hrefs = {"self": f"{self.url}/biddings/1", "auction": AUCTION, "seller": f"{AUCTION}/s"}
        return {
            "status": "open",
            "outcome": None,
            "currency": "USD",
            "start_price": price,
            "price": price,
            "minimum": price,
            "bid_count": self.version,
            "reserve": "none",
            "starts_at_ms": 0,
            "ends_at_ms": now_ms() + 86_400_000,
            "closed_at_ms": None,
            "version": self.version,
            "server_time_ms": now_ms(),
            "_links": {
                **{rel: {"href": href} for rel, href in hrefs.items()},
                **{rel: {"href": f"{self.url}/{rel}"} for rel in links},
            },
        }


@contextmanager
def _bids() -> Iterator[_FakeBids]:
    fake = _FakeBids()

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path.startswith("/biddings?"):
                self._answer(303, {}, {"Location": f"{fake.url}/biddings/1"})
            elif self.path == "/biddings/1":
                self._answer(200, fake.document(), {})
            else:
                href = {"href": f"{fake.url}/biddings{{?auction}}", "templated": True}
                self._answer(200, {"_links": {"bidding": href}}, {})

        def log_message(self, *_args: object) -> None:
            """Requests are not news."""

        def _answer(self, status: int, body: object, headers: dict[str, str]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", int(fake.url.rsplit(":", 1)[1])), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _live(bids_url: str) -> Iterator[tuple[str, int]]:
    port = free_port()
    command = ["gunicorn", "-c", "auction_app/live/gunicorn.conf.py", "-b", f"127.0.0.1:{port}"]
    settings = {
        "LIVE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LIVE_BUS_URL": "http://127.0.0.1:9",
        "LIVE_BUS_TOKEN": "token-of-the-bus-itself",
        "LIVE_WEBHOOK_UUID": "live",
        "LIVE_WEBHOOK_SECRET": SECRET,
        "LIVE_BIDS_URL": bids_url,
        "LIVE_AUCTIONS_URL": bids_url,
        "LIVE_BIDS_TOKEN": "token-for-the-bids-service",
        "LIVE_ALLOWED_ORIGIN": "http://auctions.test",
    }
    quiet = ["--log-level", "critical", "auction_app.live:web_process()"]
    with process([*command, *quiet], port=port, environment=settings) as running:
        yield f"http://127.0.0.1:{port}", running.pid


def _bid(bids: _FakeBids, live_url: str) -> None:
    """What the bus does after a bid."""
    bids.version += 1
    event = {"topic": "biddings", "type": "update", "url": f"{bids.url}/biddings/1", "t": now_ms()}
    id = f"bench-{bids.version}"
    body = json.dumps([event | {"id": id, "position": bids.version}])
    at = time.time()
    from datetime import UTC, datetime

    signature = Webhook(SECRET).sign(id, datetime.fromtimestamp(int(at), UTC), body)
    answer = requests.post(
        f"{live_url}/events",
        data=body,
        auth=("live", "x"),
        headers={
            "Content-Type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(int(at)),
            "webhook-signature": signature,
        },
        timeout=60,
    )
    assert answer.ok, answer.text


def _stream_request() -> bytes:
    path = f"/stream?auction={quote(AUCTION, safe='')}"
    return f"GET {path} HTTP/1.1\r\nHost: live.test\r\n\r\n".encode()


def _resident_mib(master: int) -> float:
    """The resident memory of gunicorn's worker, in MiB."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    weights = [_status_kib(int(child)) for child in children]
    return max(weights) / 1024


def _status_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


@contextmanager
def _bare(frame: bytes) -> Iterator[int]:
    """The bare loop, at the yielded port."""
    port = free_port()
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(frame)
        command = [sys.executable, "-m", "tests.bench.bare_gevent", str(port), file.name]
        running = subprocess.Popen(command, cwd=ROOT)
        try:
            wait_for(lambda: _listens(port), what="the bare loop")
            yield port
        finally:
            running.terminate()
            running.wait(20)


def _go(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as trigger:
        trigger.sendall(b"go!!")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
