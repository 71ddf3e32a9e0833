"""Opening the biddings of auctions that the bus told of."""

from service_kit.backoff import backoff_s
from service_kit.clock import Clock
from service_kit.logs import get_logger

from bids_service.errors import AuctionUnreachable, UnknownAuction
from bids_service.fetch_terms import Auctions
from bids_service.model import AnnouncedAuction
from bids_service.storage.announced import AnnouncedAuctions
from bids_service.storage.books import Books

log = get_logger(__name__)

_AT_ONCE = 50
_LONGEST_PAUSE_S = 600


def learn_due(announced: AnnouncedAuctions, books: Books, auctions: Auctions, clock: Clock) -> int:
    """Fetch the terms of the auctions whose turn has come; returns how many were tried.

    Killed halfway, what is left is tried again. Raises StoreUnavailable.
    """
    due = announced.due(clock(), _AT_ONCE)
    for auction in due:
        _learn(auction, announced, books, auctions, clock)
    return len(due)


def _learn(
    auction: AnnouncedAuction,
    announced: AnnouncedAuctions,
    books: Books,
    auctions: Auctions,
    clock: Clock,
) -> None:
    try:
        books.open(auction.url, auctions.terms(auction.url))
    except UnknownAuction as error:
        log.warning("announced auction can't be learned", auction=auction.url, why=str(error))
    except AuctionUnreachable as error:
        pause_s = backoff_s(auction.failures + 1, longest_s=_LONGEST_PAUSE_S)
        log.warning("auction not reached", auction=auction.url, why=str(error), retry_in_s=pause_s)
        announced.postpone(auction, clock() + int(pause_s * 1000))
        return
    announced.settle(auction.url)
