"""A seller's own auctions as HAL."""

from collections.abc import Sequence

import marshmallow as ma
from marshmallow import fields

from auction_app.listings.hal import HomeSchema, summaries
from auction_app.listings.model import Auction
from auction_app.selling.model import SalesTotal, Total
from auction_app.urls import Urls
from auction_app.web.hal import Document, MoneySchema, page_of


def my_sales(
    urls: Urls,
    sales: Sequence[Auction],
    totals: Sequence[SalesTotal],
    more: str | None,
    *,
    now_ms: int,
) -> Document:
    """A seller's own auctions, with what the orders come to."""
    page = page_of(urls, "/my/sales", "auctions", summaries(urls, sales, now_ms), more)
    return page | {"totals": [_total(one) for one in totals]}


def _total(one: SalesTotal) -> Document:
    sums = [amount.to_wire() for amount in one.sums]
    return {"what": one.what.value, "orders": one.orders, "sums": sums}


class SalesTotalSchema(ma.Schema):
    """`sold` this month and not called off, `awaiting_payment`, or `to_ship`: how many orders, and
    their prices without postage, a sum in each currency."""

    what = fields.String(required=True, validate=ma.validate.OneOf([it.value for it in Total]))
    orders = fields.Integer(required=True)
    sums = fields.List(fields.Nested(MoneySchema), required=True)


class MySalesSchema(HomeSchema):
    """A page of one's own auctions; `totals` of who has sold something."""

    totals = fields.List(fields.Nested(SalesTotalSchema), required=True)
