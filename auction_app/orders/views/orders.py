"""The addresses of orders."""

from typing import Any

from flask import Response, request
from service_kit.access import permitted, shown_token
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in
from auction_app.devices.recognise import recognise
from auction_app.orders import hal as represent
from auction_app.orders.hal import MyOrdersSchema, OrderSchema
from auction_app.orders.repository import orders
from auction_app.orders.sales_feed import CURSOR, sales_since
from auction_app.orders.views.order_page import (
    any_order,
    is_paid_here,
    order_of,
    order_page,
    order_sold_by,
)
from auction_app.parts import Parts
from auction_app.payments.desk import PaymentDesk
from auction_app.web.negotiation import hal, matching, negotiated, page, wants_hal
from auction_app.web.paging import cursor_from, page_of

PAGE = 24


def api(parts: Parts, desk: PaymentDesk | None) -> Blueprint:
    """An order's address, and that of the list of one's own."""
    views = Blueprint("orders", __name__)

    @negotiated(views, "/orders/<string:order_id>", OrderSchema)
    def show(order_id: str) -> Response:
        """A sale and its steps, for its two sides, for a token of scope orders:read, and for a
        device of the seller's."""
        if device := recognise(parts.store, shown_token(request)):
            sold = order_sold_by(parts, order_id, device.owner_id)
            return hal(represent.order(parts.urls, sold, with_address=True))
        if wants_hal() and permitted("orders:read"):
            return hal(represent.order(parts.urls, any_order(parts, order_id)))
        me = signed_in(parts)
        order = order_of(parts, order_id, me)
        if wants_hal():
            here, by_hand = order.side_of(me.id), not is_paid_here(desk, order)
            return hal(represent.order(parts.urls, order, side=here, by_hand=by_hand))
        return order_page(parts, desk, order, me)

    @negotiated(
        views,
        "/my/orders",
        MyOrdersSchema,
        own=True,
        by_device=True,
        paged=True,
        parameters=[matching("since", CURSOR)],
    )
    def mine() -> Response:
        """What the signed-in customer has bought and sold, the latest first; for a device, and with
        `since`, what was sold after that, the oldest first."""
        device, since = recognise(parts.store, shown_token(request)), request.args.get("since")
        if device or since is not None:
            whose = (device.owner_id, device.begins_after) if device else (signed_in(parts).id, 0)
            return hal(_sales(parts, *whose, since))
        me, after = signed_in(parts), cursor_from(request.args)
        with parts.store.reading() as conn:
            found = orders.of_customer(conn, me.id, after=after, limit=PAGE + 1)
        shown, more = page_of(found, PAGE, lambda it: (it[1], it[0].id))
        if wants_hal():
            made = [order for order, _made in shown]
            paid_here = [order.id for order in made if is_paid_here(desk, order)]
            return hal(represent.my_orders(parts.urls, made, me.id, more, paid_here=paid_here))
        return page("orders/my_orders.html", orders=shown, more=more, me=me)

    return views


def _sales(parts: Parts, seller_id: str, begins_after: int, since: str | None) -> dict[str, Any]:
    found = sales_since(parts.store, seller_id, since, begins_after=begins_after, limit=PAGE)
    return represent.sales_since(parts.urls, found)
