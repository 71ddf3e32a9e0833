"""What is changed in the database the operator's proof notices, or no public answer differs."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bids_client import BidsClient, Money
from click.testing import CliRunner
from service_kit.webhooks import new_secret
from sqlalchemy import text

from bids_service.audit.verify_rules import verify_rules
from bids_service.engine.close import Close
from bids_service.errors import NotProven
from bids_service.storage.tables import metadata
from bids_service.verify import check_result, main
from bids_service.verify_stored import verify_stored
from tests.bids_service.audit.records import recorded_book
from tests.bids_service.engine.books import WEEK_MS, bid, terms
from tests.bids_service.service import (
    AUCTION,
    AUCTIONS,
    END_MS,
    SELLER,
    Service,
    auction,
    bidder,
    start,
    usd,
)
from tests.bids_service.tampering import Loose
from tests.postgres import fresh_database
from tests.shared import Shared

RUNNING, QUIET = f"{AUCTIONS}/auctions/2", f"{AUCTIONS}/auctions/3"
NAMES = ("ada", "bob", "cleo", "dan")
PROVEN = ("biddings", "bids", "offers", "record")
NO_ANSWER = {
    "announced_auctions": "auctions still to be imported; nothing of it is shown",
    "outbox": "events under way: they say where to look, and nothing else",
    "refused_events": "events that the bus will never take, for the operator",
    "held_topics": "topics that the bus doesn't take from us now, for the operator",
    "idempotency_keys": "what one client was told once, for that client if it asks again",
    "waiting_commands": "what one client waits for; what comes of it is on record",
}
"""Tables that no public answer is made of."""
NO_DIFFERENCE = {
    ("biddings", "terms"): "space between JSON's words, or a word twice",
    ("biddings", "mask_key"): "nobody has bid there, so nobody is masked",
    ("bids", "id"): "where a bid is found says nothing of it; the order of ids is compared",
    ("offers", "id"): "where an offer is found says nothing of it; the order is compared",
}
"""Changes that the proof may pass by."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, shared: Shared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service with a story behind it."""
    if request.param == "sqlite":
        file = Path(shutil.copy(shared.migrated_file("bids_service"), tmp_path_factory.mktemp("x")))
        yield from _with_story(f"sqlite:///{file}")
    else:
        cluster = request.getfixturevalue("postgres_cluster")
        with fresh_database(cluster, "bids_service") as url:
            yield from _with_story(url)


@pytest.fixture(scope="module")
def loose(house: Service) -> Loose:
    for url in (AUCTION, RUNNING, QUIET):
        verify_stored(house.parts.database, url)
    return Loose(house.parts.database.engine)


def _with_story(database_url: str) -> Iterator[Service]:
    service = start(database_url)
    soft_close = {"window_ms": 60_000, "extension_ms": 60_000}
    service.auctions.at |= {
        AUCTION: auction(reserve=usd("8.00"), soft_close=soft_close),
        RUNNING: auction(RUNNING, buy_now=usd("90.00"), ends_at_ms=END_MS * 2),
        QUIET: auction(QUIET, ends_at_ms=END_MS * 2),
    }
    with service.client() as client:
        _bid(client, AUCTION, [("ada", 500), ("bob", 700), ("ada", 600), ("bob", 900)])
        _bid(client, RUNNING, [("cleo", 500), ("ada", 2500)])
        _bid(client, AUCTION, [("dan", 2500), ("cleo", 2000), ("ada", 2600)])
        client.retract(client.bidding_of(AUCTION), bidder("dan"), "taken-back")
        service.learn(QUIET)
        service.clock.now_ms = END_MS - 30_000
        _bid(client, AUCTION, [("cleo", 3000)])
        service.clock.now_ms = END_MS + 30_000
        service.sweep()
        closed = client.bidding_of(AUCTION)
        first = client.offer_second_chance(closed, SELLER, bidder("bob"), "offer-1")
        client.decline(first, "declined")
        second = client.offer_second_chance(closed, SELLER, bidder("ada"), "offer-2")
        client.accept(second, "accepted")
    service.parts.announced.add([f"{AUCTIONS}/auctions/4"], END_MS)
    yield service
    service.parts.close()


def _bid(client: BidsClient, url: str, bids: list[tuple[str, int]]) -> None:
    for name, minor in bids:
        client.place(url, bidder(name), Money(minor, "USD"), f"{url[-1]}-{name}-{minor}")


def is_proven(service: Service) -> bool:
    try:
        for url in (AUCTION, RUNNING, QUIET):
            verify_stored(service.parts.database, url)
    except NotProven:
        return False
    return True


