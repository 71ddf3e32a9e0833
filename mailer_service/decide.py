"""Who gets which mail: pure rules."""

from collections.abc import Iterator, Sequence

from bus_drain import Event

from mailer_service.model import MAX_URL_LENGTH, Bid, Bidding, Customer, Notice

TOPICS = ("bids", "biddings", "customers")
"""What the mailer subscribes to."""


def is_news(event: Event) -> bool:
    """Whether an event may be about something to write.

    A `noop` says that nothing changed and is used for backfills, which must not write to
    everybody again; of what was deleted there is nothing left to say. The bus takes no URL
    longer than MAX_URL_LENGTH.
    """
    known = event.topic in TOPICS and event.type in {"create", "update"}
    return known and len(event.url) <= MAX_URL_LENGTH


def notices_of_bid(bid: Bid) -> Sequence[Notice]:
    """Of a bid the seller hears, and whoever is outbid by it.

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
    """Of the end both sides hear: won and sold, with each other's names, or unsold."""
    if bidding.status != "closed":
        return ()
    return tuple(
        Notice(
            entity_url=bidding.url,
            kind=kind,
            recipient_url=recipient_url,
            price=bidding.price,
            auction_url=bidding.auction_url,
            about_url=about_url,
        )
        for kind, recipient_url, about_url in _told_of_the_end(bidding)
    )


def notices_of_customer(customer: Customer) -> Sequence[Notice]:
    """An address that waits to be verified gets one mail a request.

    It is the only mail whose key holds more than its kind, because one customer may ask again.
    """
    if customer.verification is None:
        return ()
    kind = f"verify-email:{customer.verification.id}"
    return (Notice(entity_url=customer.url, kind=kind, recipient_url=customer.url),)


def _told_of_the_end(bidding: Bidding) -> Iterator[tuple[str, str, str | None]]:
    if bidding.outcome == "sold" and bidding.leader_url:
        yield "won", bidding.leader_url, bidding.seller_url
        yield "sold", bidding.seller_url, bidding.leader_url
    if bidding.outcome == "unsold":
        yield "unsold", bidding.seller_url, None
