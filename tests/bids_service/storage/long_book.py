"""A book with more bids than anybody would place in a test."""

from typing import Any

from service_kit.database import is_sqlite
from sqlalchemy import insert, text, update

from bids_service.engine.bidding import Standing
from bids_service.storage.database import Database
from bids_service.storage.tables import biddings, bids, record
from tests.bids_service.service import bidder

_BIDDERS = 3


def fill(database: Database, bidding_id: int, count: int) -> int:
    """Make a book one of so many bids by three bidders, every tenth taken back and every tenth a
    raise, the first hundred as well; returns the id of one in the middle. Nobody analyzes it."""
    with database.writing() as transaction:
        if not is_sqlite(database.engine):
            for table in (bids, record):
                transaction.execute(
                    text(f"ALTER TABLE {table.name} SET (autovacuum_enabled = off)")
                )
        for table in (bids, record):
            transaction.execute(table.delete())
        numbers = range(1, count + 1)
        transaction.execute(insert(bids), [_bid(bidding_id, number) for number in numbers])
        transaction.execute(insert(record), [_entry(bidding_id, number) for number in numbers])
        transaction.execute(update(biddings).values(sequence=count, record_length=count))
        half = bids.select().where(bids.c.sequence == count // 2 + 1)
        return int(transaction.execute(half).one().id)


def _bid(bidding_id: int, number: int) -> dict[str, Any]:
    return {
        "bidding_id": bidding_id,
        "sequence": number,
        "bidder": bidder(str(number % _BIDDERS)),
        "maximum": number,
        "placed_at_ms": number,
        "standing": Standing.RAISED if number % 10 == 5 or number <= 100 else Standing.LEADING,
        "price": number,
        "outbid": None,
        "retracted_at_ms": number if number % 10 == 7 else None,
        "receipt": "r" * 64,
        "salt": "s" * 32,
    }


def _entry(bidding_id: int, number: int) -> dict[str, Any]:
    return {
        "bidding_id": bidding_id,
        "number": number,
        "at_ms": number,
        "text": "t" * 300,
        "hash": "h" * 64,
        "party": None,
        "salt": None,
    }
