"""The rows of one bidding as they are stored, for the operator's proof."""

from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import insert, select, text

from bids_service.errors import NotProven
from bids_service.storage.database import Transaction
from bids_service.storage.tables import biddings
from bids_service.storage.whole_bidding import (
    Rows,
    bid_rows,
    bidding_row,
    offer_rows,
    record_rows,
)
from tests.bids_service.service import (
    AUCTION,
    AUCTIONS,
    END_MS,
    PUBLIC,
    SELLER,
    Service,
    auction,
    bidder,
    start,
    usd,
)

OTHER = f"{AUCTIONS}/auctions/2"


def bid(service: Service, name: str, amount: str) -> None:
    body = {"auction": AUCTION, "bidder": bidder(name), "maximum": usd(amount)}
    sent = {"Idempotency-Key": f"{name}-{amount}"}
    assert service.http().post("/bids", json=body, headers=sent).status_code == 201


def id_of(service: Service, url: str) -> int | None:
    with service.parts.database.reading() as transaction:
        found = bidding_row(transaction, url)
        return None if found is None else int(found.id)


def test_a_bidding_is_found_at_its_auctions_url_and_at_its_own(service: Service) -> None:
    service.auctions.at[OTHER] = auction(OTHER)
    service.learn(OTHER)
    service.learn(AUCTION)
    assert [id_of(service, url) for url in (OTHER, AUCTION)] == [1, 2]
    assert [id_of(service, f"{PUBLIC}/biddings/{number}") for number in (1, 2)] == [1, 2]


def test_a_number_of_none_or_that_no_database_takes_is_no_bidding(service: Service) -> None:
    service.learn(AUCTION)
    for number in (0, 2, 2**63 - 1, 2**63, "9" * 40, "x", "\u0661", "-1", "1/bids", ""):
        assert id_of(service, f"{PUBLIC}/biddings/{number}") is None, number


def test_the_largest_number_that_a_database_takes_is_one_like_another(service: Service) -> None:
    service.learn(AUCTION)
    with service.parts.database.writing() as transaction:
        row = transaction.execute(select(biddings)).mappings().one()
        another = dict(row) | {"id": 2**63 - 1, "auction": OTHER}
        transaction.execute(insert(biddings), [another])
    assert id_of(service, f"{PUBLIC}/biddings/{2**63 - 1}") == 2**63 - 1


def test_its_bids_its_record_and_its_offers_come_in_their_order(service: Service) -> None:
    for name, amount in (("ada", "5.00"), ("bob", "7.00"), ("ada", "6.00")):
        bid(service, name, amount)
    service.clock.now_ms = END_MS
    service.sweep()
    with service.client() as client:
        closed = client.bidding_of(AUCTION)
        first = client.offer_second_chance(closed, SELLER, bidder("ada"), "offer-1")
        client.decline(first, "declined")

    def numbers(rows: Callable[[Transaction, int], Rows], name: str, bidding: int = 1) -> list[int]:
        with (
            service.parts.database.reading() as transaction,
            closing(rows(transaction, bidding)) as found,
        ):
            return [row._mapping[name] for row in found]

    assert numbers(bid_rows, "sequence") == [1, 2, 3]
    assert numbers(record_rows, "number") == [1, 2, 3, 4, 5, 6, 7]
    assert numbers(offer_rows, "number") == [1]
    assert numbers(bid_rows, "sequence", bidding=2) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("version", "'a word'"),
        ("version", "1.5"),
        ("terms", "x'00ff'"),
        ("terms", "CAST(x'c328' AS TEXT)"),
        ("leader_maximum", "'a word'"),
        ("reserve_met", "2"),
        ("reserve_met", "'a word'"),
        ("leader", "x'00ff'"),
    ],
)
def test_a_cell_that_is_not_of_its_columns_type_is_named_and_not_shown(
    sqlite_copy: Callable[[str], str], column: str, value: str
) -> None:
    service = start(sqlite_copy("bids_service"))
    bid(service, "ada", "5.00")
    with service.parts.database.writing() as transaction:
        transaction.execute(text(f"UPDATE biddings SET {column} = {value}"))
    with (
        service.parts.database.reading() as transaction,
        pytest.raises(NotProven, match=rf"^biddings\b.*\b{column}\b") as refused,
    ):
        bidding_row(transaction, AUCTION)
    assert "word" not in str(refused.value)
    service.parts.close()


def test_what_may_be_missing_may_be(service: Service) -> None:
    service.learn(AUCTION)
    with service.parts.database.reading() as transaction:
        found = bidding_row(transaction, AUCTION)
    assert found is not None
    assert (found.leader, found.leader_maximum, found.outcome) == (None, None, None)
    assert (found.reserve_met, found.buy_now_available) == (0, 0)


def test_two_biddings_of_one_auction_are_none(sqlite_copy: Callable[[str], str]) -> None:
    service = start(sqlite_copy("bids_service"))
    service.learn(AUCTION)
    with service.parts.database.writing() as transaction:
        # SQLite keeps what is unique by an index of its own, so the table is made without one.
        transaction.execute(text("ALTER TABLE biddings RENAME TO one"))
        transaction.execute(text("CREATE TABLE biddings AS SELECT * FROM one"))
        transaction.execute(text("INSERT INTO biddings SELECT * FROM one"))
    with (
        service.parts.database.reading() as transaction,
        pytest.raises(NotProven, match="there are two of this auction"),
    ):
        bidding_row(transaction, AUCTION)
    service.parts.close()
