"""Payments as HAL."""

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.payments.model import Payment, PaymentStatus
from auction_app.urls import Urls
from auction_app.web.hal import Document, MoneySchema


def payment(urls: Urls, payment: Payment) -> Document:
    """What an order's buyer owes or has paid."""
    return resource(
        {
            "amount": payment.amount.to_wire(),
            "status": payment.status.value,
            "trouble": payment.trouble,
        },
        {
            "self": link(urls.payment(payment.id)),
            "order": link(payment.order_url),
            "auction": link(urls.auction(payment.auction_id)),
            "buyer": link(urls.customer(payment.buyer_id)),
            "seller": link(urls.customer(payment.seller_id)),
        },
    )


class PaymentSchema(ma.Schema):
    """A payment; for its two sides, and for scope payments:read."""

    amount = fields.Nested(MoneySchema, required=True)
    status = fields.String(
        required=True, validate=ma.validate.OneOf([status.value for status in PaymentStatus])
    )
    trouble = fields.String(required=True, allow_none=True)
    links = fields.Dict(data_key="_links", required=True)
