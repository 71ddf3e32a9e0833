"""What the web app tells of an order is what the mailer reads, to the last step."""

from typing import get_args

import pytest
from bus_drain.fetch import Entity
from service_kit.money import Money

from auction_app.notifications.model import StatementKind
from auction_app.orders import hal
from auction_app.orders.model import (
    ANSWERS,
    REQUESTS,
    Answer,
    Order,
    OrderStatus,
    Request,
    RequestKind,
    Side,
    Step,
)
from auction_app.urls import Urls
from mailer_service.entities.sales import order_from
from mailer_service.model.kinds import STATEMENTS
from mailer_service.notices.sales import notices_of_order

URLS = Urls("https://gavel.test")


def order(*, steps: tuple[Step, ...], requests: tuple[Request, ...] = ()) -> Order:
    return Order(
        id="order1",
        auction_id="auction1",
        title="A lamp",
        seller_id="sal",
        seller_name="Sal",
        buyer_id="bob",
        buyer_name="Bob",
        price=Money(2000, "EUR"),
        status=steps[-1].status,
        steps=steps,
        requests=requests,
    )


@pytest.mark.parametrize("status", OrderStatus)
@pytest.mark.parametrize("by", ["buyer", "seller", "house"])
def test_the_mailer_tells_each_step_that_an_order_can_take(status: OrderStatus, by: Side) -> None:
    agreed = Step(status=OrderStatus.AGREED, at_ms=1, by="house")
    taken = order(steps=(agreed, Step(status=status, at_ms=2, by=by)))

    read = order_from(Entity(URLS.order("order1"), hal.order(URLS, taken)))

    assert [(step.status, step.by) for step in read.steps][1:] == [(status, by)]
    told = notices_of_order(read)
    assert bool(told) is (status is not OrderStatus.AGREED)


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize("answer", [None, *ANSWERS])
def test_the_mailer_reads_each_request_and_its_answer(
    kind: RequestKind, answer: Answer | None
) -> None:
    asked = Request(
        order_id="order1", kind=kind, by="buyer", reason="Wrong lamp", at_ms=3, answer=answer
    )
    agreed = Step(status=OrderStatus.AGREED, at_ms=1, by="house")

    read = order_from(
        Entity(URLS.order("order1"), hal.order(URLS, order(steps=(agreed,), requests=(asked,))))
    )

    assert [(one.kind, one.by, one.answer) for one in read.requests] == [(kind, "buyer", answer)]


def test_the_mailer_has_a_letter_for_all_that_the_house_decides() -> None:
    assert set(STATEMENTS) == set(get_args(StatementKind))
