"""What is around the running service: auctions to fetch and a bus that remembers, on one socket."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from service_kit.clock import now_ms
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.bids_service.service import usd

Event = tuple[str, str, str]


class World:
    """A WSGI app: `/auctions/…` are auctions, `/topics/…` takes events, else a bus."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[str] = []
        self._auctions: dict[str, dict[str, Any]] = {}
        self._events: Counter[Event] = Counter()
        self._lock = threading.Lock()

    def auction(self, *, lasts_ms: int = 3_600_000, **terms: Any) -> str:
        """A new auction that is running; its URL. 1.00 USD at the start, steps of 0.10."""
        with self._lock:
            url = f"{self.url}/auctions/{len(self._auctions) + 1}"
            now = now_ms()
            usual = {
                "currency": "USD",
                "start_price": usd("1.00"),
                "increments": [[1, 10]],
                "starts_at_ms": now - 1000,
                "ends_at_ms": now + lasts_ms,
            }
            links = {"self": {"href": url}, "seller": {"href": self.person("seller")}}
            self._auctions[url] = {"terms": usual | terms, "_links": links}
        return url

    def link_bidding(self, auction: str, bidding: str) -> None:
        """From now on the auction says where its bidding is."""
        with self._lock:
            self._auctions[auction]["_links"]["bidding"] = {"href": bidding}

    def person(self, name: str) -> str:
        return f"{self.url}/customers/{name}"

    def events(self, topic: str, type: str) -> Counter[str]:
        """How often an event of each URL arrived."""
        with self._lock:
            found = self._events.items()
            return Counter({e[2]: times for e, times in found if e[:2] == (topic, type)})

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if path.startswith("/topics/"):
            self._take(path.removeprefix("/topics/"), body.decode())
            return self._answer(start_response, "200 OK", None)
        found = self._auctions.get(self.url + path)
        if found is not None:
            return self._answer(start_response, "200 OK", found)
        if path == "/subscription/secret":
            return self._answer(start_response, "201 Created", {"secret": "whsec_kept"})
        return self._answer(start_response, "204 No Content", None)

    def _take(self, topic: str, body: str) -> None:
        events = json.loads(body)
        with self._lock:
            self.bodies.append(body)
            for event in events if isinstance(events, list) else [events]:
                self._events[topic, event["type"], event["url"]] += 1

    def _answer(self, start_response: Callable[..., Any], status: str, body: Any) -> list[bytes]:
        data = b"" if body is None else json.dumps(body).encode()
        start_response(status, [("Content-Length", str(len(data)))])
        return [data]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Requests are not news."""


@contextmanager
def serving() -> Iterator[World]:
    """A world that answers on a free port of loopback."""
    world = World()
    server = make_server("127.0.0.1", 0, world, threaded=True, request_handler=_Quiet)
    world.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
