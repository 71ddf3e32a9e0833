"""Biddings and bids to look at; reading never waits for a bid being taken."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, select

from bids_service.engine.bidding import Standing
from bids_service.model import KeptBid, KeptBidding, Page
from bids_service.storage.rows import bid_from, bidding_from
from bids_service.storage.tables import biddings, bids
from bids_service.storage.transactions import reading

_bids = select(bids, biddings.c.auction, biddings.c.terms).join(biddings)


class Catalogue:
    """Each method is one read. Raises StoreUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def bidding(self, bidding_id: int) -> KeptBidding | None:
        """The bidding of an id."""
        return self._bidding(biddings.c.id == bidding_id)

    def bidding_of(self, auction: str) -> KeptBidding | None:
        """The bidding of an auction's URL."""
        return self._bidding(biddings.c.auction == auction)

    def bid(self, bid_id: int) -> KeptBid | None:
        """The bid of an id; a retracted one stays to be looked at."""
        with reading(self._engine) as connection:
            row = connection.execute(_bids.where(bids.c.id == bid_id)).one_or_none()
        return bid_from(row) if row is not None else None

    def bids_of_bidding(self, bidding_id: int, *, before: int | None, most: int) -> Page[KeptBid]:
        """The public bids of a bidding that count, newest first; `sequence` below `before`."""
        chosen = _bids.where(
            bids.c.bidding_id == bidding_id,
            bids.c.standing != Standing.RAISED,
            bids.c.retracted_at_ms.is_(None),
        ).order_by(bids.c.sequence.desc())
        if before is not None:
            chosen = chosen.where(bids.c.sequence < before)
        return self._page(chosen, most, lambda kept: kept.bid.sequence)

    def bids_of_bidder(self, bidder: str, *, before: int | None, most: int) -> Page[KeptBid]:
        """All bids of a bidder, newest first, with an id below `before`."""
        chosen = _bids.where(bids.c.bidder == bidder, bids.c.retracted_at_ms.is_(None)).order_by(
            bids.c.id.desc()
        )
        if before is not None:
            chosen = chosen.where(bids.c.id < before)
        return self._page(chosen, most, lambda kept: kept.id)

    def _bidding(self, which: ColumnElement[bool]) -> KeptBidding | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(biddings).where(which)).one_or_none()
        return bidding_from(row) if row is not None else None

    def _page(
        self, chosen: Select[Any], most: int, position: Callable[[KeptBid], int]
    ) -> Page[KeptBid]:
        with reading(self._engine) as connection:
            rows = connection.execute(chosen.limit(most + 1)).all()
        items = tuple(bid_from(row) for row in rows[:most])
        return Page(items, position(items[-1]) if len(rows) > most else None)
