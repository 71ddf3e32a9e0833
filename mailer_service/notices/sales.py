"""Who hears of questions, of the steps of an order, of what ends soon, and of decisions."""

from collections.abc import Iterator, Sequence

from mailer_service.model.entities import Order, OrderStep, Question, Reminder, Side, Statement
from mailer_service.model.mails import Notice


def notices_of_question(question: Question) -> Sequence[Notice]:
    """The seller hears a question; once it is answered, whoever asked hears the answer."""
    answered = question.answer is not None
    notice = Notice(
        entity_url=question.url,
        kind="answer" if answered else "question",
        recipient_url=question.asker_url if answered else question.seller_url,
        about_url=question.seller_url if answered else question.asker_url,
        auction_url=question.auction_url,
        text=question.answer if answered else question.text,
    )
    return (notice,)


def notices_of_order(order: Order) -> Sequence[Notice]:
    """Every step is told once to the side that did not take it; of the house's, both hear. Of
    what a bidding sold the first step is no news: its end is told as `won` and `sold`."""
    return tuple(
        Notice(
            entity_url=order.url,
            kind=_kind_of(step),
            recipient_url=order.buyer_url if side == "buyer" else order.seller_url,
            about_url=order.seller_url if side == "buyer" else order.buyer_url,
            price=order.total or order.price if _is_through_the_house(step) else order.price,
            auction_url=order.auction_url,
            side=side,
            link=order.url,
        )
        for step in order.steps
        if step.status != "agreed" or order.offer_url
        for side in _other_sides(step)
    )


def notices_of_reminder(reminder: Reminder) -> Sequence[Notice]:
    """Whoever watches an item hears that it ends soon, and who looks for one that it was listed,
    but not when it has ended."""
    notice = Notice(
        entity_url=reminder.url,
        kind=reminder.kind,
        recipient_url=reminder.customer_url,
        auction_url=reminder.auction_url,
        until_ms=reminder.ends_at_ms,
    )
    return (notice,)


def notices_of_statement(statement: Statement) -> Sequence[Notice]:
    """Whom a moderator's decision concerns is told what, and why."""
    notice = Notice(
        entity_url=statement.url,
        kind=statement.kind,
        recipient_url=statement.customer_url,
        auction_url=statement.auction_url,
        text=statement.text,
        link=statement.page_url,
    )
    return (notice,)


def _kind_of(step: OrderStep) -> str:
    return "payment-received" if _is_through_the_house(step) else f"order-{step.status}"


def _is_through_the_house(step: OrderStep) -> bool:
    """The house has the money: nobody has to check whether it came."""
    return step.status == "paid" and step.by == "house"


def _other_sides(step: OrderStep) -> Iterator[Side]:
    if step.by != "buyer":
        yield "buyer"
    if step.by != "seller":
        yield "seller"
