"""What one transaction writes about biddings, gathered so that each table is written to once."""

from dataclasses import dataclass, field
from typing import Any

from service_kit.dialects import insert_all, insert_returning
from sqlalchemy import Connection, bindparam, update

from bids_service.audit.record import Recorded
from bids_service.engine.bidding import PlacedBid
from bids_service.engine.offer import Offer, OfferStatus
from bids_service.model import KeptBidding
from bids_service.storage.rows import bid_columns, bidding_columns, offer_columns, record_columns
from bids_service.storage.tables import biddings, bids, offers, outbox, record
from bids_service.urls import Urls

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
Event = tuple[str, str, str]
Numbered = dict[tuple[int, int], int]
"""Ids by bidding id and number in it."""


@dataclass(slots=True)
class Ledger:
    """Add to it in the order of the commands, then `write` once (or now and then)."""

    urls: Urls
    _biddings: dict[int, KeptBidding] = field(default_factory=dict)
    _bids: list[dict[str, Any]] = field(default_factory=list)
    _retracted: list[dict[str, Any]] = field(default_factory=list)
    _record: list[dict[str, Any]] = field(default_factory=list)
    _offers: dict[tuple[int, int], tuple[Offer, int]] = field(default_factory=dict)
    _ended: list[dict[str, Any]] = field(default_factory=list)
    _updates: dict[Event, int] = field(default_factory=dict)
    bid_ids: Numbered = field(default_factory=dict)
    offer_ids: Numbered = field(default_factory=dict)

    def change(self, kept: KeptBidding, entry: Recorded, *, is_public: bool) -> None:
        """The bidding as it is after an entry in its record."""
        self._biddings[kept.id] = kept
        self._record.append(record_columns(kept.id, entry))
        if is_public:
            self.announce("biddings", "update", self.urls.bidding(kept.id), entry.at_ms)

    def place(self, bidding_id: int, bid: PlacedBid, entry: Recorded) -> None:
        """A bid that was taken."""
        self._bids.append(bid_columns(bidding_id, bid, entry))

    def retract(self, bidding_id: int, sequence: int, at_ms: int) -> None:
        """A bid that no longer counts."""
        self._retracted.append({"of_bidding": bidding_id, "numbered": sequence, "at_ms": at_ms})

    def offer(self, bidding_id: int, offer: Offer, at_ms: int) -> None:
        """An offer that is new, or ended at a time."""
        if offer.status is OfferStatus.OPEN:
            self._offers[bidding_id, offer.number] = (offer, at_ms)
        else:
            row = {"of_bidding": bidding_id, "numbered": offer.number, "new_status": offer.status}
            self._ended.append(row)
            offer_id = self.offer_ids[bidding_id, offer.number]
            self.announce("offers", "update", self.urls.offer(offer_id), at_ms)

    def announce(self, topic: str, type: str, url: str, at_ms: int) -> None:
        """An event. Of equal ones in a transaction one is enough: it says where to look."""
        self._updates[topic, type, url] = at_ms

    def write(self, connection: Connection) -> None:
        """Write what was gathered since the last time; `bid_ids` and `offer_ids` grow."""
        if self._biddings:
            changed = self._biddings.values()
            rows = [{"bidding_id": kept.id, **bidding_columns(kept)} for kept in changed]
            connection.execute(_save, rows)
        self._write_bids(connection)
        self._write_offers(connection)
        insert_all(connection, record, self._record)
        insert_all(connection, outbox, self._events())
        self._biddings, self._record, self._updates = {}, [], {}

    def _write_bids(self, connection: Connection) -> None:
        if self._bids:
            numbered = (bids.c.id, bids.c.bidding_id, bids.c.sequence)
            for row in insert_returning(connection, bids, self._bids, *numbered):
                self.bid_ids[row.bidding_id, row.sequence] = row.id
            for bid in self._bids:
                bid_id = self.bid_ids[bid["bidding_id"], bid["sequence"]]
                self.announce("bids", "create", self.urls.bid(bid_id), bid["placed_at_ms"])
        if self._retracted:
            connection.execute(_retract, self._retracted)
        self._bids, self._retracted = [], []

    def _write_offers(self, connection: Connection) -> None:
        if self._offers:
            rows = [offer_columns(key[0], offer) for key, (offer, _) in self._offers.items()]
            numbered = (offers.c.id, offers.c.bidding_id, offers.c.number)
            for row in insert_returning(connection, offers, rows, *numbered):
                self.offer_ids[row.bidding_id, row.number] = row.id
            for key, (_, at_ms) in self._offers.items():
                self.announce("offers", "create", self.urls.offer(self.offer_ids[key]), at_ms)
        if self._ended:
            connection.execute(_end_offer, self._ended)
        self._offers, self._ended = {}, []

    def _events(self) -> list[dict[str, Any]]:
        # New bids first: who hears of the bidding's change can already look at them.
        ordered = sorted(self._updates.items(), key=lambda event: event[0][0] != "bids")
        return [
            {"topic": topic, "type": type, "url": url, "changed_at_ms": at_ms}
            for (topic, type, url), at_ms in ordered
        ]
