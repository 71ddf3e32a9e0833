"""Who hears of bids, of the end of the bidding, and of second chances."""

from collections.abc import Iterable, Iterator, Sequence

from mailer_service.model.entities import Bid, Bidding, Offer
from mailer_service.model.mails import Notice


def notices_of_bid(bid: Bid) -> Sequence[Notice]:
    """A bid is told to the seller, and to whoever it outbids.

    | outcome  | seller  | bidder at the link `outbid`                     |
    |----------|---------|-------------------------------------------------|
    | leading  | new-bid | outbid: the leader before, if there was one     |
    | outbid   | new-bid | outbid: this bid's own bidder, who fell short   |
    | raised   |         | nothing public changed, so nobody is told       |
    """
    if bid.outcome == "raised":
        return ()
    told = [("new-bid", bid.seller_url)]
    if bid.outbid_url:
        told.append(("outbid", bid.outbid_url))
    return tuple(
        Notice(
            entity_url=bid.url,
            kind=kind,
            recipient_url=recipient_url,
            price=bid.price,
            auction_url=bid.auction_url,
        )
        for kind, recipient_url in told
    )


def notices_of_bidding(bidding: Bidding) -> Sequence[Notice]:
    """The end is told to both sides: won and sold, with each other's names, or unsold."""
    if bidding.status != "closed":
        return ()
    return tuple(
        _of_the_end(bidding, kind, recipient_url, about_url)
        for kind, recipient_url, about_url in _told_of_the_end(bidding)
    )


def losers_wanted(bidding: Bidding) -> bool:
    """Whether somebody may have lost: then the bids must be read to say who. Where the reserve was
    missed everybody has."""
    missed = bidding.is_reserve_missed and bidding.price is not None
    return bidding.status == "closed" and (bidding.outcome == "sold" or missed)


def notices_of_losers(bidding: Bidding, bidder_urls: Iterable[str]) -> Sequence[Notice]:
    """Everybody who bid hears that it was not theirs, but who bought it."""
    winner = bidding.leader_url if bidding.outcome == "sold" else None
    losers = (url for url in dict.fromkeys(bidder_urls) if url != winner)
    return tuple(_of_the_end(bidding, "lost", url, None) for url in losers)


def notices_of_offer(offer: Offer) -> Sequence[Notice]:
    """A second chance is told to its bidder while it can be taken."""
    if offer.status != "open":
        return ()
    notice = Notice(
        entity_url=offer.url,
        kind="second-chance",
        recipient_url=offer.bidder_url,
        price=offer.price,
        auction_url=offer.auction_url,
        until_ms=offer.expires_at_ms,
    )
    return (notice,)


def _told_of_the_end(bidding: Bidding) -> Iterator[tuple[str, str, str | None]]:
    if bidding.outcome == "sold" and bidding.leader_url:
        yield "won", bidding.leader_url, bidding.seller_url
        yield "sold", bidding.seller_url, bidding.leader_url
    if bidding.outcome == "unsold":
        yield "unsold", bidding.seller_url, None


def _of_the_end(bidding: Bidding, kind: str, recipient_url: str, about_url: str | None) -> Notice:
    return Notice(
        entity_url=bidding.url,
        kind=kind,
        recipient_url=recipient_url,
        price=bidding.price,
        auction_url=bidding.auction_url,
        about_url=about_url,
        is_reserve_missed=bidding.is_reserve_missed,
        is_bought_at_once=bidding.is_bought_at_once,
    )
