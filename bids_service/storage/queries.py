"""Biddings and bids to look at; reading never waits for a bid being taken."""

from collections.abc import Callable
from typing import Any, TypeVar

from service_kit.paging import cut
from sqlalchemy import Select, bindparam, select

from bids_service.audit.record import Recorded
from bids_service.engine.bidding import PlacedBid, Standing
from bids_service.model import (
    AcceptedCommand,
    Key,
    OwnBid,
    Page,
    StoredBid,
    StoredBidding,
    StoredOffer,
)
from bids_service.storage.biddings import bids_that_count
from bids_service.storage.database import Database
from bids_service.storage.rows import (
    accepted_from,
    bid_from,
    bid_of,
    bidding_from,
    offer_from,
    own_bid_from,
    recorded_from,
    stored_offer,
    terms_from,
)
from bids_service.storage.tables import biddings, bids, offers, record, waiting_commands

T = TypeVar("T")
_SPAN = 2
"""So many numbers are read for each bid of a page at first: most books have few silent raises."""
_bidding = select(biddings).where(biddings.c.id == bindparam("id"))
_bidding_of = select(biddings).where(biddings.c.auction == bindparam("auction"))
_bids = select(bids, biddings.c.auction, biddings.c.terms, biddings.c.mask_key).join(biddings)
_shown_bids = (
    select(bids)
    .where(
        bids.c.bidding_id == bindparam("bidding_id"),
        bids.c.sequence >= bindparam("least"),
        bids.c.sequence < bindparam("below"),
        bids.c.standing != Standing.RAISED,
        bids.c.retracted_at_ms.is_(None),
    )
    .order_by(bids.c.sequence.desc())
    .limit(bindparam("most"))
)
_numbered = select(bids.c.bidding_id, bids.c.sequence).where(bids.c.id == bindparam("id"))
_own_bids = _bids.add_columns(biddings.c.ends_at_ms, biddings.c.outcome, biddings.c.frozen_at_ms)
_accepted = select(waiting_commands)
_offers = select(offers, biddings.c.auction, biddings.c.terms).join(biddings)


class Queries:
    """Each method is one read. Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def bidding(self, bidding_id: int) -> StoredBidding | None:
        """The bidding of an id."""
        return self._bidding(_bidding, {"id": bidding_id})

    def bidding_of(self, auction: str) -> StoredBidding | None:
        """The bidding of an auction's URL."""
        return self._bidding(_bidding_of, {"auction": auction})

    def bid(self, bid_id: int) -> StoredBid | None:
        """The bid of an id; a retracted one stays to be looked at."""
        with self._database.read_once() as connection:
            row = connection.execute(_bids.where(bids.c.id == bid_id)).one_or_none()
        return bid_from(row) if row is not None else None

    def offer(self, offer_id: int) -> StoredOffer | None:
        """The second chance of an id."""
        with self._database.read_once() as connection:
            row = connection.execute(_offers.where(offers.c.id == offer_id)).one_or_none()
        if row is None:
            return None
        terms = terms_from(row.terms)
        return stored_offer(row.id, row.bidding_id, row.auction, terms, offer_from(row))

    def bids_of_bidding(
        self, stored: StoredBidding, *, before: int | None, most: int
    ) -> Page[StoredBid]:
        """The public bids of a bidding that count, newest first; those before the bid `before`."""
        newest = stored.bidding.sequence
        below = newest + 1 if before is None else self._sequence_of(stored, before)
        # Bids are numbered without a gap, so a span of numbers bounds what is read, whatever plan
        # the database makes. Of what is in it, raises and retractions are not shown.
        span, found = _SPAN * (most + 1), list[Any]()
        while below > 1 and len(found) <= most:
            numbers = {"bidding_id": stored.id, "least": below - span, "below": below}
            more = most + 1 - len(found)
            with self._database.read_once() as connection:
                found += connection.execute(_shown_bids, {**numbers, "most": more}).all()
            below, span = below - span, 2 * span
        shown, last = cut(found, most)
        bids_shown = tuple(bid_of(stored, row) for row in shown)
        return Page(bids_shown, last.id if last is not None else None)

    def bids_that_count(self, bidding_id: int) -> tuple[PlacedBid, ...]:
        """All bids of a bidding that were not retracted, oldest first."""
        with self._database.reading_in_order() as connection:
            return bids_that_count(connection, bidding_id)

    def bids_of_bidder(self, bidder: str, *, before: int | None, most: int) -> Page[OwnBid]:
        """All bids of a bidder that count, newest first, with an id below `before`."""
        chosen = _own_bids.where(
            bids.c.bidder == bidder, bids.c.retracted_at_ms.is_(None)
        ).order_by(bids.c.id.desc())
        if before is not None:
            chosen = chosen.where(bids.c.id < before)
        return self._page(chosen, most, own_bid_from, lambda row: row.id)

    def history(self, bidding_id: int, *, after: int, most: int) -> Page[Recorded]:
        """The record of a bidding, oldest first, after the entry `after`."""
        chosen = (
            select(record)
            .where(record.c.bidding_id == bidding_id)
            .where(record.c.number > after, record.c.number <= after + most + 1)
            .order_by(record.c.number)
        )
        return self._page(chosen, most, recorded_from, lambda row: row.number)

    def accepted(self, command_id: int) -> AcceptedCommand | None:
        """What became of an accepted command."""
        chosen = _accepted.where(waiting_commands.c.id == command_id)
        with self._database.read_once() as connection:
            row = connection.execute(chosen).one_or_none()
        return accepted_from(row) if row is not None else None

    def accepted_under(self, key: Key) -> AcceptedCommand:
        """What became of the command that was accepted under a key."""
        waiting = waiting_commands.c
        chosen = _accepted.where(waiting.client == key.client, waiting.key == key.key)
        with self._database.read_once() as connection:
            return accepted_from(connection.execute(chosen).one())

    def _sequence_of(self, stored: StoredBidding, bid_id: int) -> int:
        """0 for a bid of another bidding, or none. The cursor is the id: its number would tell how
        many silent raises lie between."""
        with self._database.read_once() as connection:
            row = connection.execute(_numbered, {"id": bid_id}).one_or_none()
        return int(row.sequence) if row is not None and row.bidding_id == stored.id else 0

    def _bidding(self, chosen: Select[Any], which: dict[str, Any]) -> StoredBidding | None:
        with self._database.read_once() as connection:
            row = connection.execute(chosen, which).one_or_none()
        return bidding_from(row) if row is not None else None

    def _page(
        self,
        chosen: Select[Any],
        most: int,
        read: Callable[[Any], T],
        cursor: Callable[[Any], int],
    ) -> Page[T]:
        with self._database.reading_in_order() as connection:
            rows = connection.execute(chosen.limit(most + 1)).all()
        shown, last = cut(rows, most)
        return Page(tuple(read(row) for row in shown), cursor(last) if last is not None else None)
