"""A customer's public page, which is also where programs fetch the contact."""

from collections.abc import Iterator
from typing import Any

from flask import Response, request
from service_kit.access import permitted
from service_kit.openapi import Blueprint

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.accounts.visitor import visitor
from auction_app.alerts.repository import follows
from auction_app.factors.repository import changes
from auction_app.listings.repository import auctions
from auction_app.notifications.repository import preferences
from auction_app.orders.repository import feedback, orders
from auction_app.parts import Parts
from auction_app.profiles import hal as represent
from auction_app.profiles.hal import CustomerSchema
from auction_app.web.negotiation import hal, negotiated, page, wants_hal
from auction_app.web.paging import cursor_from, page_of

PAGE = 24
FEEDBACK = 20
TOLD_FOR_MS, MOST_TOLD = 7 * 24 * 3_600_000, 50
"""For so long a change of how one signs in waits to be read by whoever writes the mails."""


def api(parts: Parts) -> Blueprint:
    """The customer's address."""
    views = Blueprint("profiles", __name__)

    @negotiated(views, "/customers/<string:customer_id>", CustomerSchema, paged=True)
    def show(customer_id: str) -> Response:
        """A customer, what they sell and what is said of them; for a token of scope
        customers:read_contact how to reach them instead."""
        after = cursor_from(request.args)
        with parts.store.reading() as conn:
            customer = customers.by_id(conn, customer_id)
            theirs = auctions.of_seller(conn, customer_id, after=after, limit=PAGE + 1, shown=True)
            sales = orders.sales_of(conn, customer_id)
            ratings = feedback.ratings_of(conn, customer_id)
            said = feedback.about(conn, customer_id, limit=FEEDBACK)
            me = visitor(parts).customer
            following = bool(me and follows.follows_seller(conn, me.id, customer_id))
        listed, more = page_of(theirs, PAGE, lambda it: (it.created_at_ms, it.id))
        known = represent.Profile(
            sales=sales,
            ratings=ratings,
            feedback=said,
            auctions=listed,
            more=more,
        )
        if wants_hal():
            return hal(_as_hal(parts, customer, known))
        return page(
            "profiles/customer.html",
            customer=customer,
            following=following,
            now_ms=parts.clock(),
            **vars(known),
        )

    return views


def _as_hal(parts: Parts, customer: Customer, known: represent.Profile) -> dict[str, Any]:
    if not permitted("customers:read_contact"):
        return represent.public(parts.urls, customer, known, now_ms=parts.clock())
    with parts.store.reading() as conn:
        notices = preferences.of_customer(conn, customer.id)
        told = changes.of_customer(
            conn, customer.id, since_ms=parts.clock() - TOLD_FOR_MS, limit=MOST_TOLD
        )
    if customer.deleted_at_ms is not None:
        notices = dict.fromkeys(notices, "off")  # there is nobody to write to
    return represent.contact(
        parts.urls, parts.signatures, customer, notices, told, now_ms=parts.clock()
    )


def blueprints(parts: Parts) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield api(parts)
