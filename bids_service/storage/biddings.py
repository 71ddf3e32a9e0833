"""Biddings, bids and offers as commands find, lock and write them, inside a transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from service_kit.dialects import insert_all, insert_returning
from service_kit.outbox import Announcement, announce_all
from sqlalchemy import Column, ColumnElement, Select, bindparam, func, insert, select, update

from bids_service.audit.record import Recorded
from bids_service.engine.bidding import PlacedBid
from bids_service.engine.eligibility import LONGEST_FREEZE_MS
from bids_service.engine.offer import Offer, OfferStatus
from bids_service.model import StoredBidding
from bids_service.storage.database import Transaction
from bids_service.storage.rows import (
    bid_columns,
    bidding_columns,
    bidding_from,
    offer_columns,
    offer_from,
    placed_from,
    record_columns,
    terms_text,
)
from bids_service.storage.tables import biddings, bids, offers, outbox, record

Event = tuple[str, str, str]
"""Topic, type and URL."""
Numbered = dict[tuple[int, int], int]
"""Ids by bidding id and number in it."""

# In the order of ids, so that two transactions that lock several never wait for each other.
_locked = (
    select(biddings)
    .where(biddings.c.auction.in_(bindparam("auctions")))
    .order_by(biddings.c.id)
    .with_for_update()
)
_is_open = (biddings.c.outcome.is_(None), biddings.c.frozen_at_ms.is_(None))
_is_due = (*_is_open, biddings.c.ends_at_ms <= bindparam("now_ms"))
_is_frozen_too_long = (biddings.c.frozen_at_ms <= bindparam("now_ms") - LONGEST_FREEZE_MS,)


def _first(order: Column[int], *due: ColumnElement[bool]) -> Select[Any]:
    return select(biddings.c.id).where(*due).order_by(order, biddings.c.id).limit(bindparam("most"))


def _still(*due: ColumnElement[bool]) -> Select[Any]:
    chosen = select(biddings).where(biddings.c.id.in_(bindparam("ids")), *due)
    return chosen.order_by(biddings.c.id).with_for_update()


_due = _first(biddings.c.ends_at_ms, *_is_due), _still(*_is_due)
_frozen_too_long = (
    _first(biddings.c.frozen_at_ms, *_is_frozen_too_long),
    _still(*_is_frozen_too_long),
)
_expired = (
    select(biddings.c.auction, offers.c.number)
    .join_from(offers, biddings)
    .where(offers.c.status == "open", offers.c.expires_at_ms <= bindparam("now_ms"))
    .order_by(offers.c.expires_at_ms, offers.c.id)
    .limit(bindparam("most"))
)
_next_end = select(func.min(biddings.c.ends_at_ms)).where(*_is_open)
_of_auction = select(biddings.c.id).where(biddings.c.auction == bindparam("auction"))
_bids_that_count = (
    select(bids)
    .where(bids.c.bidding_id == bindparam("bidding_id"), bids.c.retracted_at_ms.is_(None))
    .order_by(bids.c.sequence)
)
_offers = (
    select(offers).where(offers.c.bidding_id == bindparam("bidding_id")).order_by(offers.c.number)
)
_save = update(biddings).where(biddings.c.id == bindparam("bidding_id"))
_retract = (
    update(bids)
    .where(bids.c.bidding_id == bindparam("of_bidding"), bids.c.sequence == bindparam("numbered"))
    .values(retracted_at_ms=bindparam("at_ms"))
)
_end_offer = (
    update(offers)
    .where(offers.c.bidding_id == bindparam("of_bidding"), offers.c.number == bindparam("numbered"))
    .values(status=bindparam("new_status"))
)


def lock(transaction: Transaction, auctions: Iterable[str]) -> dict[str, StoredBidding]:
    """The biddings of these auctions, as far as there are any, locked until the transaction ends.

    On PostgreSQL the lock is the row, on SQLite the transaction has the whole file already.
    """
    rows = transaction.execute(_locked, {"auctions": sorted(set(auctions))})
    return {row.auction: bidding_from(row) for row in rows}


def lock_due(transaction: Transaction, now_ms: int, most: int) -> dict[str, StoredBidding]:
    """Up to `most` biddings whose end has come, earliest first, locked."""
    return _lock_first(transaction, _due, now_ms, most)


def lock_frozen_too_long(
    transaction: Transaction, now_ms: int, most: int
) -> dict[str, StoredBidding]:
    """Up to `most` biddings that nobody has resumed in time (docs/bidding.md B17), locked."""
    return _lock_first(transaction, _frozen_too_long, now_ms, most)


def _lock_first(
    transaction: Transaction, chosen: tuple[Select[Any], Select[Any]], now_ms: int, most: int
) -> dict[str, StoredBidding]:
    first, still = chosen
    ids = transaction.scalars(first, {"now_ms": now_ms, "most": most}).all()
    if not ids:
        return {}
    # A bid that moved the end while we waited for its lock takes the row out of the result.
    rows = transaction.execute(still, {"ids": ids, "now_ms": now_ms}).all()
    due = sorted(rows, key=lambda row: (row.ends_at_ms, row.id))
    return {row.auction: bidding_from(row) for row in due}


def expired_offers(transaction: Transaction, now_ms: int, most: int) -> list[tuple[str, int]]:
    """Auction and number of up to `most` open offers whose time is over, earliest first."""
    rows = transaction.execute(_expired, {"now_ms": now_ms, "most": most})
    return [(row.auction, row.number) for row in rows]


def next_end_ms(transaction: Transaction) -> int | None:
    """When the next open bidding ends; None when none is open."""
    found: int | None = transaction.scalar(_next_end)
    return found


def is_known(transaction: Transaction, auction: str) -> bool:
    """Whether an auction has its bidding."""
    return transaction.execute(_of_auction, {"auction": auction}).one_or_none() is not None


def bids_that_count(transaction: Transaction, bidding_id: int) -> tuple[PlacedBid, ...]:
    """The bids of a bidding that were not retracted, oldest first."""
    rows = transaction.execute(_bids_that_count, {"bidding_id": bidding_id})
    return tuple(placed_from(row) for row in rows)


def offers_by_id(transaction: Transaction, bidding_id: int) -> dict[int, Offer]:
    """All offers of a bidding, in the order of their numbers."""
    rows = transaction.execute(_offers, {"bidding_id": bidding_id})
    return {row.id: offer_from(row) for row in rows}


def insert_bidding(transaction: Transaction, new: StoredBidding, opening: Recorded) -> int:
    """A bidding and the first entry of its record; returns its id."""
    columns = bidding_columns(new.bidding, new.tip) | {
        "auction": new.auction,
        "terms": terms_text(new.bidding.terms),
        "mask_key": new.mask_key,
    }
    key = transaction.execute(insert(biddings).values(columns)).inserted_primary_key
    assert key is not None
    bidding_id = int(key[0])
    transaction.execute(insert(record), record_columns(bidding_id, opening))
    return bidding_id


def save_biddings(transaction: Transaction, changed: Iterable[StoredBidding]) -> None:
    """Biddings as they are now."""
    rows = [
        {"bidding_id": stored.id, **bidding_columns(stored.bidding, stored.tip)}
        for stored in changed
    ]
    if rows:
        transaction.execute(_save, rows)


def insert_bids(
    transaction: Transaction, placed: Sequence[tuple[int, PlacedBid, Recorded]]
) -> Numbered:
    """Bids of bidding ids with their entries; returns the ids that they got."""
    rows = [bid_columns(bidding_id, bid, entry) for bidding_id, bid, entry in placed]
    numbered = (bids.c.id, bids.c.bidding_id, bids.c.sequence)
    written = insert_returning(transaction, bids, rows, *numbered)
    return {(row.bidding_id, row.sequence): row.id for row in written}


def retract_bids(transaction: Transaction, retracted: Sequence[tuple[int, int, int]]) -> None:
    """Bids (bidding id, sequence) that no longer count since a time in ms."""
    rows = [
        {"of_bidding": bidding_id, "numbered": sequence, "at_ms": at_ms}
        for bidding_id, sequence, at_ms in retracted
    ]
    transaction.execute(_retract, rows)


def insert_offers(transaction: Transaction, made: Sequence[tuple[int, Offer]]) -> Numbered:
    """Offers of bidding ids; returns the ids that they got."""
    rows = [offer_columns(bidding_id, offer) for bidding_id, offer in made]
    numbered = (offers.c.id, offers.c.bidding_id, offers.c.number)
    written = insert_returning(transaction, offers, rows, *numbered)
    return {(row.bidding_id, row.number): row.id for row in written}


def end_offers(transaction: Transaction, ended: Sequence[tuple[int, int, OfferStatus]]) -> None:
    """Offers (bidding id, number) that came to an end."""
    rows = [
        {"of_bidding": bidding_id, "numbered": number, "new_status": status}
        for bidding_id, number, status in ended
    ]
    transaction.execute(_end_offer, rows)


def append_record(transaction: Transaction, entries: Sequence[tuple[int, Recorded]]) -> None:
    """The next entries of the records of bidding ids."""
    rows = [record_columns(bidding_id, entry) for bidding_id, entry in entries]
    insert_all(transaction, record, rows)


def announce(
    transaction: Transaction, events: Iterable[tuple[Event, tuple[int, str | None]]]
) -> None:
    """Events with their times in ms and traces, to be published in this order."""
    announce_all(transaction, outbox, [Announcement(*event, *when) for event, when in events])
