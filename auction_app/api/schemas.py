"""The shapes of the JSON answers, for the OpenAPI document."""

import marshmallow as ma
from marshmallow import fields

from auction_app.orders import RATINGS
from auction_app.terms import CATEGORIES, CONDITIONS, RETURNS


class MoneySchema(ma.Schema):
    """A decimal string with exactly the currency's decimals."""

    amount = fields.String(required=True)
    currency = fields.String(required=True)


class SoftCloseSchema(ma.Schema):
    """A bid within the window before the end moves the end."""

    window_ms = fields.Integer(required=True)
    extension_ms = fields.Integer(required=True)


class TermsSchema(ma.Schema):
    """What a listing promises; `reserve` and `blocked` for scope auctions:read_terms only."""

    currency = fields.String(required=True)
    start_price = fields.Nested(MoneySchema, required=True)
    increments = fields.List(fields.List(fields.Integer()), required=True)
    starts_at_ms = fields.Integer(required=True)
    ends_at_ms = fields.Integer(required=True)
    buy_now = fields.Nested(MoneySchema, required=True, allow_none=True)
    soft_close = fields.Nested(SoftCloseSchema, required=True, allow_none=True)
    hard_end_at_ms = fields.Integer(required=True, allow_none=True)
    reserve = fields.Nested(MoneySchema, allow_none=True)
    blocked = fields.List(fields.String())


class AuctionSchema(ma.Schema):
    """An auction."""

    title = fields.String(required=True)
    description = fields.String(required=True)
    status = fields.String(
        required=True, validate=ma.validate.OneOf(["scheduled", "running", "ended"])
    )
    created_at_ms = fields.Integer(required=True)
    category = fields.String(required=True, validate=ma.validate.OneOf(CATEGORIES))
    condition = fields.String(required=True, validate=ma.validate.OneOf(CONDITIONS))
    postage = fields.String(required=True)
    returns = fields.String(required=True, validate=ma.validate.OneOf(RETURNS))
    terms = fields.Nested(TermsSchema, required=True)
    price = fields.Nested(MoneySchema, required=True, allow_none=True)
    bid_count = fields.Integer(required=True)
    removed = fields.Boolean(metadata={"description": "Its page is gone for others"})
    links = fields.Dict(data_key="_links", required=True)


class OwnBidSchema(AuctionSchema):
    """An auction that the signed-in customer takes part in."""

    standing = fields.String(required=True)


class VerificationSchema(ma.Schema):
    """The request that waits for its link to be followed."""

    id = fields.String(required=True)


class AddressChangeSchema(VerificationSchema):
    """The new address waits for its link to be followed."""

    to = fields.Email(required=True)


class _Auctions(ma.Schema):
    auctions = fields.List(fields.Nested(AuctionSchema), required=True)


class RatingsSchema(ma.Schema):
    """How often each was given."""

    good = fields.Integer(required=True)
    neutral = fields.Integer(required=True)
    bad = fields.Integer(required=True)


class FeedbackSchema(ma.Schema):
    """What one side of a sale said about the other."""

    rating = fields.String(required=True, validate=ma.validate.OneOf(RATINGS))
    text = fields.String(required=True)
    at_ms = fields.Integer(required=True)
    links = fields.Dict(data_key="_links", required=True)


class _Known(_Auctions):
    feedback = fields.List(fields.Nested(FeedbackSchema), required=True)


class CustomerSchema(ma.Schema):
    """A customer: ratings, auctions and feedback for anybody, the rest for scope
    customers:read_contact only."""

    name = fields.String(required=True)
    ratings = fields.Nested(RatingsSchema)
    embedded = fields.Nested(_Known, data_key="_embedded")
    email = fields.String()
    email_verified = fields.Boolean()
    locale = fields.String()
    time_zone = fields.String()
    notices = fields.Dict(keys=fields.String(), values=fields.String())
    welcomed = fields.Nested(VerificationSchema)
    verification = fields.Nested(VerificationSchema)
    password_reset = fields.Nested(VerificationSchema)
    address_change = fields.Nested(AddressChangeSchema)
    links = fields.Dict(data_key="_links", required=True)


class _OwnBids(ma.Schema):
    auctions = fields.List(fields.Nested(OwnBidSchema), required=True)


class HomeSchema(ma.Schema):
    """A page of running auctions."""

    embedded = fields.Nested(_Auctions, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)


class MySalesSchema(HomeSchema):
    """A page of one's own auctions."""


class WatchlistSchema(HomeSchema):
    """A page of what one watches."""


class MyBidsSchema(ma.Schema):
    """A page of the auctions that one takes part in."""

    embedded = fields.Nested(_OwnBids, data_key="_embedded", required=True)
    links = fields.Dict(data_key="_links", required=True)
