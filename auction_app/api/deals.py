"""Orders, questions and reminders as HAL: what a mail can be about."""

from typing import Any

from service_kit.hal import link, resource

from auction_app.orders import Order
from auction_app.storage.reminders import Reminder
from auction_app.talk import Question
from auction_app.urls import Urls

Document = dict[str, Any]


def order(urls: Urls, order: Order) -> Document:
    """A sale and its steps so far."""
    return resource(
        {
            "price": order.price.to_wire(),
            "status": order.status.value,
            "steps": [
                {"status": step.status.value, "at_ms": step.at_ms, "by": step.by}
                for step in order.steps
            ],
        },
        {
            "self": link(urls.order(order.id)),
            "auction": link(urls.auction(order.auction_id)),
            "seller": link(urls.customer(order.seller_id)),
            "buyer": link(urls.customer(order.buyer_id)),
        },
    )


def question(urls: Urls, question: Question, *, with_asker: bool) -> Document:
    """A question; who asked it is for the mailer only."""
    return resource(
        {
            "text": question.text,
            "answer": question.answer,
            "asked_at_ms": question.asked_at_ms,
            "answered_at_ms": question.answered_at_ms,
        },
        {
            "self": link(urls.question(question.id)),
            "auction": link(urls.auction(question.auction_id)),
            "seller": link(urls.customer(question.seller_id)),
            "asker": link(urls.customer(question.asker_id)) if with_asker else None,
        },
    )


def reminder(urls: Urls, reminder: Reminder) -> Document:
    """That a watched item ends soon."""
    return resource(
        {"kind": "ending-soon", "ends_at_ms": reminder.ends_at_ms},
        {
            "self": link(urls.reminder(reminder.id)),
            "auction": link(urls.auction(reminder.auction_id)),
            "customer": link(urls.customer(reminder.customer_id)),
        },
    )
