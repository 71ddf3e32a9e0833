"""Deciding on commands inside a transaction that holds their biddings' locks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import repeat

from service_kit.clock import Clock

from bids_service.audit.commitments import new_salt
from bids_service.audit.record import Recorded, record
from bids_service.commands.write_batch import WriteBatch
from bids_service.engine.book import Book, Command, decide, looks_back
from bids_service.engine.decision import Accepted, Decision
from bids_service.model import Applied, StoredBidding
from bids_service.storage.biddings import bids_that_count, offers_by_id
from bids_service.storage.database import Database, Transaction
from bids_service.storage.rows import new_bid, stored_offer
from bids_service.urls import Urls

Commanded = tuple[str, Command]
"""An auction's URL and a command on its bidding."""


@dataclass(frozen=True, slots=True)
class Books:
    """All bid books: the database they are in, the URLs of what is written there, and the time."""

    database: Database
    urls: Urls
    clock: Clock


def decide_all(
    books: Books,
    transaction: Transaction,
    locked: dict[str, StoredBidding],
    commands: Sequence[Commanded],
    traces: Sequence[str | None] = (),
) -> list[Applied]:
    """Decide on commands in their order and write down what comes of them.

    `locked` are the biddings of all of them, `traces` those that they came in. The clock is read
    for each, inside the lock, so that the recorded order is the order of time.
    """
    batch = WriteBatch(books.urls)
    biddings_now = dict(locked)
    steps = [
        _decide(transaction, batch.within(trace), biddings_now, auction, command, books.clock())
        for (auction, command), trace in zip(commands, traces or repeat(None), strict=False)
    ]
    batch.write(transaction)
    return [step.applied(batch) for step in steps]


@dataclass(frozen=True, slots=True)
class _Step:
    """One decision, before the ids of what it wrote are known."""

    stored: StoredBidding
    decision: Decision
    at_ms: int
    entry: Recorded | None = None

    def applied(self, batch: WriteBatch) -> Applied:
        step = Applied(stored=self.stored, decision=self.decision, at_ms=self.at_ms)
        if not isinstance(self.decision, Accepted):
            return step
        stored, bid, offer = self.stored, self.decision.bid, self.decision.offer
        if bid is not None and self.entry is not None:
            bid_id = batch.bid_ids[stored.id, bid.sequence]
            step = replace(step, bid=new_bid(stored, bid_id, bid, self.entry))
        if offer is not None:
            offer_id = batch.offer_ids[stored.id, offer.number]
            terms = stored.bidding.terms
            step = replace(
                step, offer=stored_offer(offer_id, stored.id, stored.auction, terms, offer)
            )
        return step


def _decide(
    transaction: Transaction,
    batch: WriteBatch,
    biddings: dict[str, StoredBidding],
    auction: str,
    command: Command,
    now_ms: int,
) -> _Step:
    before = biddings[auction]
    decision = decide(_book(transaction, batch, before, command), command, now_ms)
    # Without events the command had its effect before, and that is on record.
    if not isinstance(decision, Accepted) or not decision.events:
        return _Step(before, decision, now_ms)
    entry = record(before.tip, command, decision, now_ms, mask_key=before.mask_key, salt=new_salt())
    after = replace(before, bidding=decision.bidding, tip=entry.tip)
    biddings[auction] = after
    _enter(batch, before, after, decision, entry)
    return _Step(after, decision, now_ms, entry)


def _enter(
    batch: WriteBatch,
    before: StoredBidding,
    after: StoredBidding,
    decision: Accepted,
    entry: Recorded,
) -> None:
    batch.change(after, entry, is_public=after.bidding.version != before.bidding.version)
    if decision.bid is not None:
        batch.place(after.id, decision.bid, entry)
    for sequence in decision.retracted:
        batch.retract(after.id, sequence, entry.at_ms)
    if decision.offer is not None:
        batch.offer(after.id, decision.offer, entry.at_ms)


def _book(
    transaction: Transaction, batch: WriteBatch, stored: StoredBidding, command: Command
) -> Book:
    """With its history for the commands that look back; a bid never does, however hot it gets."""
    if not looks_back(command):
        return Book(stored.bidding)
    batch.write(transaction)  # what came before in this transaction is history too
    offers = offers_by_id(transaction, stored.id)
    batch.offer_ids.update({(stored.id, offer.number): key for key, offer in offers.items()})
    return Book(stored.bidding, bids_that_count(transaction, stored.id), tuple(offers.values()))
