"""The shapes of requests (checked) and of answers (described in the OpenAPI document)."""

import marshmallow as ma
from marshmallow import fields, validate

from bids_service.urls import ENTITY_URL, is_entity_url

LARGEST_ID = 2**63 - 1


_MONEY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,3})?$"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
}


def _check_entity_url(text: str) -> None:
    if not is_entity_url(text):
        raise ma.ValidationError("Not an absolute http(s) URL in visible ASCII.")


class _EntityUrl(fields.String):
    def __init__(self) -> None:
        pattern = {"pattern": f"^{ENTITY_URL.pattern}$"}
        super().__init__(required=True, validate=_check_entity_url, metadata=pattern)


class MoneySchema(ma.Schema):
    """An amount: a decimal string with the currency's decimals."""

    amount = fields.String(required=True)
    currency = fields.String(required=True)


class PlaceBidSchema(ma.Schema):
    """A bid on behalf of a bidder; `maximum` is checked where the reason can be named."""

    auction = _EntityUrl()
    bidder = _EntityUrl()
    maximum = fields.Raw(required=True, allow_none=True, metadata=_MONEY)


class OfAuctionSchema(ma.Schema):
    """Which auction's bidding."""

    auction = _EntityUrl()


class CursorSchema(ma.Schema):
    """Where a page begins; follow `next` instead of making it up."""

    before = fields.Integer(validate=validate.Range(min=1, max=LARGEST_ID))


class OfBidderSchema(CursorSchema):
    """Whose bids."""

    bidder = _EntityUrl()


class AfterSchema(ma.Schema):
    """Where a page of the history begins; follow `next` instead of making it up."""

    after = fields.Integer(validate=validate.Range(min=0, max=LARGEST_ID))


class ByBidderSchema(ma.Schema):
    """On behalf of which bidder."""

    bidder = _EntityUrl()


class BySellerSchema(ma.Schema):
    """On behalf of which seller."""

    seller = _EntityUrl()


class ToBidderSchema(BySellerSchema, ByBidderSchema):
    """On behalf of which seller to which bidder."""


class RootSchema(ma.Schema):
    """Where everything begins."""

    _links = fields.Dict(required=True)


class BiddingSchema(ma.Schema):
    """A bidding; `minimum` and `buy_now` are there while a bid or a purchase is possible."""

    status = fields.String(required=True, validate=validate.OneOf(["scheduled", "open", "closed"]))
    outcome = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["sold", "unsold"])
    )
    currency = fields.String(required=True)
    start_price = fields.Nested(MoneySchema, required=True)
    price = fields.Nested(MoneySchema, required=True, allow_none=True)
    minimum = fields.Nested(MoneySchema)
    buy_now = fields.Nested(MoneySchema)
    masked_leader = fields.String(required=True, allow_none=True)
    bid_count = fields.Integer(required=True)
    reserve = fields.String(required=True, validate=validate.OneOf(["none", "met", "not_met"]))
    starts_at_ms = fields.Integer(required=True)
    ends_at_ms = fields.Integer(required=True)
    closed_at_ms = fields.Integer(required=True, allow_none=True)
    version = fields.Integer(required=True)
    server_time_ms = fields.Integer(required=True)
    _links = fields.Dict(required=True)


class BidSchema(ma.Schema):
    """A bid as it was when it was taken."""

    outcome = fields.String(required=True, validate=validate.OneOf(["leading", "outbid", "raised"]))
    price = fields.Nested(MoneySchema, required=True)
    placed_at_ms = fields.Integer(required=True)
    sequence = fields.Integer()
    masked_bidder = fields.String(required=True)
    receipt = fields.String(required=True)
    maximum = fields.Nested(MoneySchema)
    salt = fields.String()
    _links = fields.Dict(required=True)
    _embedded = fields.Dict()


class BidsSchema(ma.Schema):
    """A page of bids."""

    _links = fields.Dict(required=True)
    _embedded = fields.Dict(required=True)


class HistorySchema(ma.Schema):
    """A page of entries."""

    _links = fields.Dict(required=True)
    _embedded = fields.Dict(required=True)


class OfferSchema(ma.Schema):
    """A second chance."""

    price = fields.Nested(MoneySchema, required=True)
    status = fields.String(
        required=True, validate=validate.OneOf(["open", "accepted", "declined", "expired"])
    )
    expires_at_ms = fields.Integer(required=True)
    _links = fields.Dict(required=True)


class OutcomeSchema(ma.Schema):
    """What became of a command; `answer` has `status`, `location` and `body` once it is done."""

    status = fields.String(required=True, validate=validate.OneOf(["waiting", "done"]))
    accepted_at_ms = fields.Integer(required=True)
    answer = fields.Dict()
    _links = fields.Dict(required=True)
