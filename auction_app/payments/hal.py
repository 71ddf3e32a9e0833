"""Payments as HAL."""

from collections.abc import Sequence

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.payments.model import Payment, PaymentStatus
from auction_app.urls import Urls
from auction_app.web.hal import Document, MoneySchema, page_of


def payment(urls: Urls, payment: Payment) -> Document:
    """What an order's buyer owes or has paid."""
    return resource(
        {
            "amount": payment.amount.to_wire(),
            "status": payment.status.value,
            "trouble": payment.trouble,
            "paid_at_ms": payment.paid_at_ms,
            "refunded_at_ms": payment.refunded_at_ms,
        },
        {
            "self": link(urls.payment(payment.id)),
            "order": link(payment.order_url),
            "auction": link(urls.auction(payment.auction_id)),
            "buyer": link(urls.customer(payment.buyer_id)),
            "seller": link(urls.customer(payment.seller_id)),
            "receipt": link(f"{payment.order_url}/receipt") if payment.is_paid else None,
        },
    )


def page(urls: Urls, found: Sequence[Payment], more: str | None) -> Document:
    """A page of all payments."""
    return page_of(urls, "/payments", "payments", [payment(urls, one) for one in found], more)


class PaymentSchema(ma.Schema):
    """A payment; for its two sides, and for scope payments:read."""

    amount = fields.Nested(MoneySchema, required=True)
    status = fields.String(
        required=True, validate=ma.validate.OneOf([status.value for status in PaymentStatus])
    )
    trouble = fields.String(required=True, allow_none=True)
    paid_at_ms = fields.Integer(required=True, allow_none=True)
    refunded_at_ms = fields.Integer(required=True, allow_none=True)
    links = fields.Dict(data_key="_links", required=True)


class _Payments(ma.Schema):
    payments = fields.List(fields.Nested(PaymentSchema), required=True)


class PaymentsSchema(ma.Schema):
    """A page of all payments, for scope payments:read."""

    embedded = fields.Nested(_Payments, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)
