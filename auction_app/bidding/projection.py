"""Keep what bids_service told: the app's own copy of biddings and bids."""

from collections.abc import Sequence

import bids_client

from auction_app.bidding.model import Bid
from auction_app.bidding.repository import biddings
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.listings.model import RELATIONS, Bidding
from auction_app.listings.repository import auctions
from auction_app.notifications.notify import notify
from auction_app.orders.settle_sale import settle_sale
from auction_app.search.repository import entries
from auction_app.urls import Urls


def keep_placed(act: UnitOfWork, told: bids_client.PlacedBid) -> None:
    """Store the answer to a placed bid: the bid and what became of the bidding, at once."""
    keep_bid(act, told)
    keep_bidding(act, told.bidding)


def note_retractions(act: UnitOfWork, told: bids_client.Bidding, still: Sequence[str]) -> None:
    """Mark the bids that a bidding no longer counts; `still` are the URLs of all that it does.

    Bids that were placed after `told` are left alone. May be repeated.
    """
    auction_id = act.urls.auction_id(told.auction)
    if auction_id is None:
        return
    biddings.mark_retracted(
        act.conn, auction_id, still, placed_before_ms=told.server_time_ms, now_ms=act.now_ms
    )


def keep_bidding(act: UnitOfWork, told: bids_client.Bidding) -> None:
    """Store a fetched bidding, unless a newer version is here. May be repeated."""
    auction_id = act.urls.auction_id(told.auction)
    if auction_id is None or not auctions.exists(act.conn, auction_id):
        return  # another house's auction; bids_service may serve several
    bidding = _as_bidding(act.urls, told)
    if not biddings.keep(act.conn, auction_id, bidding, now_ms=act.now_ms):
        return
    if auctions.follow_bidding(act.conn, auction_id, bidding, now_ms=act.now_ms):
        act.announce("auctions", "update", act.urls.auction(auction_id))
        settle_sale(act, auction_id, at_ms=act.now_ms)
    entries.follow(act.conn, auctions.by_id(act.conn, auction_id))


def keep_bid(act: UnitOfWork, told: bids_client.Bid) -> None:
    """Store a fetched bid. May be repeated."""
    auction_id = act.urls.auction_id(told.auction)
    bidder_id = act.urls.customer_id(told.bidder)
    if auction_id is None or bidder_id is None or not auctions.exists(act.conn, auction_id):
        return
    bid = Bid(
        url=told.url,
        auction_id=auction_id,
        bidder_id=bidder_id,
        outcome=told.outcome,
        price=told.price,
        placed_at_ms=told.placed_at_ms,
        sequence=told.sequence,
        masked_bidder=told.masked_bidder,
    )
    if biddings.keep_bid(act.conn, bid):
        _tell(act, bid, told.outbid)


def _tell(act: UnitOfWork, bid: Bid, outbid: str | None) -> None:
    """News of a bid that was not known before: to the seller, and to whom it overtook."""
    auction = auctions.by_id(act.conn, bid.auction_id)
    if auction.bidding and auction.bidding.closed:
        settle_sale(act, auction.id, at_ms=bid.placed_at_ms)
        return
    news = {"about": bid.url, "auction_id": auction.id, "path": f"/auctions/{auction.id}"}
    if bid.outcome != biddings.RAISED:
        notify(act, auction.seller_id, "new-bid", **news, at_ms=bid.placed_at_ms)
    overtaken = act.urls.customer_id(outbid) if outbid else None
    if overtaken and overtaken != bid.bidder_id:
        notify(act, overtaken, "outbid", **news, at_ms=bid.placed_at_ms)


def _as_bidding(urls: Urls, told: bids_client.Bidding) -> Bidding:
    return Bidding(
        url=told.url,
        status=told.status,
        outcome=told.outcome,
        price=told.price,
        minimum=told.minimum,
        bid_count=told.bid_count,
        reserve=told.reserve,
        # Bought at once or called off, it ended before the end that was set.
        ends_at_ms=min(told.ends_at_ms, told.closed_at_ms or told.ends_at_ms),
        version=told.version,
        leader_id=urls.customer_id(told.leader) if told.leader else None,
        possible=frozenset(RELATIONS).intersection(told.links),
    )
