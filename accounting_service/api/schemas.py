"""The HAL documents, for OpenAPI."""

import marshmallow as ma
from marshmallow import fields


class _Linked(ma.Schema):
    links = fields.Dict(data_key="_links", required=True)


class MoneySchema(ma.Schema):
    """A decimal string with exactly the currency's decimals."""

    amount = fields.String(required=True)
    currency = fields.String(required=True)


class RootSchema(_Linked):
    """Where to begin."""


class AccountSchema(ma.Schema):
    """What an account comes to in one currency."""

    account = fields.String(required=True)
    balance = fields.Nested(MoneySchema, required=True)


class BalanceSchema(_Linked):
    """All accounts; in each currency they add up to zero."""

    accounts = fields.List(fields.Nested(AccountSchema), required=True)
    dead_letters = fields.Integer(required=True)


class DeadLetterSchema(_Linked):
    """A payment of which something can't be booked."""

    reason = fields.String(required=True)
    since_ms = fields.Integer(required=True)


class _DeadLetters(ma.Schema):
    dead_letters = fields.List(
        fields.Nested(DeadLetterSchema), data_key="dead-letters", required=True
    )


class DeadLettersSchema(_Linked):
    """A page of dead letters."""

    embedded = fields.Nested(_DeadLetters, data_key="_embedded", required=True)


class LineSchema(_Linked):
    """A payment, or its refund: what the buyer paid, the fee, and what is left for the seller. Or a
    payout, or its return: its `reference`, and the same amount twice."""

    kind = fields.String(required=True)
    reference = fields.String(required=True, allow_none=True)
    at_ms = fields.Integer(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    fee = fields.Nested(MoneySchema, required=True)
    net = fields.Nested(MoneySchema, required=True)


class _Lines(ma.Schema):
    lines = fields.List(fields.Nested(LineSchema), required=True)


class StatementSchema(_Linked):
    """What a seller is owed, and a page of what that comes of, the newest first."""

    owed = fields.List(fields.Nested(MoneySchema), required=True)
    after = fields.String(required=True, allow_none=True)
    embedded = fields.Nested(_Lines, data_key="_embedded", required=True)


class SellerSchema(_Linked):
    """What one seller is owed in one currency."""

    owed = fields.Nested(MoneySchema, required=True)


class _Sellers(ma.Schema):
    sellers = fields.List(fields.Nested(SellerSchema), required=True)


class SellersSchema(_Linked):
    """A page of what all sellers are owed."""

    embedded = fields.Nested(_Sellers, data_key="_embedded", required=True)


class AfterSchema(ma.Schema):
    """Where a page begins: after this URL."""

    class Meta:
        unknown = ma.EXCLUDE

    after = fields.String(load_default="", validate=ma.validate.Length(max=1024))


class OfSellerSchema(ma.Schema):
    """Whose statement, and where a page begins."""

    class Meta:
        unknown = ma.EXCLUDE

    seller = fields.String(required=True, validate=ma.validate.Length(min=1, max=1024))
    after = fields.String(validate=ma.validate.Regexp(r"\A[0-9]{1,15}-[0-9]{1,18}\Z"))
