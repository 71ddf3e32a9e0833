"""A customer as HAL: what anybody may know, and for the mailer whatever a mail needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import marshmallow as ma
from marshmallow import fields
from service_kit.hal import Link, link, resource

from auction_app.accounts import (
    change_address,
    request_verification,
    reset_password,
    verify_email,
)
from auction_app.accounts.model import Customer
from auction_app.factors.model import SignInChange, What
from auction_app.listings import hal as represent
from auction_app.listings.hal import EmbeddedAuctions
from auction_app.listings.model import Auction
from auction_app.notifications import choose_notices
from auction_app.orders.model import RATINGS, Feedback
from auction_app.signatures import Signatures
from auction_app.urls import Urls

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is known of a customer in public: how often they sold, how often each rating was given,
    the latest that was said, and a page of what they sell; `more` is where the next one begins."""

    sales: int
    ratings: Mapping[str, int]
    feedback: Sequence[Feedback]
    auctions: Sequence[Auction]
    more: str | None


def public(urls: Urls, customer: Customer, known: Profile, *, now_ms: int) -> Document:
    """What anybody may know."""
    here = urls.customer(customer.id)
    return resource(
        {
            "name": customer.name,
            "created_at_ms": customer.created_at_ms,
            "sales": known.sales,
            "ratings": {rating: known.ratings.get(rating, 0) for rating in RATINGS},
        },
        {"self": link(here), "next": link(f"{here}?after={known.more}") if known.more else None},
        {
            "auctions": [represent.auction(urls, item, now_ms=now_ms) for item in known.auctions],
            "feedback": [_feedback(urls, said) for said in known.feedback],
        },
    )


def _feedback(urls: Urls, said: Feedback) -> Document:
    return resource(
        {"rating": said.rating, "text": said.text, "at_ms": said.at_ms},
        {"author": link(urls.customer(said.author_id), title=said.author_name)},
    )


def contact(
    urls: Urls,
    signatures: Signatures,
    customer: Customer,
    notices: Mapping[str, str],
    sign_in_changes: Sequence[SignInChange],
    *,
    now_ms: int,
) -> Document:
    """How to reach a customer, what mails they want, the links that wait to be sent, and what
    changed lately about how they sign in."""
    state: Document = {
        "name": customer.name,
        "email": customer.email,
        "email_verified": customer.verified,
        "locale": customer.locale,
        "time_zone": customer.time_zone or "UTC",
        "notices": dict(notices),
    }
    if customer.welcomed_id:
        state["welcomed"] = {"id": customer.welcomed_id}
    if sign_in_changes:
        state["sign_in_changes"] = [vars(change) for change in sign_in_changes]
    waiting, links = _waiting(urls, signatures, customer, now_ms)
    unsubscribe = signatures.link_token(choose_notices.USE, customer.id)
    return resource(
        state | waiting,
        {
            "self": link(urls.customer(customer.id)),
            "preferences": link(urls.absolute("/account/notices")),
            "security": link(urls.absolute("/account/two-factor")),
            "unsubscribe": link(
                urls.absolute(f"/unsubscribe/{unsubscribe}/{{kind}}"), templated=True
            ),
            **links,
        },
    )


def _waiting(
    urls: Urls, signatures: Signatures, customer: Customer, now_ms: int
) -> tuple[Document, dict[str, Link]]:
    """What waits for its link to be followed, and the links."""
    state: Document = {}
    links: dict[str, Link] = {}

    def add(key: str, use: str, request_id: str | None, **more: Any) -> None:
        token = signatures.link_token(use, customer.id, request_id or "")
        state[key] = {"id": request_id} | more
        links[use] = link(urls.absolute(f"/{use}/{token}"))

    if not customer.verified and customer.verification_id:
        add("verification", verify_email.USE, customer.verification_id)
    if reset_password.reset_waits(customer, now_ms=now_ms):
        add("password_reset", reset_password.USE, customer.password_reset_id)
    if request_verification.account_reminder_waits(customer, now_ms=now_ms):
        state["signed_up_again"] = {"id": customer.sign_up_again_id}
        links["sign-in"] = link(urls.absolute("/sign-in"))
    if change_address.change_waits(customer, now_ms=now_ms):
        to = customer.address_change_to
        add("address_change", change_address.USE, customer.address_change_id, to=to)
    return state, links


class VerificationSchema(ma.Schema):
    """The request that waits for its link to be followed."""

    id = fields.String(required=True)


class SignInChangeSchema(VerificationSchema):
    """Something changed about how the customer signs in."""

    what = fields.String(required=True, validate=ma.validate.OneOf(get_args(What)))
    at_ms = fields.Integer(required=True)


class AddressChangeSchema(VerificationSchema):
    """The new address waits for its link to be followed."""

    to = fields.Email(required=True)


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


class _Known(EmbeddedAuctions):
    feedback = fields.List(fields.Nested(FeedbackSchema), required=True)


class CustomerSchema(ma.Schema):
    """A customer: ratings, auctions and feedback for anybody, the rest for scope
    customers:read_contact only."""

    name = fields.String(required=True)
    created_at_ms = fields.Integer()
    sales = fields.Integer()
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
    sign_in_changes = fields.List(fields.Nested(SignInChangeSchema))
    signed_up_again = fields.Nested(VerificationSchema)
    links = fields.Dict(data_key="_links", required=True)
