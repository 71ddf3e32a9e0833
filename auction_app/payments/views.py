"""A payment as an entity, and what the provider tells."""

from collections.abc import Callable, Iterator

from flask import Blueprint as PlainBlueprint
from flask import Response, request
from service_kit.access import permitted, require
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in
from auction_app.errors import NotFound
from auction_app.parts import Parts
from auction_app.payments import hal as represent
from auction_app.payments import repository as payments
from auction_app.payments.hal import PaymentSchema, PaymentsSchema
from auction_app.payments.provider import Provider
from auction_app.web.negotiation import hal, negotiated, see_other, wants_hal
from auction_app.web.paging import cursor_from, page_of

MAX_WEBHOOK_BYTES = 256 * 1024
PAGE = 100


def api(parts: Parts) -> Blueprint:
    """The address of a payment; its page is the order's."""
    views = Blueprint("payments", __name__)

    @negotiated(views, "/payments/<string:payment_id>", PaymentSchema)
    def show(payment_id: str) -> Response:
        """What an order's buyer owes or has paid, for its two sides and for scope payments:read."""
        with parts.store.reading() as conn:
            payment = payments.by_id(conn, payment_id)
        for_all = wants_hal() and permitted("payments:read")
        if not for_all:
            me = signed_in(parts)
            if payment is None or me.id not in {payment.buyer_id, payment.seller_id}:
                raise NotFound("no such payment")
        if payment is None:
            raise NotFound("no such payment")
        if wants_hal():
            return hal(represent.payment(parts.urls, payment))
        return see_other(f"/orders/{parts.urls.order_id(payment.order_url)}")

    @negotiated(views, "/payments", PaymentsSchema, paged=True)
    def every() -> Response:
        """All payments, the oldest first, for scope payments:read."""
        return _every(parts)

    return views


@require("payments:read")
def _every(parts: Parts) -> Response:
    after = cursor_from(request.args)
    with parts.store.reading() as conn:
        found = payments.page(conn, after=after, limit=PAGE + 1)
    shown, more = page_of(found, PAGE, lambda it: (it[1], it[0].id))
    return hal(represent.page(parts.urls, [payment for payment, _made in shown], more))


def webhooks(parts: Parts, provider: Provider, notify: Callable[[], None]) -> PlainBlueprint:
    """Where the provider says that something happened to a checkout."""
    views = PlainBlueprint("payment_webhooks", __name__)

    @views.post("/webhooks/payments")
    def told() -> Response:
        """It only says where to look; nothing else in it is believed. 204 once that is on disk."""
        request.max_content_length = MAX_WEBHOOK_BYTES
        signature = request.headers.get("Stripe-Signature", "")
        told = provider.told(request.get_data(), signature, now_s=parts.clock() // 1000)
        with parts.begin() as act:
            is_new = payments.take_event(act.conn, told.event_id, now_ms=act.now_ms)
            if is_new and told.checkout_id is not None:
                payments.look_now(act.conn, told.checkout_id, now_ms=act.now_ms)
        notify()
        return Response(status=204)

    return views


def blueprints(parts: Parts) -> Iterator[PlainBlueprint]:
    """All addresses of the feature that are for people and programs."""
    yield api(parts)
