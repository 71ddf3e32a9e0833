"""A customer as HAL: what anybody may know, and for the mailer whatever a mail needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service_kit.hal import Link, link, resource

from auction_app.api import represent
from auction_app.model import Auction, Customer
from auction_app.orders import RATINGS, Feedback
from auction_app.signatures import Signatures
from auction_app.urls import Urls
from auction_app.verbs import change_address, choose_notices, reset_password, verify_email

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is known of a customer in public: how often each rating was given, the latest that was
    said, and a page of what they sell; `more` is where the next one begins."""

    ratings: Mapping[str, int]
    feedback: Sequence[Feedback]
    auctions: Sequence[Auction]
    more: str | None


def public(urls: Urls, customer: Customer, known: Standing, *, now_ms: int) -> Document:
    """What anybody may know."""
    here = urls.customer(customer.id)
    return resource(
        {
            "name": customer.name,
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
    *,
    now_ms: int,
) -> Document:
    """How to reach a customer, what mails they want, and the links that wait to be sent."""
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
    waiting, links = _waiting(urls, signatures, customer, now_ms)
    unsubscribe = signatures.link_token(choose_notices.USE, customer.id)
    return resource(
        state | waiting,
        {
            "self": link(urls.customer(customer.id)),
            "preferences": link(urls.absolute("/account/notices")),
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
    if change_address.change_waits(customer, now_ms=now_ms):
        to = customer.address_change_to
        add("address_change", change_address.USE, customer.address_change_id, to=to)
    return state, links
