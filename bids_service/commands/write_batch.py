"""What one transaction writes about biddings, gathered so that each table is written to once."""

from dataclasses import dataclass, field

from bids_service.audit.record import Recorded
from bids_service.engine.bidding import PlacedBid
from bids_service.engine.offer import Offer, OfferStatus
from bids_service.model import StoredBidding
from bids_service.storage import biddings
from bids_service.storage.biddings import Event, Numbered
from bids_service.storage.database import Transaction
from bids_service.urls import Urls


@dataclass(slots=True)
class WriteBatch:
    """Add to it in the order of the commands, then `write` once (or now and then)."""

    urls: Urls
    _biddings: dict[int, StoredBidding] = field(default_factory=dict)
    _bids: list[tuple[int, PlacedBid, Recorded]] = field(default_factory=list)
    _trace: str | None = None
    _bid_traces: list[str | None] = field(default_factory=list)
    _retracted: list[tuple[int, int, int]] = field(default_factory=list)
    _record: list[tuple[int, Recorded]] = field(default_factory=list)
    _offers: dict[tuple[int, int], tuple[Offer, int]] = field(default_factory=dict)
    _ended: list[tuple[int, int, OfferStatus]] = field(default_factory=list)
    _events: dict[Event, tuple[int, str | None]] = field(default_factory=dict)
    bid_ids: Numbered = field(default_factory=dict)
    offer_ids: Numbered = field(default_factory=dict)

    def within(self, trace: str | None) -> "WriteBatch":
        """What is added from now on belongs to this trace; itself."""
        self._trace = trace
        return self

    def change(self, stored: StoredBidding, entry: Recorded, *, is_public: bool) -> None:
        """The bidding as it is after an entry in its record."""
        self._biddings[stored.id] = stored
        self._record.append((stored.id, entry))
        if is_public:
            self._announce("biddings", "update", self.urls.bidding(stored.id), entry.at_ms)

    def place(self, bidding_id: int, bid: PlacedBid, entry: Recorded) -> None:
        """A bid that was taken."""
        self._bids.append((bidding_id, bid, entry))
        self._bid_traces.append(self._trace)

    def retract(self, bidding_id: int, sequence: int, at_ms: int) -> None:
        """A bid that no longer counts."""
        self._retracted.append((bidding_id, sequence, at_ms))

    def offer(self, bidding_id: int, offer: Offer, at_ms: int) -> None:
        """An offer that is new, or ended at a time."""
        if offer.status is OfferStatus.OPEN:
            self._offers[bidding_id, offer.number] = (offer, at_ms)
        else:
            self._ended.append((bidding_id, offer.number, offer.status))
            offer_id = self.offer_ids[bidding_id, offer.number]
            self._announce("offers", "update", self.urls.offer(offer_id), at_ms)

    def write(self, transaction: Transaction) -> None:
        """Write what was gathered since the last time; `bid_ids` and `offer_ids` grow."""
        biddings.save_biddings(transaction, self._biddings.values())
        self._write_bids(transaction)
        self._write_offers(transaction)
        biddings.append_record(transaction, self._record)
        # New bids first: who hears of the bidding's change can already look at them.
        ordered = sorted(self._events.items(), key=lambda event: event[0][0] != "bids")
        biddings.announce(transaction, ordered)
        self._biddings, self._record, self._events = {}, [], {}

    def _write_bids(self, transaction: Transaction) -> None:
        if self._bids:
            self.bid_ids |= biddings.insert_bids(transaction, self._bids)
            for (bidding_id, bid, _), trace in zip(self._bids, self._bid_traces, strict=True):
                url = self.urls.bid(self.bid_ids[bidding_id, bid.sequence])
                self.within(trace)._announce("bids", "create", url, bid.placed_at_ms)
        if self._retracted:
            biddings.retract_bids(transaction, self._retracted)
        self._bids, self._bid_traces, self._retracted = [], [], []

    def _write_offers(self, transaction: Transaction) -> None:
        if self._offers:
            made = [(bidding_id, offer) for (bidding_id, _), (offer, _) in self._offers.items()]
            self.offer_ids |= biddings.insert_offers(transaction, made)
            for key, (_, at_ms) in self._offers.items():
                self._announce("offers", "create", self.urls.offer(self.offer_ids[key]), at_ms)
        if self._ended:
            biddings.end_offers(transaction, self._ended)
        self._offers, self._ended = {}, []

    def _announce(self, topic: str, type: str, url: str, at_ms: int) -> None:
        """An event. Of equal ones in a transaction one is enough: it says where to look."""
        self._events[topic, type, url] = (at_ms, self._trace)
