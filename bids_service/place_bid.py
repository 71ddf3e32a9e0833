"""The way of a bid through the service: known auction or not, decided once, answered once."""

from dataclasses import dataclass

from service_kit.idempotency import StoredAnswer
from service_kit.logs import get_logger

from bids_service.engine.bid import Bid
from bids_service.errors import UnknownAuction
from bids_service.fetch_terms import Auctions
from bids_service.model import Key
from bids_service.storage.books import Answer, Books

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A bid on the auction at a URL, and the key it must have its effect under."""

    auction: str
    bid: Bid
    key: Key


def place_bid(books: Books, auctions: Auctions, order: Order, answer: Answer) -> StoredAnswer:
    """Take or refuse a bid; an auction that nobody told us of is learned first.

    Repeatable: the same key gets the same answer. Raises UnknownAuction, AuctionUnreachable,
    KeyReused, StoreUnavailable.
    """
    stored = _apply(books, auctions, order, answer)
    log.info("bid answered", auction=order.auction, bidder=order.bid.bidder, status=stored.status)
    return stored


def _apply(books: Books, auctions: Auctions, order: Order, answer: Answer) -> StoredAnswer:
    try:
        return books.apply(order.auction, order.bid, order.key, answer)
    except UnknownAuction:
        log.info("auction not known yet", auction=order.auction)
    books.open(order.auction, auctions.terms(order.auction))
    return books.apply(order.auction, order.bid, order.key, answer)
