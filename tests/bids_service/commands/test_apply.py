"""The storage, with the commands that have no address on the wire yet."""

from typing import Any

import pytest
from bids_client import Money
from sqlalchemy import event

from bids_service.commands.import_auctions import create_bidding
from bids_service.engine.bidding import Outcome
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel
from bids_service.engine.decision import Accepted, Reason, Refused
from bids_service.engine.second_chance import SecondChance
from bids_service.engine.terms import (
    SoftClose,
)
from tests.bids_service.decisions import command, retract
from tests.bids_service.service import (
    AUCTION,
    END_MS,
    PUBLIC,
    SELLER,
    Service,
    bidder,
    known_terms,
)

UPDATE = ("biddings", "update", f"{PUBLIC}/biddings/1")


def place(service: Service, name: str, minor: int) -> None:
    with service.client() as client:
        client.place(AUCTION, bidder(name), Money(minor, "USD"), f"{name}-{minor}")


def bidding(service: Service) -> Any:
    return service.parts.queries.bidding_of(AUCTION).bidding


def test_terms_come_back_as_they_were_written(service: Service) -> None:
    terms = known_terms(
        reserve=7,
        buy_now=9,
        soft_close=SoftClose(
            window_ms=1,
            extension_ms=2,
        ),
        hard_end_at_ms=END_MS + 3,
        blocked=frozenset({"a", "b"}),
    )
    create_bidding(service.parts.books, AUCTION, terms)
    assert bidding(service).terms == terms


def test_opening_twice_keeps_the_first_terms_and_announces_once(service: Service) -> None:
    create_bidding(service.parts.books, AUCTION, known_terms())
    create_bidding(service.parts.books, AUCTION, known_terms(start_price=5))
    assert bidding(service).terms.start_price == 100
    assert len(service.events()) == 1


def test_a_retraction_is_replayed_and_announced_once(service: Service) -> None:
    for name, minor in (("ada", 500), ("bob", 900), ("cleo", 700)):
        place(service, name, minor)
    before = len(service.events())
    assert isinstance(retract(service, bidder("bob")), Accepted)
    after = bidding(service)
    assert (after.leader, after.price, after.bid_count) == (bidder("cleo"), 510, 2)
    assert service.events()[before:] == [UPDATE]
    place(service, "dan", 600)
    assert bidding(service).price == 610


def test_a_purchase_closes_and_is_announced_once(service: Service) -> None:
    create_bidding(service.parts.books, AUCTION, known_terms(buy_now=5000))
    command(service, BuyNow(bidder=bidder("ada")))
    assert (bidding(service).outcome, bidding(service).price) == (Outcome.SOLD, 5000)
    assert service.events()[1:] == [UPDATE]
    service.clock.now_ms = END_MS
    service.sweep()
    assert service.events()[1:] == [UPDATE]


def test_a_cancelled_auction_is_unsold(service: Service) -> None:
    place(service, "ada", 500)
    command(service, Cancel(seller=SELLER))
    assert bidding(service).outcome is Outcome.CANCELLED
    with service.client() as client:
        shown = client.bidding_of(AUCTION)
    assert (shown.status, shown.outcome) == ("closed", "unsold")


def test_a_second_chance_is_at_the_own_highest_bid_and_announced_once(service: Service) -> None:
    place(service, "ada", 500)
    place(service, "bob", 900)
    service.clock.now_ms = END_MS
    service.sweep()
    before = service.events()
    offer = command(service, SecondChance(seller=SELLER, to=bidder("ada")))
    assert isinstance(offer, Accepted)
    assert [(one.about, one.amount) for one in offer.events] == [(bidder("ada"), 500)]
    again = command(service, SecondChance(seller=SELLER, to=bidder("eve")))
    assert again == Refused(Reason.ALREADY_OFFERED)
    assert service.events() == [*before, ("offers", "create", f"{PUBLIC}/offers/1")]


def test_a_bid_costs_the_same_statements_however_many_came_before(service: Service) -> None:
    statements: list[tuple[str, int]] = []

    def count(_c: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append((statement, cursor.rowcount))

    place(service, "ada", 50_000)
    event.listen(service.parts.database.engine, "after_cursor_execute", count)
    place(service, "bob", 120)
    few = statements.copy()
    for number in range(60):
        place(service, f"b{number}", 200 + 20 * number)
    statements.clear()
    place(service, "bob", 2000)
    assert statements == few
    assert len(few) <= 8


def test_a_failure_in_the_middle_leaves_nothing_behind(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(service, "ada", 500)
    events, before = service.events(), bidding(service)
    monkeypatch.setattr("bids_service.commands.apply.remember_all", explode)
    answer = service.http().post(
        "/bids",
        json={
            "auction": AUCTION,
            "bidder": bidder("bob"),
            "maximum": {"amount": "9.00", "currency": "USD"},
        },
        headers={"Idempotency-Key": "key-9"},
    )
    assert answer.status_code == 500
    assert (service.events(), bidding(service)) == (events, before)


def explode(*_args: Any, **_kwargs: Any) -> None:
    raise RuntimeError("as if the process ran out of memory here")
