"""A mailer in process: the real app, queue, tables and SMTP; the other services are fakes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from service_kit.clock import now_ms
from service_kit.database import connect
from service_kit.jobs import Work
from service_kit.logs import configure_logs
from sqlalchemy import Engine, select
from standardwebhooks import Webhook
from werkzeug.test import Client, TestResponse

from mailer_service.app import create_app
from mailer_service.bootstrap import Parts, build
from mailer_service.config import Config
from mailer_service.errors import ServerUnavailable
from mailer_service.smtp.url import SmtpServer
from mailer_service.storage import tables
from tests.sockets import free_port

from .mail_server import MailServer
from .services import AUCTIONS_TOKEN, BIDS_TOKEN, BUS_TOKEN, FakeService, House

UUID = "mailer"
SECRET = "whsec_" + base64.b64encode(b"m" * 32).decode()


def signed_delivery(body: str) -> dict[str, str]:
    """The headers that the bus would send with the body."""
    now = datetime.now(UTC)
    return {
        "Authorization": "Basic " + base64.b64encode(f"{UUID}:x".encode()).decode(),
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", now, body),
    }


@dataclass
class FakeClock:
    """Stands still until told to go on."""

    ms: int = field(default_factory=now_ms)

    def __call__(self) -> int:
        return self.ms

    def advance(self, *, seconds: float) -> None:
        self.ms += int(seconds * 1000)


@dataclass
class Mailer:
    """Delivers to the mailer's drain, and does its jobs when told to."""

    app: Any
    parts: Parts
    engine: Engine
    clock: FakeClock

    def deliver(self, topic: str, *urls: str, type: str = "create") -> TestResponse:
        """One signed delivery, as the bus would send it."""
        body = json.dumps(
            [{"topic": topic, "type": type, "url": url, "t": self.clock()} for url in urls]
        )
        return Client(self.app).post(
            "/events",
            data=body,
            content_type="application/json",
            headers=signed_delivery(body),
        )

    def work(self, *names: str) -> None:
        """Do what is to be done now, and what follows from it, in this thread; with names, only
        work of theirs."""
        chosen = [
            work
            for name, work in self.parts.work.items()
            if name.endswith("-1") and (not names or name.removesuffix("-1") in names)
        ]
        while any([_done(work) for work in chosen]):
            pass

    def rows(self, table: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(table).order_by(table.c.id)))

    @property
    def ledger(self) -> list[Any]:
        return self.rows(tables.mails)

    @property
    def inbox(self) -> list[Any]:
        return self.rows(tables.inbox)

    @property
    def dead_letters(self) -> list[Any]:
        return self.rows(tables.dead_letters)

    @property
    def suppressions(self) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(tables.suppressions)))


def _done(work: Work) -> bool:
    try:
        return bool(work())
    except ServerUnavailable:
        return False


@pytest.fixture(scope="session")
def http_servers() -> Iterator[tuple[HTTPServer, HTTPServer]]:
    # One pair for all tests: each takes half a second to stop.
    with HTTPServer() as bids, HTTPServer() as auctions:
        yield bids, auctions


@pytest.fixture
def house(http_servers: tuple[HTTPServer, HTTPServer]) -> House:
    for server in http_servers:
        server.clear()
    bids, auctions = http_servers
    house = House(FakeService(bids, BIDS_TOKEN), FakeService(auctions, AUCTIONS_TOKEN))
    house.auction()
    for name in ("Sally", "Bob", "Ada"):
        house.customer(name)
    return house


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def config(sqlite_copy: Callable[[str], str], house: House, mail_server: MailServer) -> Config:
    return Config(
        database_url=sqlite_copy("mailer_service"),
        public_url="http://localhost:8003",
        sender="Gavel <mail@gavel.example>",
        smtp=SmtpServer("127.0.0.1", mail_server.port),
        smtp_timeout_ms=5_000,
        bus_url=f"http://127.0.0.1:{free_port()}",
        bus_token=BUS_TOKEN,
        webhook_uuid=UUID,
        webhook_secret=SECRET,
        bids_url=house.bids.url,
        bids_token=BIDS_TOKEN,
        auctions_url=house.auctions.url,
        auctions_token=AUCTIONS_TOKEN,
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def mailer(config: Config, clock: FakeClock) -> Iterator[Mailer]:
    configure_logs("mailer")
    engine = connect(config.database_url)
    parts = build(config, clock=clock)
    app = create_app(config, build(config, notify=parts.notifier.notify, clock=clock))
    yield Mailer(app, parts, engine, clock)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    url: str = request.getfixturevalue("postgres_url")
    return url
