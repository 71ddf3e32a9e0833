"""The shapes of what follows from an auction, for the OpenAPI document."""

import marshmallow as ma
from marshmallow import fields

from auction_app.api.schemas import MoneySchema
from auction_app.news import KINDS
from auction_app.orders import OrderStatus

_STATUS = ma.validate.OneOf([status.value for status in OrderStatus])


class StepSchema(ma.Schema):
    """A step of an order."""

    status = fields.String(required=True, validate=_STATUS)
    at_ms = fields.Integer(required=True)
    by = fields.String(required=True, validate=ma.validate.OneOf(["buyer", "seller", "house"]))


class OrderSchema(ma.Schema):
    """A sale; for its two sides, and for scope orders:read."""

    price = fields.Nested(MoneySchema, required=True)
    status = fields.String(required=True, validate=_STATUS)
    steps = fields.List(fields.Nested(StepSchema), required=True)
    links = fields.Dict(data_key="_links", required=True)


class QuestionSchema(ma.Schema):
    """A question on an item; before it is answered for its two sides and for scope
    customers:read_contact, which also sees who asked."""

    text = fields.String(required=True)
    answer = fields.String(required=True, allow_none=True)
    asked_at_ms = fields.Integer(required=True)
    answered_at_ms = fields.Integer(required=True, allow_none=True)
    links = fields.Dict(data_key="_links", required=True)


class ReminderSchema(ma.Schema):
    """That a watched item ends soon; for scope customers:read_contact."""

    kind = fields.String(required=True)
    ends_at_ms = fields.Integer(required=True)
    links = fields.Dict(data_key="_links", required=True)


class SecondChanceSchema(ma.Schema):
    """An offer of an item to a bidder who did not get it; for that bidder."""

    price = fields.Nested(MoneySchema, required=True)
    status = fields.String(
        required=True,
        validate=ma.validate.OneOf(["open", "accepted", "declined", "expired"]),
    )
    expires_at_ms = fields.Integer(required=True)
    links = fields.Dict(data_key="_links", required=True)


class NoticeSchema(ma.Schema):
    """One piece of news; `title` is the item's."""

    kind = fields.String(required=True, validate=ma.validate.OneOf(KINDS))
    title = fields.String(required=True)
    at_ms = fields.Integer(required=True)
    read = fields.Boolean(required=True)
    links = fields.Dict(data_key="_links", required=True)


class _Orders(ma.Schema):
    orders = fields.List(fields.Nested(OrderSchema), required=True)


class MyOrdersSchema(ma.Schema):
    """A page of what one has bought and sold."""

    embedded = fields.Nested(_Orders, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)


class _Notices(ma.Schema):
    notices = fields.List(fields.Nested(NoticeSchema), required=True)


class MyNoticesSchema(ma.Schema):
    """A page of one's news."""

    embedded = fields.Nested(_Notices, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)
