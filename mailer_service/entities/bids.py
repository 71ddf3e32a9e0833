"""Bids, biddings and offers: from a document of bids_service."""

from mailer_service.entities.fields import (
    Document,
    has_link,
    href,
    money,
    optional_href,
    part,
    rows,
    time_ms,
    word,
)
from mailer_service.errors import BadEntity
from mailer_service.model.entities import Bid, Bidding, Offer


def bid_from(document: Document, url: str) -> Bid:
    """One bid."""
    return Bid(
        url=url,
        outcome=word(document, "outcome", "leading", "outbid", "raised"),
        price=money(document, "price"),
        auction_url=href(document, "auction"),
        seller_url=href(document, "seller"),
        outbid_url=optional_href(document, "outbid"),
    )


def bidding_from(document: Document, url: str) -> Bidding:
    """The bid book of one auction."""
    bidding = Bidding(
        url=url,
        status=word(document, "status", "scheduled", "open", "closed"),
        outcome=word(document, "outcome", "sold", "unsold", None),
        price=money(document, "price") if document.get("price") else None,
        is_reserve_missed=document.get("reserve") == "not_met",
        auction_url=href(document, "auction"),
        seller_url=href(document, "seller"),
        leader_url=optional_href(document, "leader"),
        bids_url=optional_href(document, "bids"),
    )
    if not _is_consistent(bidding):
        raise BadEntity("closed without an outcome, or sold to nobody")
    return bidding


def offer_from(document: Document, url: str) -> Offer:
    """A second chance."""
    return Offer(
        url=url,
        status=word(document, "status", "open", "accepted", "declined", "expired"),
        price=money(document, "price"),
        expires_at_ms=time_ms(document, "expires_at_ms"),
        auction_url=href(document, "auction"),
        bidder_url=href(document, "bidder"),
    )


def bidders_on(page: Document) -> list[str]:
    """Whose bids are on a page of bids."""
    embedded = part(page, "_embedded") or {}
    return [href(row, "bidder") for row in rows(embedded, "bids")]


def page_after(page: Document) -> str | None:
    """The URL of the next page, if there is one."""
    return href(page, "next") if has_link(page, "next") else None


def _is_consistent(bidding: Bidding) -> bool:
    # Otherwise nobody would be told of the end, and nobody of that.
    if bidding.status == "closed" and bidding.outcome is None:
        return False
    return bidding.outcome != "sold" or (
        bidding.leader_url is not None and bidding.price is not None
    )
