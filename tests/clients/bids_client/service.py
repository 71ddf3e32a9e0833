"""A bids service on the wire that says what a test wants, at paths that nobody would guess."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bids_client import BidsClient
from service_kit.wsgi_transport import WsgiTransport

URL = "http://bids.test/somewhere"
AUCTION = "http://auctions.test/auctions/1"
ADA = "http://auctions.test/customers/ada"
TOKEN = "a-token-of-a-bidder"


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def links(**targets: str) -> dict[str, Any]:
    return {name.replace("_", "-"): {"href": target} for name, target in targets.items()}


BIDDING = {
    "status": "open",
    "outcome": None,
    "currency": "USD",
    "start_price": usd("1.00"),
    "price": usd("2.50"),
    "minimum": usd("2.75"),
    "bid_count": 2,
    "reserve": "none",
    "starts_at_ms": 1,
    "ends_at_ms": 2,
    "closed_at_ms": None,
    "version": 3,
    "server_time_ms": 4,
    "_links": links(
        self=f"{URL}/a", auction=AUCTION, seller="http://s", leader=ADA, bids=f"{URL}/a/list"
    ),
}
BID = {
    "outcome": "leading",
    "price": usd("2.50"),
    "placed_at_ms": 5,
    "sequence": 2,
    "_links": links(
        self=f"{URL}/b", bidding=f"{URL}/a", auction=AUCTION, seller="http://s", bidder=ADA
    ),
}
ROOT = {
    "_links": {
        "bidding": {"href": f"{URL}/find{{?auction}}", "templated": True},
        "bids": {"href": f"{URL}/mine{{?bidder}}", "templated": True},
        "place-bid": {"href": f"{URL}/order"},
    }
}


@dataclass(frozen=True)
class Call:
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class FakeBids:
    """Answers each `METHOD /path?query` with what is in `answers`, a list's items in turn."""

    answers: dict[str, Any] = field(default_factory=lambda: {"GET /somewhere/": (200, ROOT)})
    calls: list[Call] = field(default_factory=list)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        call = _call(environ)
        self.calls.append(call)
        answer = self.answers.get(f"{call.method} {call.path}", (404, {"title": "nothing"}))
        if isinstance(answer, list):
            answer = answer.pop(0)
        status, document, *headers = answer
        start_response(f"{status} Status", [*headers])
        return [document if isinstance(document, bytes) else json.dumps(document).encode()]

    def client(self, pauses: list[float] | None = None) -> BidsClient:
        """A client that waits for nothing and notes how long it would have."""
        waited = [] if pauses is None else pauses
        return BidsClient(f"{URL}/", TOKEN, transport=WsgiTransport(self), pause=waited.append)


def _call(environ: dict[str, Any]) -> Call:
    query = environ["QUERY_STRING"]
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    return Call(
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"] + (f"?{query}" if query else ""),
        {name: value for name, value in environ.items() if name.startswith("HTTP_")},
        json.loads(body) if body else None,
    )
