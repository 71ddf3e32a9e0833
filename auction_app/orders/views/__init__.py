"""Orders: the list of one's own, one with what can be done about it, and what is said
afterwards."""

from collections.abc import Iterator

from flask import Blueprint

from auction_app.orders.views import delivery, messages, orders, receipts, requests, steps
from auction_app.parts import Parts
from auction_app.payments.desk import PaymentDesk


def blueprints(parts: Parts, desk: PaymentDesk | None) -> Iterator[Blueprint]:
    """All addresses of the feature; that to pay at where payments are taken."""
    yield orders.api(parts, desk)
    yield steps.pages(parts, desk)
    yield delivery.pages(parts, desk)
    yield requests.pages(parts, desk)
    yield receipts.pages(parts)
    yield messages.api(parts)
    yield messages.pages(parts, desk)
    if desk is not None:
        yield steps.paying(parts, desk)
