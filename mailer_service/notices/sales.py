"""Who hears of questions, messages, steps of an order, what ends soon, and decisions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from service_kit.money import Money

from mailer_service.model.entities import (
    Message,
    Order,
    OrderRequest,
    OrderStep,
    Question,
    Reminder,
    Side,
    Statement,
)
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


def notices_of_message(message: Message) -> Sequence[Notice]:
    """The other side hears of it, unless there is nothing to read any more."""
    if message.text is None:
        return ()
    notice = Notice(
        entity_url=message.url,
        kind="message",
        recipient_url=message.addressee_url,
        about_url=message.author_url,
        auction_url=message.auction_url,
        text=message.text,
        side="seller" if message.by == "buyer" else "buyer",
        link=message.order_url,
    )
    return (notice,)


def notices_of_order(order: Order) -> Sequence[Notice]:
    """Every step is told once to the side that did not take it; of the house's, both hear. Of
    what a bidding sold the first step is no news: its end is told as `won` and `sold`. A request
    is told to the other side, its refusal to whoever asked; what was granted is a step. Whoever
    has to pay is reminded, or told that they needn't."""
    return (
        *(
            _of_order(
                order,
                _kind_of(step, order),
                side,
                price=_price_of(step, order),
                text=_words_of(step, order),
            )
            for step in order.steps
            if step.status != "agreed" or order.offer_url
            for side in _other_sides(step.by)
        ),
        *(notice for asked in order.requests for notice in _notices_of_request(order, asked)),
        *(_notices_of_payment(order) if _is_to_be_paid(order) else ()),
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


def _of_order(
    order: Order, kind: str, side: Side, *, price: Money | None = None, text: str | None = None
) -> Notice:
    return Notice(
        entity_url=order.url,
        kind=kind,
        recipient_url=order.buyer_url if side == "buyer" else order.seller_url,
        about_url=order.seller_url if side == "buyer" else order.buyer_url,
        price=price or order.price,
        auction_url=order.auction_url,
        side=side,
        text=text,
        link=order.url,
    )


def _notices_of_request(order: Order, asked: OrderRequest) -> Iterator[Notice]:
    for side in _other_sides(asked.by):
        yield _of_order(order, f"{asked.kind}-asked", side, text=asked.reason)
    if asked.answer == "decline":
        yield _of_order(order, f"{asked.kind}-declined", asked.by, text=asked.note)
    elif asked.answer == "accept" and asked.kind == "return":
        yield _of_order(order, "return-accepted", asked.by, text=asked.note)


_REFUNDED = {"cancelled": "order-refunded", "returned": "return-refunded"}


def _kind_of(step: OrderStep, order: Order) -> str:
    if _is_through_the_house(step):
        return "payment-received"
    if step.status in _REFUNDED and any(map(_is_through_the_house, order.steps)):
        return _REFUNDED[step.status]
    return f"order-{step.status}".replace("_", "-")


def _words_of(step: OrderStep, order: Order) -> str | None:
    """What is said of a step: with which parcel, or why."""
    parcels = {"shipped": order.parcel, "sent_back": order.parcel_back}
    return parcels.get(step.status, step.because)


def _price_of(step: OrderStep, order: Order) -> Money:
    """What the house takes and gives back is price and postage."""
    is_whole = _kind_of(step, order) in {"payment-received", *_REFUNDED.values()}
    return order.total or order.price if is_whole else order.price


def _is_through_the_house(step: OrderStep) -> bool:
    """The house has the money: nobody has to check whether it came."""
    return step.status == "paid" and step.by == "house"


def _is_to_be_paid(order: Order) -> bool:
    return {step.status for step in order.steps} <= {"agreed", "unpaid"}


def _notices_of_payment(order: Order) -> Iterator[Notice]:
    if order.is_on_hold:
        yield _of_order(order, "order-on-hold", "buyer")
        return
    if order.is_postage_named:
        yield _of_order(order, "postage-named", "buyer", price=order.total)
    if "due-soon" in order.reminded and order.due_at_ms:
        reminder = _of_order(order, "payment-due-soon", "buyer", price=order.total)
        yield replace(reminder, until_ms=order.due_at_ms)
    if "overdue" in order.reminded and order.steps[-1].status == "agreed":
        yield _of_order(order, "payment-overdue", "buyer", price=order.total)


def _other_sides(by: str) -> Iterator[Side]:
    if by != "buyer":
        yield "buyer"
    if by != "seller":
        yield "seller"