def answers(service: Service) -> list[str]:
    """Everything that anybody is shown of the three auctions, without where it is found."""
    http, told = service.http(), []
    with service.parts.database.engine.connect() as connection:
        for table in ("biddings", "bids", "offers"):
            ids = connection.execute(text(f"SELECT id FROM {table}")).scalars().all()
            told += [f"/{table}/{one}" for one in ids]
            if table == "biddings":
                told += [f"/biddings/{one}/{part}" for one in ids for part in ("bids", "history")]
    told += [f"/bids?bidder={bidder(name)}" for name in NAMES]
    shown = [client.get(path).text for path in told for client in (http, service.app.test_client())]
    nowhere = [re.sub(r"/(bids|offers)/\d+", r"/\1/_", text) for text in shown]
    return sorted(json.dumps(_unordered(json.loads(text)), sort_keys=True) for text in nowhere)


def _unordered(document: Any) -> Any:
    """With lists of bids sorted: of several auctions' bids the order is that of their ids."""
    if "bids" in document.get("_embedded", {}):
        document["_embedded"]["bids"].sort(key=lambda bid: bid["receipt"])
    return document


def test_every_table_is_proven_or_makes_no_answer() -> None:
    assert set(metadata.tables) == {*PROVEN, *NO_ANSWER}


@pytest.mark.parametrize("table", PROVEN)
def test_whatever_is_changed_is_noticed_or_no_answer_differs(
    house: Service, loose: Loose, table: str
) -> None:
    before, tried = answers(house), 0
    for tampering in loose.tamperings(metadata.tables[table]):
        tried += 1
        try:
            if loose.apply(tampering) and is_proven(house):
                assert (table, tampering.column) in NO_DIFFERENCE, tampering
                assert answers(house) == before, tampering
        finally:
            loose.restore(table)
    assert tried > 50
    assert is_proven(house)


def test_a_malformed_cell_is_named_without_what_it_holds(
    sqlite_copy: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = sqlite_copy("bids_service")
    service = start(url)
    with service.client() as client:
        _bid(client, AUCTION, [("ada", 500)])
    with service.parts.database.engine.begin() as connection:
        connection.execute(text("UPDATE bids SET placed_at_ms = 'a secret'"))
    service.parts.close()
    _set(monkeypatch, url)
    said = CliRunner().invoke(main, [AUCTION, "--all-maxima"])
    assert (said.exit_code, said.output) == (
        1,
        "NOT PROVEN: bids id=1 bidding_id=1 sequence=1: placed_at_ms is malformed\n",
    )
    monkeypatch.setenv("BIDS_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3")
    said = CliRunner().invoke(main, [AUCTION, "--all-maxima"])
    assert (said.exit_code, "can't be read" in said.output) == (2, True)


def _set(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    for name in ("PUBLIC_URL", "BUS_URL", "AUCTIONS_URL"):
        monkeypatch.setenv(f"BIDS_{name}", "http://some.test")
    for name in ("TOKENS", "BUS_TOKEN", "AUCTIONS_TOKEN"):
        monkeypatch.setenv(f"BIDS_{name}", "web:bids:read:a-long-enough-secret-of-the-tests")
    monkeypatch.setenv("BIDS_WEBHOOK_UUID", "bids")
    monkeypatch.setenv("BIDS_WEBHOOK_SECRET", new_secret())
    monkeypatch.setenv("BIDS_DATABASE_URL", database_url)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("DROP TABLE offers", AUCTION),
        ("ALTER TABLE bids RENAME COLUMN standing TO stand", AUCTION),
        ("ALTER TABLE biddings RENAME TO elsewhere", AUCTION),
        ("DELETE FROM outbox", "https://house.example/\udcff"),
    ],
)
def test_what_can_not_be_read_is_said_without_a_traceback(
    sqlite_copy: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    source: str,
) -> None:
    url = sqlite_copy("bids_service")
    service = start(url)
    with service.client() as client:
        _bid(client, AUCTION, [("ada", 500)])
    with service.parts.database.engine.begin() as connection:
        connection.execute(text(statement))
    service.parts.close()
    _set(monkeypatch, url)
    said = CliRunner().invoke(main, [source, "--all-maxima"])
    assert (said.exit_code, "can't be read" in said.output) == (2, True), said.output
    assert isinstance(said.exception, SystemExit)


def test_a_record_in_a_currency_that_is_none_is_not_proven() -> None:
    one = recorded_book(terms(currency="MOON"), [(bid("A", 500, "MOON"), 1), (Close(), WEEK_MS)])
    with pytest.raises(NotProven, match="no amounts"):
        check_result(verify_rules(one.linked()), {})


def test_a_number_that_no_database_takes_is_no_bidding(house: Service) -> None:
    with pytest.raises(NotProven, match="there is no bidding"):
        verify_stored(house.parts.database, f"{AUCTIONS}/biddings/{'9' * 40}")
