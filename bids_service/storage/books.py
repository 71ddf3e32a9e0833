"""The bid books: a change to a bidding, its bids and its announcements, in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from service_kit.clock import Clock
from service_kit.doorbell import Doorbell
from service_kit.idempotency import StoredAnswer, recall, remember
from service_kit.outbox import announce
from sqlalchemy import Connection, CursorResult, Engine, bindparam, func, insert, select, update

from bids_service.engine.bidding import PlacedBid, open_bidding
from bids_service.engine.book import Book, Command, decide
from bids_service.engine.close import Close
from bids_service.engine.decision import Accepted, Refused
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import SecondChance
from bids_service.engine.terms import Terms
from bids_service.errors import UnknownAuction
from bids_service.model import Applied, KeptBid, KeptBidding, Key
from bids_service.storage.rows import (
    bid_columns,
    bidding_columns,
    bidding_from,
    kept_bid,
    placed_from,
    terms_text,
)
from bids_service.storage.tables import biddings, bids, idempotency_keys, outbox
from bids_service.storage.transactions import once_more_if_raced, reading, writing
from bids_service.urls import Urls

Answer = Callable[[Applied], StoredAnswer]

_of_auction = select(biddings).where(biddings.c.auction == bindparam("auction"))
_locked = _of_auction.with_for_update()
_save = update(biddings).where(biddings.c.id == bindparam("bidding_id"))
_due = (
    select(biddings)
    .where(biddings.c.outcome.is_(None), biddings.c.ends_at_ms <= bindparam("now_ms"))
    .order_by(biddings.c.ends_at_ms, biddings.c.id)
    .limit(bindparam("most"))
    .with_for_update()
)


class Books:
    """Applies commands, one at a time in each bidding.

    A bidding's lock is its row (SELECT … FOR UPDATE) on PostgreSQL and the whole file on SQLite.
    The clock is read once the lock is held, so that the recorded order is the order of time.
    """

    def __init__(self, engine: Engine, urls: Urls, clock: Clock, doorbell: Doorbell) -> None:
        self._engine = engine
        self._urls = urls
        self._clock = clock
        self._doorbell = doorbell

    def open(self, auction: str, terms: Terms) -> None:
        """Open the bidding of an auction; nothing happens if it is open already."""
        once_more_if_raced(lambda: self._open(auction, terms))
        self._doorbell.ring()

    def apply(self, auction: str, command: Command, key: Key, answer: Answer) -> StoredAnswer:
        """Decide on a command, write down what came of it and the answer that its key now has.

        A key that came before gets the answer it got then. Raises UnknownAuction, KeyReused,
        StoreUnavailable.
        """
        stored = once_more_if_raced(lambda: self._apply_keyed(auction, command, key, answer))
        self._doorbell.ring()
        return stored

    def close_due(self, most: int) -> int:
        """Close up to `most` biddings whose end has come, earliest first; returns how many."""
        with writing(self._engine) as connection:
            now_ms = self._clock()
            # A bid that moved the end while we waited for its lock takes the row out of the result.
            found = connection.execute(_due, {"now_ms": now_ms, "most": most}).all()
            for row in found:
                self._write(connection, bidding_from(row), Close(), now_ms)
        if found:
            self._doorbell.ring()
        return len(found)

    def next_end_ms(self) -> int | None:
        """When the next open bidding ends; None when none is open."""
        with reading(self._engine) as connection:
            next_end_ms: int | None = connection.scalar(
                select(func.min(biddings.c.ends_at_ms)).where(biddings.c.outcome.is_(None))
            )
        return next_end_ms

    def _open(self, auction: str, terms: Terms) -> None:
        with writing(self._engine) as connection:
            if connection.execute(_of_auction, {"auction": auction}).one_or_none() is not None:
                return
            columns = bidding_columns(open_bidding(terms))
            written = connection.execute(
                insert(biddings).values(auction=auction, terms=terms_text(terms), **columns)
            )
            self._announce(
                connection,
                "biddings",
                "create",
                self._urls.bidding(_new_id(written)),
                self._clock(),
            )

    def _apply_keyed(
        self, auction: str, command: Command, key: Key, answer: Answer
    ) -> StoredAnswer:
        with writing(self._engine) as connection:
            locked = connection.execute(_locked, {"auction": auction}).one_or_none()
            # Only inside the lock: of two equal requests the second must find the first's answer.
            stored = recall(connection, idempotency_keys, key.client, key.key, key.fingerprint)
            if stored is not None:
                return stored
            if locked is None:
                raise UnknownAuction(auction)
            applied = self._write(connection, bidding_from(locked), command, self._clock())
            stored = answer(applied)
            remember(
                connection,
                idempotency_keys,
                client=key.client,
                key=key.key,
                fingerprint=key.fingerprint,
                answer=stored,
                now_ms=applied.at_ms,
            )
            return stored

    def _write(
        self, connection: Connection, kept: KeptBidding, command: Command, now_ms: int
    ) -> Applied:
        book = Book(kept.bidding, _history(connection, kept.id, command))
        decision = decide(book, command, now_ms)
        if isinstance(decision, Refused):
            return Applied(kept=kept, decision=decision, at_ms=now_ms)
        after = replace(kept, bidding=decision.bidding)
        if after != kept:
            connection.execute(_save, {"bidding_id": kept.id, **bidding_columns(decision.bidding)})
        bid = self._write_bids(connection, after, decision, now_ms)
        if decision.bidding.version != kept.bidding.version:
            self._announce(connection, "biddings", "update", self._urls.bidding(kept.id), now_ms)
        return Applied(kept=after, decision=decision, at_ms=now_ms, bid=bid)

    def _write_bids(
        self, connection: Connection, kept: KeptBidding, decision: Accepted, now_ms: int
    ) -> KeptBid | None:
        if decision.retracted:
            connection.execute(
                update(bids)
                .where(bids.c.bidding_id == kept.id, bids.c.sequence.in_(decision.retracted))
                .values(retracted_at_ms=now_ms)
            )
        if decision.bid is None:
            return None
        written = connection.execute(insert(bids).values(bid_columns(kept.id, decision.bid)))
        bid_id = _new_id(written)
        self._announce(connection, "bids", "create", self._urls.bid(bid_id), now_ms)
        return kept_bid(bid_id, kept.id, kept.auction, kept.bidding.terms, decision.bid)

    def _announce(
        self, connection: Connection, topic: str, type: str, url: str, now_ms: int
    ) -> None:
        announce(connection, outbox, topic=topic, type=type, url=url, now_ms=now_ms)


def _history(connection: Connection, bidding_id: int, command: Command) -> tuple[PlacedBid, ...]:
    """The bids that count, oldest first, for the commands that look back; a bid never does."""
    if not isinstance(command, Retract | SecondChance):
        return ()
    rows = connection.execute(
        select(bids)
        .where(bids.c.bidding_id == bidding_id, bids.c.retracted_at_ms.is_(None))
        .order_by(bids.c.sequence)
    )
    return tuple(placed_from(row) for row in rows)


def _new_id(written: CursorResult[Any]) -> int:
    key = written.inserted_primary_key
    assert key is not None
    return int(key[0])
