"""Keep what bids_service told: the app's own copy of biddings and bids."""

from collections.abc import Sequence

import bids_client

from auction_app.bidding.model import Bid
from auction_app.bidding.repository import biddings
from auction_app.db.announce import announce
from auction_app.db.store import Store, Transaction
from auction_app.listings.model import RELATIONS, Bidding
from auction_app.listings.repository import auctions
from auction_app.notifications.repository import notices
from auction_app.orders.settle_sale import settle_sale
from auction_app.search.repository import entries
from auction_app.urls import Urls


def keep_bidding(store: Store, urls: Urls, told: bids_client.Bidding, *, now_ms: int) -> None:
    """Store a fetched bidding, unless a newer version is here. May be repeated."""
    with store.writing() as conn:
        _keep_bidding(conn, urls, told, now_ms)


def keep_bid(store: Store, urls: Urls, told: bids_client.Bid) -> None:
    """Store a fetched bid. May be repeated."""
    with store.writing() as conn:
        _keep_bid(conn, urls, told)


def note_retractions(
    store: Store, urls: Urls, told: bids_client.Bidding, still: Sequence[str], *, now_ms: int
) -> None:
    """Mark the bids that a bidding no longer counts; `still` are the URLs of all that it does.

    Bids that were placed after `told` are left alone. May be repeated.
    """
    auction_id = urls.auction_id(told.auction)
    if auction_id is None:
        return
    with store.writing() as conn:
        biddings.mark_retracted(
            conn, auction_id, still, placed_before_ms=told.server_time_ms, now_ms=now_ms
        )


def keep_placed(store: Store, urls: Urls, told: bids_client.PlacedBid, *, now_ms: int) -> None:
    """Store the answer to a placed bid: the bid and what became of the bidding, at once."""
    with store.writing() as conn:
        _keep_bid(conn, urls, told)
        _keep_bidding(conn, urls, told.bidding, now_ms)


def _keep_bidding(conn: Transaction, urls: Urls, told: bids_client.Bidding, now_ms: int) -> None:
    auction_id = urls.auction_id(told.auction)
    if auction_id is None or not auctions.exists(conn, auction_id):
        return  # another house's auction; bids_service may serve several
    bidding = _as_bidding(urls, told)
    if not biddings.keep(conn, auction_id, bidding, now_ms=now_ms):
        return
    if auctions.follow_bidding(conn, auction_id, bidding, now_ms=now_ms):
        announce(conn, "auctions", "update", urls.auction(auction_id), now_ms=now_ms)
        settle_sale(conn, urls, auction_id, now_ms=now_ms)
    entries.follow(conn, auctions.by_id(conn, auction_id))


def _keep_bid(conn: Transaction, urls: Urls, told: bids_client.Bid) -> None:
    auction_id = urls.auction_id(told.auction)
    bidder_id = urls.customer_id(told.bidder)
    if auction_id is None or bidder_id is None or not auctions.exists(conn, auction_id):
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
    if biddings.keep_bid(conn, bid):
        _tell(conn, urls, bid, told.outbid)


def _tell(conn: Transaction, urls: Urls, bid: Bid, outbid: str | None) -> None:
    """News of a bid that was not known before: to the seller, and to whom it overtook."""
    auction = auctions.by_id(conn, bid.auction_id)
    if auction.bidding and auction.bidding.closed:
        settle_sale(conn, urls, auction.id, now_ms=bid.placed_at_ms)
        return
    news = {"about": bid.url, "auction_id": auction.id, "path": f"/auctions/{auction.id}"}
    if bid.outcome != biddings.RAISED:
        notices.add(conn, auction.seller_id, "new-bid", **news, now_ms=bid.placed_at_ms)
    overtaken = urls.customer_id(outbid) if outbid else None
    if overtaken and overtaken != bid.bidder_id:
        notices.add(conn, overtaken, "outbid", **news, now_ms=bid.placed_at_ms)


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
