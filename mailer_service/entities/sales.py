"""Auctions, questions, orders, messages, reminders and statements, as auction_app shows them."""

from collections.abc import Sequence

from bus_drain.fetch import Entity

from mailer_service.entities.fields import line, lines, link, link_at_home, optional_link
from mailer_service.errors import BadEntity
from mailer_service.model.entities import (
    REMINDERS_OF_PAYMENT,
    STEPS,
    Auction,
    Message,
    Order,
    OrderRequest,
    OrderStep,
    Question,
    Reminder,
    ReminderOfPayment,
    Statement,
)
from mailer_service.model.kinds import STATEMENTS

_LONGEST_PARCEL = 200


def statement_from(entity: Entity) -> Statement:
    """What somebody is told of a decision."""
    return Statement(
        url=entity.url,
        kind=entity.one_of("kind", *STATEMENTS),
        text=lines(entity, "text"),
        customer_url=link(entity, "customer"),
        auction_url=optional_link(entity, "auction"),
        page_url=link_at_home(entity, "page"),
    )


def auction_from(entity: Entity) -> Auction:
    """What is on sale."""
    return Auction(
        url=entity.url,
        title=line(entity, "title"),
        is_removed=entity.get("removed") is True,
        bidding_url=optional_link(entity, "bidding"),
        order_page=optional_link(entity, "my-order"),
        offer_page=optional_link(entity, "my-offer"),
    )


def question_from(entity: Entity) -> Question:
    """A question, with its answer once there is one."""
    return Question(
        url=entity.url,
        text=lines(entity, "text"),
        answer=lines(entity, "answer") if entity.get("answer") is not None else None,
        auction_url=link(entity, "auction"),
        seller_url=link(entity, "seller"),
        asker_url=link(entity, "asker"),
    )


def order_from(entity: Entity) -> Order:
    """What became of a sale."""
    return Order(
        url=entity.url,
        price=entity.money("price"),
        steps=tuple(_step(step) for step in entity.parts("steps")),
        auction_url=link(entity, "auction"),
        seller_url=link(entity, "seller"),
        buyer_url=link(entity, "buyer"),
        requests=tuple(_request(one) for one in _parts(entity, "requests")),
        parcel=_parcel(entity, "parcel"),
        parcel_back=_parcel(entity, "parcel_back"),
        is_on_hold=entity.get("on_hold") is True,
        is_postage_named=entity.get("postage_named") is True,
        due_at_ms=entity.time_ms("due_at_ms") if entity.get("due_at_ms") is not None else None,
        reminded=_reminded(entity),
        offer_url=optional_link(entity, "offer"),
        total=entity.money("total") if entity.get("total") is not None else None,
    )


def message_from(entity: Entity) -> Message:
    """What one side of an order wrote to the other."""
    return Message(
        url=entity.url,
        text=lines(entity, "text") if entity.get("text") is not None else None,
        by=entity.one_of("by", "buyer", "seller"),
        auction_url=link(entity, "auction"),
        order_url=link_at_home(entity, "order"),
        author_url=link(entity, "author"),
        addressee_url=link(entity, "addressee"),
    )


def reminder_from(entity: Entity) -> Reminder:
    """That a watched item ends soon, or that one was listed that somebody looks for."""
    return Reminder(
        url=entity.url,
        kind=entity.one_of("kind", "ending-soon", "saved-search", "new-listing"),
        ends_at_ms=entity.time_ms("ends_at_ms"),
        auction_url=link(entity, "auction"),
        customer_url=link(entity, "customer"),
    )


def _step(step: Entity) -> OrderStep:
    return OrderStep(
        status=step.one_of("status", *STEPS),
        by=step.one_of("by", "buyer", "seller", "house"),
        because=_because(step),
    )


def _because(step: Entity) -> str | None:
    """What an older auction_app doesn't tell, or a newer one tells in a word of its own, is left
    out."""
    found = step.get("because")
    return found if found in {"seller-closed", "buyer-closed"} else None


def _request(asked: Entity) -> OrderRequest:
    answered = asked.get("answer") is not None
    return OrderRequest(
        kind=asked.one_of("kind", "cancel", "return"),
        by=asked.one_of("by", "buyer", "seller"),
        reason=lines(asked, "reason"),
        answer=asked.one_of("answer", "accept", "decline") if answered else None,
        note=lines(asked, "note") if asked.get("note") is not None else None,
    )


def _parts(entity: Entity, name: str) -> Sequence[Entity]:
    """What an older auction_app doesn't tell is not there."""
    return entity.parts(name) if entity.get(name) is not None else ()


def _reminded(entity: Entity) -> tuple[ReminderOfPayment, ...]:
    found = entity.get("reminded") or ()
    if not isinstance(found, (list, tuple)):
        raise BadEntity("reminded is not a list")
    return tuple(kind for kind in REMINDERS_OF_PAYMENT if kind in found)


def _parcel(entity: Entity, name: str) -> str | None:
    found = entity.get(name)
    if found is None:
        return None
    if not isinstance(found, dict) or not all(isinstance(it, str) for it in found.values()):
        raise BadEntity(f"{name} is no parcel")
    return " ".join(filter(None, (found.get("carrier"), found.get("number"))))[:_LONGEST_PARCEL]
