"""The whole bids service in this process, beside an auction app that says what a test wants."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bids_client import BidsClient
from bus_drain.fetch import EntityClient
from flask import Flask
from flask.testing import FlaskClient
from service_kit.access import Tokens
from service_kit.database import reading
from service_kit.wsgi_transport import WsgiTransport
from sqlalchemy import select

from bids_service.app import create_app
from bids_service.bootstrap import Parts, build
from bids_service.commands.close_due import close_due
from bids_service.commands.import_auctions import create_bidding
from bids_service.config import Config
from bids_service.engine.terms import Terms
from bids_service.storage.tables import outbox
from tests.bids_service.engine.books import terms

PUBLIC = "http://bids.test"
AUCTIONS = "http://auctions.test"
AUCTION = f"{AUCTIONS}/auctions/1"
SELLER = f"{AUCTIONS}/customers/seller"
ALL = "token-that-may-do-all"
READ = "token-that-may-only-read"
WRITE = "token-that-may-only-write"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
UUID = "uuid-of-the-subscription"

START_MS = 1_000_000_000_000
END_MS = START_MS + 7 * 24 * 3_600_000


def bidder(name: str) -> str:
    return f"{AUCTIONS}/customers/{name}"


@dataclass
class FakeClock:
    """Stands still until a test moves it."""

    now_ms: int = START_MS + 1000

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class FakeAuctions:
    """An auction app on the wire of docs/protocol.md: what is at which URL, or a bare status."""

    at: dict[str, dict[str, Any] | int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        url = AUCTIONS + environ["PATH_INFO"]
        self.asked.append(url)
        self.tokens.add(environ.get("HTTP_AUTHORIZATION", ""))
        found = self.at.get(url, 404)
        if isinstance(found, int):
            start_response(f"{found} Status", [("Content-Type", "text/html")])
            return [b"<p>no auction</p>"]
        start_response("200 OK", [("Content-Type", "application/hal+json")])
        return [json.dumps(found).encode()]


def auction(url: str = AUCTION, **changes: Any) -> dict[str, Any]:
    """An auction's representation: 1.00 USD at the start, steps of 0.10, a week from START_MS."""
    usual = {
        "currency": "USD",
        "start_price": usd("1.00"),
        "increments": [[1, 10]],
        "starts_at_ms": START_MS,
        "ends_at_ms": END_MS,
    }
    return {
        "title": "A chair",
        "status": "running",
        "terms": usual | changes,
        "_links": {"self": {"href": url}, "seller": {"href": SELLER}},
    }


def known_terms(**changes: Any) -> Terms:
    """The same terms as the engine's."""
    usual = {"seller": SELLER, "starts_at_ms": START_MS, "ends_at_ms": END_MS}
    return terms(**(usual | changes))


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


@dataclass
class Service:
    """The service under test: its app, its parts, and the world around it."""

    config: Config
    auctions: FakeAuctions
    clock: FakeClock
    app: Flask
    parts: Parts

    def http(self) -> FlaskClient:
        client: FlaskClient = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {ALL}"
        return client

    def client(self, token: str = ALL) -> BidsClient:
        return BidsClient(PUBLIC, token, transport=WsgiTransport(self.app))

    def learn(self, auction: str) -> None:
        """Learn an auction as if the bus had told of it."""
        create_bidding(self.parts.books, auction, self.parts.auctions.terms(auction))

    def sweep(self) -> float:
        return close_due(self.parts.books)

    def events(self) -> list[tuple[str, str, str]]:
        """What waits in the outbox: topic, type and URL, oldest first."""
        with reading(self.parts.database.engine) as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
        return [(row.topic, row.type, row.url) for row in rows]


def start(database_url: str, public_url: str = PUBLIC) -> Service:
    """A service on a migrated database, with one running auction that it has yet to hear of."""
    config = Config(
        database_url=database_url,
        public_url=public_url,
        tokens=Tokens.parse(
            f"all:bids:read+bids:write+bids:read_maximum:{ALL},"
            f"reader:bids:read:{READ},writer:bids:write:{WRITE}"
        ),
        bus_url="http://bus.test",
        bus_token="a-token-of-the-bus",
        webhook_uuid=UUID,
        webhook_secret=SECRET,
        auctions_url=AUCTIONS,
        auctions_token="a-token-of-the-auctions",
    )
    auctions, clock = FakeAuctions({AUCTION: auction()}), FakeClock()
    entities = EntityClient(
        {AUCTIONS: config.auctions_token}, transport=WsgiTransport(auctions), attempts=1
    )
    parts = build(config, entities=entities, clock=clock)
    # The first call opens the channel's socket; of threads that do so at once, one leaks its own.
    parts.database.outbox_channel.notify()
    return Service(config, auctions, clock, create_app(config, parts), parts)
