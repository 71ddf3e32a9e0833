"""The bid books: commands on biddings carried out, each transaction whole or not at all."""

from collections.abc import Callable, Sequence

from service_kit.clock import Clock
from service_kit.errors import KeyReused
from service_kit.idempotency import StoredAnswer
from service_kit.notify import NotifyChannel
from service_kit.outbox import announce
from sqlalchemy import Connection, Engine, bindparam, func, insert, select

from bids_service.audit.record import record_opening
from bids_service.audit.secrecy import new_salt
from bids_service.engine.bidding import open_bidding
from bids_service.engine.close import Close
from bids_service.engine.second_chance import ExpireOffer
from bids_service.engine.terms import Terms
from bids_service.errors import UnknownAuction
from bids_service.model import Applied, KeptBidding, Order
from bids_service.storage.deciding import Commanded, decide_all, locked
from bids_service.storage.keys import Kept, recall_all, remember_all
from bids_service.storage.rows import bidding_columns, bidding_from, record_columns, terms_text
from bids_service.storage.tables import biddings, offers, outbox, record
from bids_service.storage.transactions import new_id, once_more_if_raced, reading, writing
from bids_service.urls import Urls

Answer = Callable[[Applied], StoredAnswer]
Verdict = StoredAnswer | UnknownAuction | KeyReused

_of_auction = select(biddings.c.id).where(biddings.c.auction == bindparam("auction"))
_is_due = (biddings.c.outcome.is_(None), biddings.c.ends_at_ms <= bindparam("now_ms"))
_due = (
    select(biddings.c.id)
    .where(*_is_due)
    .order_by(biddings.c.ends_at_ms, biddings.c.id)
    .limit(bindparam("most"))
)
_still_due = (
    select(biddings)
    .where(biddings.c.id.in_(bindparam("ids", expanding=True)), *_is_due)
    .order_by(biddings.c.id)
    .with_for_update()
)
_expired = (
    select(biddings.c.auction, offers.c.number)
    .join_from(offers, biddings)
    .where(offers.c.status == "open", offers.c.expires_at_ms <= bindparam("now_ms"))
    .order_by(offers.c.expires_at_ms, offers.c.id)
    .limit(bindparam("most"))
)
_next_end = select(func.min(biddings.c.ends_at_ms)).where(biddings.c.outcome.is_(None))


class Books:
    """Applies commands, one at a time in each bidding."""

    def __init__(
        self, engine: Engine, urls: Urls, clock: Clock, outbox_channel: NotifyChannel
    ) -> None:
        self._engine = engine
        self._urls = urls
        self._clock = clock
        self._outbox_channel = outbox_channel

    def open(self, auction: str, terms: Terms) -> None:
        """Open the bidding of an auction; nothing happens if it is open already."""
        once_more_if_raced(lambda: self._open(auction, terms))
        self._outbox_channel.notify()

    def apply(self, orders: Sequence[Order], answer: Answer) -> list[Verdict]:
        """Carry out orders in one transaction, in their order, and keep the answers by their keys.

        A key that came before gets the answer it got then. The verdict on an order is its answer,
        or why it has none. Raises StoreUnavailable, and then nothing has happened.
        """
        verdicts = once_more_if_raced(lambda: self._apply(orders, answer))
        self._outbox_channel.notify()
        return verdicts

    def close_due(self, most: int) -> int:
        """Close up to `most` biddings whose end has come, earliest first; returns how many."""
        with writing(self._engine) as connection:
            now_ms = self._clock()
            ids = connection.scalars(_due, {"now_ms": now_ms, "most": most}).all()
            if not ids:
                return 0
            # A bid that moved the end while we waited for its lock takes the row out of the result.
            rows = connection.execute(_still_due, {"ids": ids, "now_ms": now_ms}).all()
            due = sorted(rows, key=lambda row: (row.ends_at_ms, row.id))
            kept = {row.auction: bidding_from(row) for row in due}
            self._decide_all(connection, kept, [(auction, Close()) for auction in kept])
        self._outbox_channel.notify()
        return len(due)

    def expire_offers(self, most: int) -> int:
        """End up to `most` offers whose time is over, earliest first; returns how many."""
        with writing(self._engine) as connection:
            over = connection.execute(_expired, {"now_ms": self._clock(), "most": most}).all()
            if not over:
                return 0
            commands: list[Commanded] = [
                (row.auction, ExpireOffer(number=row.number)) for row in over
            ]
            kept = locked(connection, [auction for auction, _ in commands])
            self._decide_all(connection, kept, commands)
        self._outbox_channel.notify()
        return len(over)

    def next_end_ms(self) -> int | None:
        """When the next open bidding ends; None when none is open."""
        with reading(self._engine) as connection:
            next_end_ms: int | None = connection.scalar(_next_end)
        return next_end_ms

    def _open(self, auction: str, terms: Terms) -> None:
        with writing(self._engine) as connection:
            if connection.execute(_of_auction, {"auction": auction}).one_or_none() is not None:
                return
            bidding, at_ms, mask_key = open_bidding(terms), self._clock(), new_salt()
            entry = record_opening(auction, bidding, at_ms, salt=new_salt())
            new = KeptBidding(
                id=0, auction=auction, bidding=bidding, mask_key=mask_key, tip=entry.tip
            )
            columns = bidding_columns(new) | {"mask_key": mask_key}
            bidding_id = new_id(
                connection.execute(
                    insert(biddings).values(auction=auction, terms=terms_text(terms), **columns)
                )
            )
            connection.execute(insert(record), record_columns(bidding_id, entry))
            url = self._urls.bidding(bidding_id)
            announce(connection, outbox, topic="biddings", type="create", url=url, now_ms=at_ms)

    def _apply(self, orders: Sequence[Order], answer: Answer) -> list[Verdict]:
        with writing(self._engine) as connection:
            kept = locked(connection, [order.auction for order in orders])
            # Only inside the lock: of two equal requests the second must find the first's answer.
            answers = recall_all(connection, [order.key for order in orders])
            fresh: dict[tuple[str, str], Order] = {}
            for order in orders:
                if order.key.id not in answers and order.auction in kept:
                    fresh.setdefault(order.key.id, order)
            commands = [(order.auction, order.command) for order in fresh.values()]
            applied = self._decide_all(connection, kept, commands)
            new = [
                Kept(order.key, answer(what), what.at_ms)
                for order, what in zip(fresh.values(), applied, strict=True)
            ]
            remember_all(connection, new)
            answers.update({kept_answer.key.id: kept_answer for kept_answer in new})
            return [_verdict(order, answers.get(order.key.id)) for order in orders]

    def _decide_all(
        self,
        connection: Connection,
        kept: dict[str, KeptBidding],
        commands: Sequence[Commanded],
    ) -> list[Applied]:
        return decide_all(connection, kept, commands, urls=self._urls, clock=self._clock)


def _verdict(order: Order, kept: Kept | None) -> Verdict:
    if kept is None:
        return UnknownAuction(order.auction)
    if kept.key.fingerprint != order.key.fingerprint:
        return KeyReused("this idempotency key was used for another request")
    return kept.answer
