"""The shapes of orders, questions and reminders, for the OpenAPI document."""

import marshmallow as ma
from marshmallow import fields

from auction_app.api.schemas import MoneySchema
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
