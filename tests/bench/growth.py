"""A page or an answer of each service where a million rows are, beside where a thousand are."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from flask import Flask
from service_kit.clock import now_ms
from service_kit.database import connect, patiently
from service_kit.schema import migrate
from sqlalchemy import Connection, insert

from accounting_service.app import create_app as create_accounting
from accounting_service.bootstrap import build as build_accounting
from accounting_service.config import read as read_accounting
from accounting_service.storage.tables import journals, postings
from auction_app.app import create_app as create_auctions
from auction_app.db.tables import auctions, customers
from bids_service.app import create_app as create_bids
from bids_service.storage.tables import biddings, bids
from mailer_service.app import create_app as create_mailer
from mailer_service.storage.queue_metrics import queue_metrics
from mailer_service.storage.tables import mails
from tests.bench import mailer_rows
from tests.bench.auction_house import DAY_MS, fill, open_house
from tests.bench.bids_house import TOKEN, BidsHouse
from tests.bench.databases import ENGINES, Engine, copy_rows
from tests.bench.drain_apps import SECRET
from tests.bench.measuring import Measurement, Turns, measures_each
from tests.bench.rows import Bar, Pair
from tests.environment import environment
from tests.sockets import free_port

_ROWS, _TIMES = 1_000, 1_000
_ASKED = 40
_BEARER = {"Authorization": f"Bearer {TOKEN}"}
_SELLER = "http://auctions.test/customers/seller0"


@dataclass(frozen=True)
class Grown:
    """An app, the headers with which it is asked, and what changes something in its database: an
    app may remember what it has found until then."""

    app: Flask
    headers: Mapping[str, str]
    change: Callable[[], object] = lambda: None


Grow = Callable[[str, int], AbstractContextManager[Grown]]
"""Fills an empty database with a thousand rows, and so many times as many."""


@contextmanager
def _auctions(url: str, times: int) -> Iterator[Grown]:
    with tempfile.TemporaryDirectory() as folder:
        house = open_house(Path(folder), url)
        with closing(house.store()) as store:
            fill(store, _ROWS)
            with store.engine.begin() as connection:
                connection.execute(auctions.update().values(current_ends_at_ms=now_ms() + DAY_MS))
                copy_rows(
                    connection,
                    auctions,
                    times - 1,
                    id="auctions.id || 'x' || n",
                    created_at_ms="created_at_ms - n",
                    current_ends_at_ms="created_at_ms - n",
                    closed_at_ms="created_at_ms - n",
                )
            _settle(store.engine.connect())
        with environment(house.environment(free_port())), closing(house.store()) as store:

            def change() -> None:
                with store.begin() as act:
                    act.conn.execute(customers.update().values(time_zone=None))

            yield Grown(create_auctions(), {"Accept": "text/html"}, change)


@contextmanager
def _bids(url: str, times: int) -> Iterator[Grown]:
    migrate("bids_service", url)
    with tempfile.TemporaryDirectory() as folder:
        house = BidsHouse(url, Path(folder))
        for opened in house.open_auctions("growing", _ROWS // 10):
            house.fill(opened, 10)
        with closing(house.database()) as database, database.engine.begin() as connection:
            step = f"n * {_ROWS * 10}"
            copy_rows(
                connection,
                biddings,
                times - 1,
                id=f"biddings.id + {step}",
                auction="auction || '-' || n",
            )
            copy_rows(
                connection,
                bids,
                times - 1,
                id=f"bids.id + {step}",
                bidding_id=f"bidding_id + {step}",
            )
        _settle(connect(url).connect())
        with environment(house.environment()):
            yield Grown(create_bids(), _BEARER)


@contextmanager
def _mailer(url: str, times: int) -> Iterator[Grown]:
    mailer_rows.fill(url, _ROWS)
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(mails.update().values(step="done", outcome="sent", due_at_ms=None))
        copy_rows(connection, mails, times - 1, id=f"mails.id + n * {_ROWS * 10}", entity_url=_NTH)
    _settle(engine.connect())
    with environment(mailer_rows.settings(url, free_port())):
        yield Grown(create_mailer(collect=lambda: queue_metrics(engine, now_ms())), {})
    engine.dispose()


_NTH = "entity_url || '-' || n"


@contextmanager
def _accounting(url: str, times: int) -> Iterator[Grown]:
    migrate("accounting_service", url)
    engine = connect(url)
    with engine.begin() as connection:
        _book(connection)
        step = f"n * {_ROWS * 10}"
        copy_rows(
            connection,
            journals,
            times - 1,
            id=f"journals.id + {step}",
            payment_url="payment_url || '-' || n",
        )
        copy_rows(
            connection,
            postings,
            times - 1,
            journal_id=f"journal_id + {step}",
            seller_url="seller_url || '-' || n",
        )
    _settle(engine.connect())
    engine.dispose()
    with environment(_accounting_settings(url)):
        config = read_accounting()
        with closing(build_accounting(config)) as parts:
            yield Grown(create_accounting(config, parts), _BEARER)


GROWING: dict[str, tuple[Grow, tuple[str, ...]]] = {
    "auctions": (_auctions, ("/", "/auctions/item7")),
    "bids": (_bids, ("/biddings/7", "/biddings/7/bids")),
    "mailer": (_mailer, ("/metrics",)),
    "accounting": (_accounting, (f"/statements?seller={_SELLER}", "/sellers")),
}
_CASES = {f"{service} {engine}": (engine, service) for service in GROWING for engine in ENGINES}


def _bars(case: str) -> tuple[Bar, ...]:
    engine, service = _CASES[case]
    return tuple(
        Bar(
            f"{service}: {urlsplit(path).path}, 1 000 000 rows beside 1 000, {engine}",
            "ms",
            1.2,
            lower_is_better=True,
        )
        for path in GROWING[service][1]
    )


@measures_each(_CASES, _bars)
def pages(case: tuple[str, str]) -> Turns:
    """What the app takes for each, in this process, asked of both in turn."""
    engine, service = case
    grow, paths = GROWING[service]
    new: Engine = ENGINES[engine]
    with new() as database, ExitStack() as stack:
        both = [stack.enter_context(grow(database(), times)) for times in (_TIMES, 1)]
        while True:
            yield tuple(Pair(*_ms(path, both)) for path in paths)


def _ms(path: str, sides: list[Grown]) -> list[float]:
    times = [[_answered_ms(side, path) for side in sides] for _ in range(_ASKED)]
    return [median(column) for column in zip(*times, strict=True)]


def _answered_ms(grown: Grown, path: str) -> float:
    grown.change()
    began = time.perf_counter()
    answer = grown.app.test_client(use_cookies=False).get(path, headers=grown.headers)
    took_ms = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, answer.text
    return took_ms


def _settle(connection: Connection) -> None:
    """As a server that has run for a while: PostgreSQL has looked at its tables."""
    with connection, patiently():
        if connection.dialect.name == "postgresql":
            done = connection.execution_options(isolation_level="AUTOCOMMIT")
            done.exec_driver_sql("VACUUM ANALYZE")


def _book(connection: Connection) -> None:
    """A paid payment a row, of a hundred sellers, who are one page of the list."""
    amounts = (("provider", None, 970), ("fees", None, -100), ("seller", True, -870))
    paid = [
        {
            "id": number,
            "payment_url": f"http://auctions.test/payments/{number}",
            "kind": "paid",
            "at_ms": number,
            "booked_at_ms": number,
        }
        for number in range(1, _ROWS + 1)
    ]
    lines = [
        {
            "journal_id": one["id"],
            "line": line,
            "account": account,
            "seller_url": f"{_SELLER[:-1]}{number % 100}" if has_seller else None,
            "currency": "USD",
            "amount_minor": amount,
        }
        for number, one in enumerate(paid)
        for line, (account, has_seller, amount) in enumerate(amounts)
    ]
    connection.execute(insert(journals), paid)
    connection.execute(insert(postings), lines)


def _accounting_settings(url: str) -> dict[str, str]:
    away = "http://127.0.0.1:9"
    return {
        "ACCOUNTING_DATABASE_URL": url,
        "ACCOUNTING_PUBLIC_URL": away,
        "ACCOUNTING_TOKENS": f"bench:statements:read+books:read:{TOKEN}",
        "ACCOUNTING_OPERATOR_TOKEN": "token-of-the-operator",
        "ACCOUNTING_RATES": "2026-01-01 10% 1.5%+25",
        "ACCOUNTING_BUS_URL": away,
        "ACCOUNTING_BUS_TOKEN": "token-of-the-bus-itself",
        "ACCOUNTING_WEBHOOK_UUID": "accounting",
        "ACCOUNTING_WEBHOOK_SECRET": SECRET,
        "ACCOUNTING_PAYMENTS_URL": f"{away}/payments",
        "ACCOUNTING_PAYMENTS_TOKEN": "token-of-the-payments",
    }


MEASUREMENTS: list[Measurement] = pages
