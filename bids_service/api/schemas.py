"""The shapes of requests (checked) and of answers (described in the OpenAPI document)."""

import marshmallow as ma
from marshmallow import fields, validate
from service_kit.url import ENTITY_URL, MAX_URL_CHARACTERS, are_entity_urls

LARGEST_ID = 2**63 - 1
MOST_STEPS = 200
MOST_ROWS = 1_000
MOST_SHOWN_PRICES = 1_000
MOST_BLOCKED = 10_000
_STATUSES = ("scheduled", "open", "frozen", "closed")
STEPS = ("place-bid", "buy-now", "retract", "cancel", "close", "offer")

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
    if not are_entity_urls([text]):
        raise ma.ValidationError("Not an absolute http(s) URL in visible ASCII without a query.")


class _EntityUrl(fields.String):
    def __init__(self) -> None:
        rule = {"pattern": f"^{ENTITY_URL}$", "maxLength": MAX_URL_CHARACTERS}
        super().__init__(required=True, validate=_check_entity_url, metadata=rule)


def _moment(*, required: bool = False, allow_none: bool = False) -> fields.Integer:
    known = validate.Range(min=0, max=2**53)
    return fields.Integer(strict=True, validate=known, required=required, allow_none=allow_none)


def _minor() -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=0, max=10**15))


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


class ByHouseSchema(ma.Schema):
    """The house decides: there is nothing to say."""


class BySellerSchema(ma.Schema):
    """On behalf of which seller."""

    seller = _EntityUrl()


class CancellationSchema(BySellerSchema):
    """On behalf of which seller, and whether a bid forbids it."""

    only_without_bids = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={"description": "Refuse with has_bids if there are bids."},
    )


class ToBidderSchema(BySellerSchema, ByBidderSchema):
    """On behalf of which seller to which bidder, and at what the seller was shown."""

    price = fields.Raw(metadata=_MONEY)


class RootSchema(ma.Schema):
    """Where everything begins."""

    _links = fields.Dict(required=True)


class BiddingSchema(ma.Schema):
    """A bidding; `minimum` and `buy_now` are there while a bid or a purchase is possible."""

    status = fields.String(required=True, validate=validate.OneOf(_STATUSES))
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
    frozen_at_ms = fields.Integer(required=True, allow_none=True)
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


class ShownPricesSchema(ma.Schema):
    """The bidders of a closed bidding, each with `masked_bidder` and the `price` of an offer."""

    _links = fields.Dict(required=True)
    _embedded = fields.Dict(required=True)


class OutcomeSchema(ma.Schema):
    """What became of a command; `answer` has `status`, `location` and `body` once it is done."""

    status = fields.String(required=True, validate=validate.OneOf(["waiting", "done"]))
    accepted_at_ms = fields.Integer(required=True)
    answer = fields.Dict()
    _links = fields.Dict(required=True)


class SoftCloseSchema(ma.Schema):
    """A late bid moves the end."""

    window_ms = _moment(required=True)
    extension_ms = _moment(required=True)


class TermsSchema(ma.Schema):
    """The terms of an auction as in its own representation; looked at closely by the service."""

    currency = fields.String(required=True)
    start_price = fields.Dict(required=True, metadata=_MONEY)
    increments = fields.List(
        fields.List(_minor(), validate=validate.Length(equal=2)),
        required=True,
        validate=validate.Length(max=MOST_ROWS),
    )
    starts_at_ms = _moment(required=True)
    ends_at_ms = _moment(required=True)
    reserve = fields.Dict(allow_none=True, metadata=_MONEY)
    buy_now = fields.Dict(allow_none=True, metadata=_MONEY)
    soft_close = fields.Nested(SoftCloseSchema, allow_none=True)
    hard_end_at_ms = _moment(allow_none=True)
    blocked = fields.List(fields.String(), validate=validate.Length(max=MOST_BLOCKED))


class StepSchema(ma.Schema):
    """Something that somebody does; `bidder` is any name, wanted where one acts or is offered to.

    `maximum` is wanted for `place-bid`.
    """

    at_ms = _moment(required=True)
    do = fields.String(required=True, validate=validate.OneOf(STEPS))
    bidder = fields.String(validate=validate.Length(min=1, max=200))
    maximum = fields.Dict(metadata=_MONEY)


class SimulateSchema(ma.Schema):
    """Terms, and what is done under them, in the order of time."""

    terms = fields.Nested(TermsSchema, required=True)
    steps = fields.List(
        fields.Nested(StepSchema), required=True, validate=validate.Length(min=1, max=MOST_STEPS)
    )


class PlayedStepSchema(ma.Schema):
    """What became of a step, and how the bidding stands after it."""

    accepted = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    happened = fields.List(fields.Dict(), required=True)
    price = fields.Nested(MoneySchema, required=True, allow_none=True)
    leader = fields.String(required=True, allow_none=True)
    minimum = fields.Nested(MoneySchema, required=True, allow_none=True)
    buy_now = fields.Nested(MoneySchema, required=True, allow_none=True)
    reserve = fields.String(required=True, validate=validate.OneOf(["none", "met", "not_met"]))
    bid_count = fields.Integer(required=True)
    ends_at_ms = fields.Integer(required=True)
    outcome = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["sold", "unsold"])
    )
    offer = fields.Nested(MoneySchema)


class PlayedStepsSchema(ma.Schema):
    """A played step for each that was asked for."""

    steps = fields.List(fields.Nested(PlayedStepSchema), required=True)


class SimulationSchema(ma.Schema):
    """How it would play out."""

    _links = fields.Dict(required=True)
    _embedded = fields.Nested(PlayedStepsSchema, required=True)
