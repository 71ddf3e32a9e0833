"""Deciding on commands inside a transaction that holds their biddings' locks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from service_kit.clock import Clock
from sqlalchemy import Connection, bindparam, select

from bids_service.audit.record import Recorded, record
from bids_service.audit.secrecy import new_salt
from bids_service.engine.book import Book, Command, decide
from bids_service.engine.decision import Accepted, Decision
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import AnswerOffer, ExpireOffer, SecondChance
from bids_service.model import Applied, KeptBidding
from bids_service.storage.ledger import Ledger
from bids_service.storage.rows import bidding_from, kept_offer, new_bid, offer_from, placed_from
from bids_service.storage.tables import biddings, bids, offers
from bids_service.urls import Urls

Commanded = tuple[str, Command]
"""An auction's URL and a command on its bidding."""

# In the order of ids, so that two transactions that lock several never wait for each other.
_locked = (
    select(biddings)
    .where(biddings.c.auction.in_(bindparam("auctions", expanding=True)))
    .order_by(biddings.c.id)
    .with_for_update()
)
_bids_that_count = (
    select(bids)
    .where(bids.c.bidding_id == bindparam("bidding_id"), bids.c.retracted_at_ms.is_(None))
    .order_by(bids.c.sequence)
)
_offers = select(offers).where(offers.c.bidding_id == bindparam("bidding_id"))


def locked(connection: Connection, auctions: Iterable[str]) -> dict[str, KeptBidding]:
    """The biddings of these auctions, as far as there are any, locked until the transaction ends.

    On PostgreSQL the lock is the row, on SQLite the transaction has the whole file already.
    """
    rows = connection.execute(_locked, {"auctions": sorted(set(auctions))})
    return {row.auction: bidding_from(row) for row in rows}


def decide_all(
    connection: Connection,
    kept: dict[str, KeptBidding],
    commands: Sequence[Commanded],
    *,
    urls: Urls,
    clock: Clock,
) -> list[Applied]:
    """Decide on commands in their order and write down what comes of them.

    `kept` are the locked biddings of all of them. The clock is read for each, inside the lock, so
    that the recorded order is the order of time.
    """
    ledger = Ledger(urls)
    biddings_now = dict(kept)
    steps = [
        _decide(connection, ledger, biddings_now, auction, command, clock())
        for auction, command in commands
    ]
    ledger.write(connection)
    return [step.applied(ledger) for step in steps]


@dataclass(frozen=True, slots=True)
class _Step:
    """One decision, before the ids of what it wrote are known."""

    kept: KeptBidding
    decision: Decision
    at_ms: int
    entry: Recorded | None = None

    def applied(self, ledger: Ledger) -> Applied:
        step = Applied(kept=self.kept, decision=self.decision, at_ms=self.at_ms)
        if not isinstance(self.decision, Accepted):
            return step
        kept, bid, offer = self.kept, self.decision.bid, self.decision.offer
        if bid is not None and self.entry is not None:
            bid_id = ledger.bid_ids[kept.id, bid.sequence]
            step = replace(step, bid=new_bid(kept, bid_id, bid, self.entry))
        if offer is not None:
            offer_id = ledger.offer_ids[kept.id, offer.number]
            terms = kept.bidding.terms
            step = replace(step, offer=kept_offer(offer_id, kept.id, kept.auction, terms, offer))
        return step


def _decide(
    connection: Connection,
    ledger: Ledger,
    kept: dict[str, KeptBidding],
    auction: str,
    command: Command,
    now_ms: int,
) -> _Step:
    before = kept[auction]
    decision = decide(_book(connection, ledger, before, command), command, now_ms)
    # Without happenings the command had its effect before, and that is on record.
    if not isinstance(decision, Accepted) or not decision.happenings:
        return _Step(before, decision, now_ms)
    entry = record(before.tip, command, decision, now_ms, mask_key=before.mask_key, salt=new_salt())
    after = replace(before, bidding=decision.bidding, tip=entry.tip)
    kept[auction] = after
    _enter(ledger, before, after, decision, entry)
    return _Step(after, decision, now_ms, entry)


def _enter(
    ledger: Ledger, before: KeptBidding, after: KeptBidding, decision: Accepted, entry: Recorded
) -> None:
    ledger.change(after, entry, is_public=after.bidding.version != before.bidding.version)
    if decision.bid is not None:
        ledger.place(after.id, decision.bid, entry)
    for sequence in decision.retracted:
        ledger.retract(after.id, sequence, entry.at_ms)
    if decision.offer is not None:
        ledger.offer(after.id, decision.offer, entry.at_ms)


def _book(connection: Connection, ledger: Ledger, kept: KeptBidding, command: Command) -> Book:
    """With its history for the commands that look back; a bid never does, however hot it gets."""
    if not isinstance(command, Retract | SecondChance | AnswerOffer | ExpireOffer):
        return Book(kept.bidding)
    ledger.write(connection)  # what came before in this transaction is history too
    of_bidding = {"bidding_id": kept.id}
    offered = connection.execute(_offers.order_by(offers.c.number), of_bidding).all()
    ledger.offer_ids.update({(kept.id, row.number): row.id for row in offered})
    return Book(
        kept.bidding,
        tuple(placed_from(row) for row in connection.execute(_bids_that_count, of_bidding)),
        tuple(offer_from(row) for row in offered),
    )
