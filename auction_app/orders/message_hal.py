"""Messages between the two sides of an order as HAL."""

from collections.abc import Sequence

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.orders.message import Message
from auction_app.orders.model import Order
from auction_app.urls import Urls
from auction_app.web.hal import Document, page_of


def message(urls: Urls, message: Message, order: Order) -> Document:
    """What one side wrote to the other."""
    return resource(
        {
            "text": message.words,
            "by": order.side_of(message.author_id),
            "removed": message.is_removed,
            "at_ms": message.at_ms,
        },
        {
            "self": link(urls.message(message.id)),
            "order": link(urls.order(order.id)),
            "auction": link(urls.auction(order.auction_id)),
            "author": link(urls.customer(message.author_id)),
            "addressee": link(urls.customer(order.other_than(message.author_id))),
        },
    )


def messages(urls: Urls, order: Order, found: Sequence[Message], more: str | None) -> Document:
    """A page of what the two sides wrote."""
    shown = [message(urls, one, order) for one in found]
    return page_of(urls, f"/orders/{order.id}/messages", "messages", shown, more)


class MessageSchema(ma.Schema):
    """What one side of an order wrote to the other: for the two, and for scope
    customers:read_contact. `text` is null where it was removed, or its account was deleted."""

    text = fields.String(required=True, allow_none=True)
    by = fields.String(required=True, validate=ma.validate.OneOf(["buyer", "seller"]))
    removed = fields.Boolean(required=True)
    at_ms = fields.Integer(required=True)
    links = fields.Dict(data_key="_links", required=True)


class _Messages(ma.Schema):
    messages = fields.List(fields.Nested(MessageSchema), required=True)


class MessagesSchema(ma.Schema):
    """A page of what the two sides of an order wrote, the oldest first."""

    embedded = fields.Nested(_Messages, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)
