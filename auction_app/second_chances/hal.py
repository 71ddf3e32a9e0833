"""A second chance as HAL."""

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.second_chances.model import SecondChance
from auction_app.urls import Urls
from auction_app.web.hal import Document, MoneySchema


def second_chance(urls: Urls, chance: SecondChance, *, now_ms: int) -> Document:
    """An offer to its bidder, who accepts or declines it here while it is open."""
    here = link(urls.second_chance(chance.id))
    answer = here if chance.is_open(now_ms) else None
    return resource(
        {
            "price": chance.price.to_wire(),
            "status": chance.status,
            "expires_at_ms": chance.expires_at_ms,
        },
        {
            "self": here,
            "offer": link(chance.url),
            "auction": link(urls.auction(chance.auction_id)),
            "accept": answer,
            "decline": answer,
        },
    )


class SecondChanceSchema(ma.Schema):
    """An offer of an item to a bidder who did not get it; for that bidder."""

    price = fields.Nested(MoneySchema, required=True)
    status = fields.String(
        required=True,
        validate=ma.validate.OneOf(["open", "accepted", "declined", "expired"]),
    )
    expires_at_ms = fields.Integer(required=True)
    links = fields.Dict(data_key="_links", required=True)
