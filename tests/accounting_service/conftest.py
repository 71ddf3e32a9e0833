"""Accounting in process: the real app, drain and tables; who takes the payments is a fake."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from flask.testing import FlaskClient
from service_kit.access import Tokens
from service_kit.hal import link, page_resource, resource
from service_kit.local import LocalTransport
from service_kit.logs import configure_logs
from service_kit.schema import migrate
from standardwebhooks import Webhook
from werkzeug.test import TestResponse

from accounting_service.app import create_app
from accounting_service.bootstrap import Parts, build
from accounting_service.config import Config
from accounting_service.model.rates import rates
from tests.postgres import fresh_database

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOUSE = "http://house.test"
PAYMENTS = f"{HOUSE}/payments"
SAM = f"{HOUSE}/customers/sam"
OPERATOR_TOKEN = "token-of-the-operator"
WEB_APP_TOKEN = "token-of-the-web-app"
SECRET = "whsec_" + base64.b64encode(b"a" * 32).decode()
NOON_MS = 1_795_262_400_000
_PAGE = 3


@dataclass
class House:
    """Who takes payments: shows what it is told to, or is away."""

    documents: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        return f"{PAYMENTS}/{name}"

    def show(self, name: str, status: str = "paid", amount: str = "25.00", **more: Any) -> str:
        """A payment as it is from now on; returns its URL."""
        state = {
            "amount": {"amount": amount, "currency": more.pop("currency", "EUR")},
            "status": status,
            "trouble": None,
            "paid_at_ms": NOON_MS if status in {"paid", "refunding", "refunded"} else None,
            "refunded_at_ms": NOON_MS + 60_000 if status == "refunded" else None,
        }
        links = {"self": link(self.url(name)), "seller": link(more.pop("seller", SAM))}
        self.documents[self.url(name)] = resource(state | more, links)
        return self.url(name)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        url = HOUSE + environ["PATH_INFO"]
        self.asked.append(url)
        shown = self._page(environ) if url == PAYMENTS else self.documents.get(url)
        status = 404 if shown is None and self.status == 200 else self.status
        start(f"{status} as told", [("Content-Type", "application/hal+json")])
        return [json.dumps(shown if status == 200 else {"title": "no"}).encode()]

    def _page(self, environ: "WSGIEnvironment") -> Any:
        after = parse_qs(environ["QUERY_STRING"]).get("after", [""])[0]
        urls = sorted(url for url in self.documents if url > after)
        shown = [self.documents[url] for url in urls[:_PAGE]]
        last = urls[_PAGE - 1] if len(urls) > _PAGE else None
        return page_resource("payments", shown, PAYMENTS, after=last)


@dataclass
class Accounting:
    """The service, and the bus before its door."""

    parts: Parts
    client: FlaskClient
    house: House
    log: Iterator[int] = field(default_factory=lambda: count(1))

    def hear(self, *urls: str, positions: Iterator[int] | None = None) -> None:
        """The bus tells of these, one delivery each."""
        for url in urls:
            at = next(positions or self.log)
            event = {"topic": "payments", "type": "update", "url": url, "t": at}
            assert self.deliver([event | {"id": f"1-{at}", "position": at}]) == 204

    def deliver(self, events: list[dict[str, Any]]) -> int:
        body = json.dumps(events)
        now = datetime.now(UTC)
        headers = {
            "Authorization": "Basic " + base64.b64encode(b"accounting:x").decode(),
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign("msg_1", now, body),
            "Content-Type": "application/json",
        }
        return self.client.post("/events", data=body, headers=headers).status_code

    def work(self) -> None:
        """Look at all that has news."""
        while self.parts.looker.sweep():
            pass

    def get(self, url: str, token: str = OPERATOR_TOKEN) -> TestResponse:
        path = url.removeprefix("http://accounting.test")
        return self.client.get(path, headers={"Authorization": f"Bearer {token}"})

    def balance(self) -> dict[tuple[str, str], str]:
        accounts = self.get("/balance").get_json()["accounts"]
        return {
            (it["account"], it["balance"]["currency"]): it["balance"]["amount"] for it in accounts
        }

    def dead_letters(self) -> dict[str, str]:
        letters = self.get("/dead-letters").get_json()["_embedded"]["dead-letters"]
        return {it["_links"]["payment"]["href"]: it["reason"] for it in letters}


def config_at(database_url: str) -> Config:
    return Config(
        database_url=database_url,
        public_url="http://accounting.test",
        tokens=Tokens.parse(f"auctions:statements:read:{WEB_APP_TOKEN}"),
        operator=Tokens.parse(f"operator:books:read+statements:read:{OPERATOR_TOKEN}"),
        rates=rates("2026-01-01 10% 1.5%+25"),
        bus_url="http://bus.test",
        bus_token="token-at-the-bus",
        webhook_uuid="accounting",
        webhook_secret=SECRET,
        payments_url=PAYMENTS,
        payments_token="token-for-payments",
    )


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture(scope="session")
def empty_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("books") / "books.sqlite3"
    migrate("accounting_service", f"sqlite:///{file}")
    return file


@pytest.fixture
def open_books(house: House) -> Callable[[str], Accounting]:
    """Accounting on a database that has its tables."""

    def open_it(url: str) -> Accounting:
        transport = LocalTransport()
        transport.serve(HOUSE, house)
        config = config_at(url)
        parts = build(config, transport=transport)
        return Accounting(parts, create_app(config, parts).test_client(), house)

    return open_it


@pytest.fixture
def accounting(
    open_books: Callable[[str], Accounting], empty_books: Path, tmp_path: Path
) -> Iterator[Accounting]:
    configure_logs("accounting")
    file = tmp_path / "books.sqlite3"
    file.write_bytes(empty_books.read_bytes())
    opened = open_books(f"sqlite:///{file}")
    yield opened
    opened.parts.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def books_url(request: pytest.FixtureRequest, empty_books: Path, tmp_path: Path) -> Iterator[str]:
    """A database with the tables, of either engine."""
    if request.param == "sqlite":
        file = tmp_path / "both.sqlite3"
        file.write_bytes(empty_books.read_bytes())
        yield f"sqlite:///{file}"
        return
    cluster = request.getfixturevalue("postgres_cluster")
    with fresh_database(cluster, "accounting_service") as url:
        yield url
