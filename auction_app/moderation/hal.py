"""What somebody is told of a decision, as HAL."""

from typing import get_args

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.moderation.model import Statement
from auction_app.notifications.model import StatementKind
from auction_app.urls import Urls
from auction_app.web.hal import Document


def statement(urls: Urls, told: Statement, page: str) -> Document:
    """For the mail: whom, of what, and the page where it is read and appealed against."""
    return resource(
        {"kind": told.kind, "text": told.text, "at_ms": told.at_ms},
        {
            "self": link(urls.statement(told.id)),
            "customer": link(urls.customer(told.customer_id)),
            "auction": link(urls.auction(told.auction_id)) if told.auction_id else None,
            "page": link(page),
        },
    )


class StatementSchema(ma.Schema):
    """What one customer is told of a decision; for scope customers:read_contact."""

    kind = fields.String(required=True, validate=ma.validate.OneOf(get_args(StatementKind)))
    text = fields.String(required=True)
    at_ms = fields.Integer(required=True)
    links = fields.Dict(data_key="_links", required=True)
