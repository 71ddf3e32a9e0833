"""Orders, questions, news and the like as HAL: what follows from an auction."""

from collections.abc import Sequence
from typing import Any

from service_kit.hal import link, resource

from auction_app.api.represent import page_of
from auction_app.news import Notice
from auction_app.orders import Order, Side, may_give_feedback, next_steps
from auction_app.storage.reminders import Reminder
from auction_app.storage.second_chances import SecondChance
from auction_app.talk import Question
from auction_app.urls import Urls

Document = dict[str, Any]


def order(urls: Urls, order: Order, *, side: Side | None = None) -> Document:
    """A sale and its steps so far; for one of its sides with links to what that may do next."""
    here = urls.order(order.id)
    possible = next_steps(order.status, side) if side else ()
    may_say = side is not None and may_give_feedback(order.status)
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
            **{status.value: link(f"{here}/steps") for status in possible},
            "feedback": link(f"{here}/feedback") if may_say else None,
        },
    )


def my_orders(urls: Urls, orders: Sequence[Order], me: str, more: str | None) -> Document:
    """What somebody has bought and sold."""
    found = [order(urls, one, side=one.side_of(me)) for one in orders]
    return page_of(urls, "/my/orders", "orders", found, more)


def notice(urls: Urls, notice: Notice) -> Document:
    """One piece of news."""
    return resource(
        {"kind": notice.kind, "title": notice.title, "at_ms": notice.at_ms, "read": notice.read},
        {"about": link(urls.absolute(notice.path))},
    )


def my_notices(urls: Urls, notices: Sequence[Notice], more: str | None) -> Document:
    """Somebody's news."""
    found = [notice(urls, one) for one in notices]
    return page_of(urls, "/my/notices", "notices", found, more)


def second_chance(urls: Urls, chance: SecondChance, *, now_ms: int) -> Document:
    """An offer to its bidder, who accepts or declines it here while it is open."""
    here = link(urls.second_chance(chance.id))
    answer = here if chance.is_open(now_ms) else None
    return resource(
        {
            "price": chance.price.to_wire(),
            "status": chance.status,
            "expires_at_ms": chance.expires_at_ms,
        },
        {
            "self": here,
            "offer": link(chance.url),
            "auction": link(urls.auction(chance.auction_id)),
            "accept": answer,
            "decline": answer,
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
