"""A bidder's own auctions as HAL, with where the bidder stands in each."""

from collections.abc import Sequence

import marshmallow as ma
from marshmallow import fields

from auction_app.listings.hal import AuctionSchema, auction
from auction_app.listings.model import Auction, Standing
from auction_app.urls import Urls
from auction_app.web.hal import Document, page_of


def my_bids(
    urls: Urls, rows: Sequence[tuple[Auction, Standing]], more: str | None, *, now_ms: int
) -> Document:
    """The auctions that a bidder takes part in, with where the bidder stands in each."""
    found = [
        auction(urls, item, now_ms=now_ms) | {"standing": standing.value} for item, standing in rows
    ]
    return page_of(urls, "/my/bids", "auctions", found, more)


class OwnBidSchema(AuctionSchema):
    """An auction that the signed-in customer takes part in."""

    standing = fields.String(required=True)


class _OwnBids(ma.Schema):
    auctions = fields.List(fields.Nested(OwnBidSchema), required=True)


class MyBidsSchema(ma.Schema):
    """A page of the auctions that one takes part in."""

    embedded = fields.Nested(_OwnBids, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)
