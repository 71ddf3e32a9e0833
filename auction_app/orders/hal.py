"""Orders as HAL."""

from collections.abc import Collection, Sequence
from typing import Any, get_args

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import link, resource

from auction_app.orders.model import (
    ANSWERS,
    REQUESTS,
    UNPAID_YET,
    Address,
    Because,
    Order,
    OrderStatus,
    Parcel,
    ReminderKind,
    Request,
    Side,
    may_give_feedback,
    may_name_postage,
    may_request,
    may_set_address,
    next_steps,
    waits,
)
from auction_app.orders.sales_feed import Sales
from auction_app.urls import Urls
from auction_app.web.hal import Document, MoneySchema, page_of


def order(
    urls: Urls,
    order: Order,
    *,
    side: Side | None = None,
    by_hand: bool = True,
    with_address: bool = False,
) -> Document:
    """A sale and its steps so far; for one of its sides with links to what that may do next: to
    pay, where it isn't `by_hand` that it is. Where it is sent is for them, and for whom it is told
    `with_address`."""
    here = urls.order(order.id)
    may_say = side is not None and may_give_feedback(order.status)
    return resource(
        {
            "title": order.title,
            "price": order.price.to_wire(),
            "postage": order.postage.to_wire() if order.postage else None,
            "total": order.total.to_wire() if order.total else None,
            "status": order.status.value,
            "steps": [
                {
                    "status": step.status.value,
                    "at_ms": step.at_ms,
                    "by": step.by,
                    "because": step.because,
                }
                for step in order.steps
            ],
            "requests": [_request(asked) for asked in order.requests],
            "parcel": _facts(order.parcel),
            "parcel_back": _facts(order.parcel_back),
            "on_hold": order.on_hold,
            "postage_named": order.is_named_later,
            "due_at_ms": order.due_at_ms,
            "reminded": list(order.reminded),
            **({"address": _facts(order.address)} if side or with_address else {}),
        },
        {
            "self": link(urls.order(order.id)),
            "auction": link(urls.auction(order.auction_id)),
            "seller": link(urls.customer(order.seller_id)),
            "buyer": link(urls.customer(order.buyer_id)),
            **(_possible(order, here, side, by_hand=by_hand) if side else {}),
            "feedback": link(f"{here}/feedback") if may_say else None,
            "messages": link(f"{here}/messages") if side else None,
            "receipt": link(f"{here}/receipt") if side and _is_paid(order) else None,
            "offer": link(order.offer_url) if order.offer_url else None,
        },
    )


def _is_paid(order: Order) -> bool:
    return any(step.status is OrderStatus.PAID for step in order.steps)


def _possible(order: Order, here: str, side: Side, *, by_hand: bool) -> dict[str, Any]:
    """Links to what a side may do next."""
    steps = next_steps(order, side, by_hand=by_hand)
    is_to_pay = order.status in UNPAID_YET and not order.on_hold and side == "buyer"
    asked = {it.kind for it in order.requests if it.by != side and waits(it, order)}
    may_say_where = side == "buyer" and may_set_address(order)
    may_say_cost = side == "seller" and may_name_postage(order)
    return {
        **{status.value: link(f"{here}/steps") for status in steps},
        **{
            f"ask-{it}": link(f"{here}/requests") for it in REQUESTS if may_request(it, order, side)
        },
        **{f"answer-{it}": link(f"{here}/answers") for it in asked},
        "address": link(f"{here}/address") if may_say_where else None,
        "postage": link(f"{here}/postage") if may_say_cost else None,
        "pay": link(f"{here}/pay") if is_to_pay and not by_hand else None,
    }


def _facts(found: Address | Parcel | None) -> dict[str, str] | None:
    return None if found is None else dict(vars(found))


def _request(asked: Request) -> dict[str, Any]:
    return {
        "kind": asked.kind,
        "by": asked.by,
        "reason": asked.reason,
        "at_ms": asked.at_ms,
        "answer": asked.answer,
        "note": asked.note,
    }


def my_orders(
    urls: Urls, orders: Sequence[Order], me: str, more: str | None, *, paid_here: Collection[str]
) -> Document:
    """What somebody has bought and sold; those `paid_here` are paid at the provider's page."""
    found = [
        order(urls, one, side=one.side_of(me), by_hand=one.id not in paid_here) for one in orders
    ]
    return page_of(urls, "/my/orders", "orders", found, more)


def sales_since(urls: Urls, sales: Sales) -> Document:
    """What somebody has sold, the oldest first; `next` is there always, and leads on from here."""
    found = [
        order(urls, one, with_address=True) | {"cursor": cursor} for cursor, one in sales.found
    ]
    here = urls.absolute("/my/orders")
    links = {"self": link(here), "next": link(f"{here}?since={sales.cursor}")}
    return resource({"cursor": sales.cursor}, links, {"orders": found})


_STATUS = ma.validate.OneOf([status.value for status in OrderStatus])


class StepSchema(ma.Schema):
    """A step of an order."""

    status = fields.String(required=True, validate=_STATUS)
    at_ms = fields.Integer(required=True)
    by = fields.String(required=True, validate=ma.validate.OneOf(["buyer", "seller", "house"]))
    because = fields.String(
        required=True, allow_none=True, validate=ma.validate.OneOf(get_args(Because))
    )


class RequestSchema(ma.Schema):
    """What one side has asked of the other."""

    kind = fields.String(required=True, validate=ma.validate.OneOf(REQUESTS))
    by = fields.String(required=True, validate=ma.validate.OneOf(["buyer", "seller"]))
    reason = fields.String(required=True)
    at_ms = fields.Integer(required=True)
    answer = fields.String(required=True, allow_none=True, validate=ma.validate.OneOf(ANSWERS))
    note = fields.String(required=True, allow_none=True)


class ParcelSchema(ma.Schema):
    """By whom, and under which number, it was sent."""

    carrier = fields.String(required=True)
    number = fields.String(required=True)


class AddressSchema(ma.Schema):
    """Where it is sent; for the two sides and the seller's devices alone."""

    name = fields.String(required=True)
    street = fields.String(required=True)
    postal_code = fields.String(required=True)
    city = fields.String(required=True)
    country = fields.String(required=True)


class OrderSchema(ma.Schema):
    """A sale; for its two sides, and for scope orders:read."""

    title = fields.String(required=True)
    price = fields.Nested(MoneySchema, required=True)
    postage = fields.Nested(MoneySchema, required=True, allow_none=True)
    total = fields.Nested(MoneySchema, required=True, allow_none=True)
    status = fields.String(required=True, validate=_STATUS)
    steps = fields.List(fields.Nested(StepSchema), required=True)
    requests = fields.List(fields.Nested(RequestSchema), required=True)
    parcel = fields.Nested(ParcelSchema, required=True, allow_none=True)
    parcel_back = fields.Nested(ParcelSchema, required=True, allow_none=True)
    on_hold = fields.Boolean(required=True)
    postage_named = fields.Boolean(required=True)
    due_at_ms = fields.Integer(required=True, allow_none=True)
    reminded = fields.List(fields.String(validate=ma.validate.OneOf(get_args(ReminderKind))))
    address = fields.Nested(AddressSchema, allow_none=True)
    links = fields.Dict(data_key="_links", required=True)


class _ListedOrderSchema(OrderSchema):
    cursor = fields.String()


class _Orders(ma.Schema):
    orders = fields.List(fields.Nested(_ListedOrderSchema), required=True)


class MyOrdersSchema(ma.Schema):
    """A page of what one has bought and sold; with `since`, of what one has sold, in order."""

    cursor = fields.String()
    embedded = fields.Nested(_Orders, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)
