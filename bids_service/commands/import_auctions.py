"""Opening the biddings of auctions, from the terms that they were announced with."""

from service_kit.backoff import backoff_s
from service_kit.logs import get_logger
from service_kit.trace import traceparent_at_work

from bids_service.audit.commitments import new_salt
from bids_service.audit.record import record_opening
from bids_service.commands.decide import Books
from bids_service.engine.bidding import open_bidding
from bids_service.engine.terms import Terms
from bids_service.errors import AuctionUnreachable, UnknownAuction
from bids_service.fetch_terms import Auctions
from bids_service.model import AnnouncedAuction, StoredBidding
from bids_service.storage.announced_auctions import AnnouncedAuctions
from bids_service.storage.biddings import announce, insert_bidding, is_known
from bids_service.storage.database import once_more_if_raced

log = get_logger(__name__)

_AT_ONCE = 50
_LONGEST_PAUSE_S = 600


def import_due(books: Books, announced: AnnouncedAuctions, auctions: Auctions) -> int:
    """Fetch the terms of the auctions whose turn has come; returns how many were tried.

    Killed halfway, what is left is tried again. Raises StoreUnavailable.
    """
    due = announced.due(books.clock(), _AT_ONCE)
    for auction in due:
        _import(books, announced, auctions, auction)
    return len(due)


def create_bidding(books: Books, auction: str, terms: Terms) -> None:
    """Open the bidding of an auction; nothing happens if it is open already."""
    once_more_if_raced(lambda: _create(books, auction, terms))
    books.database.outbox_channel.notify()


def _import(
    books: Books, announced: AnnouncedAuctions, auctions: Auctions, auction: AnnouncedAuction
) -> None:
    try:
        if auction.url == auctions.list_url:
            for urls in auctions.running():
                announced.add(urls, books.clock())
        else:
            create_bidding(books, auction.url, auctions.terms(auction.url))
    except UnknownAuction as error:
        log.warning("announced auction can't be learned", auction=auction.url, why=str(error))
    except AuctionUnreachable as error:
        pause_s = backoff_s(auction.failures + 1, longest_s=_LONGEST_PAUSE_S)
        log.warning("auction not reached", auction=auction.url, why=str(error), retry_in_s=pause_s)
        announced.postpone(auction, books.clock() + int(pause_s * 1000))
        return
    announced.settle(auction.url)


def _create(books: Books, auction: str, terms: Terms) -> None:
    with books.database.writing() as transaction:
        if is_known(transaction, auction):
            return
        bidding, at_ms = open_bidding(terms), books.clock()
        opening = record_opening(auction, bidding, at_ms, salt=new_salt())
        new = StoredBidding(
            id=0, auction=auction, bidding=bidding, mask_key=new_salt(), tip=opening.tip
        )
        url = books.urls.bidding(insert_bidding(transaction, new, opening))
        announce(transaction, [(("biddings", "create", url), (at_ms, traceparent_at_work()))])
