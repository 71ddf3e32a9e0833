"""Closing on the service's own clock."""

from typing import Any

import pytest
from bids_client import Money
from service_kit.database import is_sqlite, reading
from sqlalchemy import event

from bids_service.commands.import_auctions import create_bidding
from tests.bids_service.service import (
    AUCTION,
    AUCTIONS,
    END_MS,
    PUBLIC,
    Service,
    bidder,
    known_terms,
)


def open_biddings(service: Service, *ends_at_ms: int) -> None:
    for number, end_ms in enumerate(ends_at_ms, start=1):
        url = f"{AUCTIONS}/auctions/{number}"
        create_bidding(service.parts.books, url, known_terms(ends_at_ms=end_ms))


def updates(service: Service) -> list[str]:
    return [url for topic, type_, url in service.events() if (topic, type_) == UPDATE]


UPDATE = ("biddings", "update")


def test_what_is_due_is_closed_earliest_first_and_each_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bids_service.commands.close_due._AT_ONCE", 2)
    open_biddings(service, END_MS + 2, END_MS, END_MS + 1, END_MS + 99)
    service.clock.now_ms = END_MS + 2
    service.sweep()
    service.sweep()
    assert updates(service) == [f"{PUBLIC}/biddings/{number}" for number in (2, 3, 1)]


def test_nothing_is_closed_before_its_end(service: Service) -> None:
    open_biddings(service, END_MS)
    service.clock.now_ms = END_MS - 1
    service.sweep()
    assert updates(service) == []


def test_the_next_look_is_at_the_next_end_but_a_second_from_now_at_most(service: Service) -> None:
    assert service.sweep() == 1.0
    open_biddings(service, END_MS)
    service.clock.now_ms = END_MS - 250
    assert service.sweep() == 0.25
    service.clock.now_ms = END_MS - 60_000
    assert service.sweep() == 1.0


def test_the_sweep_reads_an_index_and_not_the_table(service: Service) -> None:
    engine = service.parts.database.engine
    statements: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2:4]))
    service.sweep()
    due, parameters = next(it for it in statements if "ORDER BY biddings.ends_at_ms" in it[0])
    with reading(engine) as connection:
        if is_sqlite(engine):
            explain = "EXPLAIN QUERY PLAN "
        else:
            explain = "EXPLAIN "
            # On an empty table PostgreSQL rightly prefers a scan; the question is if it could not.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
        plan = str(connection.exec_driver_sql(explain + due, parameters).all())
    assert "biddings_open_by_end" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_a_closed_bidding_takes_no_bid_and_its_result_stays(service: Service) -> None:
    with service.client() as client:
        client.place(AUCTION, bidder("ada"), Money(500, "USD"), "key-1")
        service.clock.now_ms = END_MS
        service.sweep()
        service.clock.now_ms = END_MS - 1
        answer = service.http().post(
            "/bids",
            json={
                "auction": AUCTION,
                "bidder": bidder("bob"),
                "maximum": {"amount": "9.00", "currency": "USD"},
            },
            headers={"Idempotency-Key": "key-2"},
        )
        assert (answer.status_code, answer.json["reason"]) == (409, "ended")
        assert client.bidding_of(AUCTION).leader == bidder("ada")
