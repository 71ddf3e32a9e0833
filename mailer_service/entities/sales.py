"""Auctions, questions, orders and reminders: from documents of auction_app."""

from mailer_service.entities.fields import Document, href, line, money, rows, time_ms, word, words
from mailer_service.model.entities import Auction, Order, OrderStep, Question, Reminder


def auction_from(document: Document, url: str) -> Auction:
    """What is on sale."""
    return Auction(url=url, title=line(document, "title"))


def question_from(document: Document, url: str) -> Question:
    """A question, with its answer once there is one."""
    return Question(
        url=url,
        text=words(document, "text"),
        answer=words(document, "answer") if document.get("answer") is not None else None,
        auction_url=href(document, "auction"),
        seller_url=href(document, "seller"),
        asker_url=href(document, "asker"),
    )


def order_from(document: Document, url: str) -> Order:
    """What became of a sale."""
    return Order(
        url=url,
        price=money(document, "price"),
        steps=tuple(_step(row) for row in rows(document, "steps")),
        auction_url=href(document, "auction"),
        seller_url=href(document, "seller"),
        buyer_url=href(document, "buyer"),
    )


def reminder_from(document: Document, url: str) -> Reminder:
    """That a watched item ends soon."""
    word(document, "kind", "ending-soon")
    return Reminder(
        url=url,
        ends_at_ms=time_ms(document, "ends_at_ms"),
        auction_url=href(document, "auction"),
        customer_url=href(document, "customer"),
    )


def _step(row: Document) -> OrderStep:
    return OrderStep(
        status=word(row, "status", "agreed", "paid", "shipped", "received", "cancelled"),
        by=word(row, "by", "buyer", "seller", "house"),
    )
