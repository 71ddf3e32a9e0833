"""Each entity as HAL, as docs/protocol.md has it. No maximum is known here, so none can leak."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import Link, link, resource

from auction_app.listings.categories import EVERY_CATEGORY
from auction_app.listings.model import LARGE, Auction
from auction_app.listings.terms import CONDITIONS, DELIVERIES, RETURNS
from auction_app.urls import Urls
from auction_app.web.hal import Document, MoneySchema


def auction(
    urls: Urls,
    auction: Auction,
    *,
    now_ms: int,
    private: bool = False,
    actions: Mapping[str, Link] | None = None,
) -> Document:
    """An auction; `private` adds the terms that only bids_service may see, `actions` what its
    reader can do with it."""
    removed = {"removed": True} if auction.hidden else {}
    return resource(
        {
            "title": auction.title,
            "description": auction.description,
            "status": auction.status(now_ms).value,
            "created_at_ms": auction.created_at_ms,
            **_details(auction),
            "terms": auction.terms.to_wire(private=private),
            "price": auction.price.to_wire() if auction.price else None,
            "bid_count": auction.bid_count,
            **removed,
        },
        {
            "self": link(urls.auction(auction.id)),
            "seller": link(urls.customer(auction.seller_id)),
            "photos": [link(urls.photo(p.id, LARGE), title=p.alt) for p in auction.photos],
            "bidding": link(auction.bidding.url) if auction.bidding else None,
            **(actions or {}),
        },
    )


def _details(auction: Auction) -> Document:
    details, cost = auction.details, auction.postage
    return {
        "category": details.category,
        "condition": details.condition,
        "delivery": details.delivery,
        "postage_cost": cost.to_wire() if cost else None,
        "postage": details.postage,
        "returns": details.returns,
        "location": details.location,
        "payment": details.payment,
    }


def summaries(urls: Urls, found: Sequence[Auction], now_ms: int) -> list[Document]:
    """Each auction of a list."""
    return [auction(urls, item, now_ms=now_ms) for item in found]


def page(
    urls: Urls,
    path: str,
    filters: Mapping[str, str],
    auctions: Sequence[Auction],
    more: str | None,
    now_ms: int,
) -> Document:
    def address(**extra: str) -> str:
        query = urlencode({**filters, **extra})
        return urls.absolute(path) + (f"?{query}" if query else "")

    listed = [auction(urls, item, now_ms=now_ms) for item in auctions]
    links = {"self": link(address()), "next": link(address(after=more)) if more else None}
    return resource({}, links, {"auctions": listed})


class SoftCloseSchema(ma.Schema):
    """A bid within the window before the end moves the end."""

    window_ms = fields.Integer(required=True)
    extension_ms = fields.Integer(required=True)


class TermsSchema(ma.Schema):
    """What a listing promises; `reserve` and `blocked` for scope auctions:read_terms only."""

    currency = fields.String(required=True)
    start_price = fields.Nested(MoneySchema, required=True)
    increments = fields.List(fields.List(fields.Integer()), required=True)
    starts_at_ms = fields.Integer(required=True)
    ends_at_ms = fields.Integer(required=True)
    buy_now = fields.Nested(MoneySchema, required=True, allow_none=True)
    soft_close = fields.Nested(SoftCloseSchema, required=True, allow_none=True)
    hard_end_at_ms = fields.Integer(required=True, allow_none=True)
    reserve = fields.Nested(MoneySchema, allow_none=True)
    blocked = fields.List(fields.String())


class AuctionSchema(ma.Schema):
    """An auction."""

    title = fields.String(required=True)
    description = fields.String(required=True)
    status = fields.String(
        required=True, validate=ma.validate.OneOf(["scheduled", "running", "ended"])
    )
    created_at_ms = fields.Integer(required=True)
    category = fields.String(required=True, validate=ma.validate.OneOf(EVERY_CATEGORY))
    condition = fields.String(required=True, validate=ma.validate.OneOf(CONDITIONS))
    delivery = fields.String(required=True, validate=ma.validate.OneOf(DELIVERIES))
    postage_cost = fields.Nested(MoneySchema, required=True, allow_none=True)
    postage = fields.String(required=True)
    location = fields.String(required=True)
    payment = fields.String(required=True)
    returns = fields.String(required=True, validate=ma.validate.OneOf(RETURNS))
    terms = fields.Nested(TermsSchema, required=True)
    price = fields.Nested(MoneySchema, required=True, allow_none=True)
    bid_count = fields.Integer(required=True)
    removed = fields.Boolean(metadata={"description": "Its page is gone for others"})
    links = fields.Dict(data_key="_links", required=True)


class EmbeddedAuctions(ma.Schema):
    auctions = fields.List(fields.Nested(AuctionSchema), required=True)


class HomeSchema(ma.Schema):
    """A page of running auctions."""

    embedded = fields.Nested(EmbeddedAuctions, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)
