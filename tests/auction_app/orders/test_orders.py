"""What becomes of a sale: the order, its steps by both sides, and feedback."""

import itertools
from dataclasses import replace
from typing import Literal, get_args

import pytest
from service_kit.money import Money
from sqlalchemy import select

from auction_app.db.tables import orders
from auction_app.orders.model import (
    Order,
    OrderStatus,
    Request,
    RequestKind,
    Side,
    may_give_feedback,
    may_request,
    next_steps,
)
from tests.auction_app.conftest import MAILER_TOKEN, PUBLIC, World, as_program, email_of, path_of
from tests.auction_app.sale import cancel, close, sell

AFTER = {
    ("agreed", "buyer"): {"paid"},
    ("agreed", "seller"): {"paid"},
    ("unpaid", "buyer"): {"paid"},
    ("unpaid", "seller"): {"paid", "cancelled"},
    ("paid", "seller"): {"shipped"},
    ("shipped", "buyer"): {"received"},
    ("sent_back", "seller"): {"returned"},
}
RETURN = Request(order_id="o", kind="return", by="buyer", reason="Cracked.", at_ms=0)


def an_order(status: OrderStatus, *requests: Request, on_hold: bool = False) -> Order:
    return Order(
        id="o",
        auction_id="a",
        title="Lamp",
        seller_id="s",
        seller_name="Sam",
        buyer_id="b",
        buyer_name="Ada",
        price=Money(100, "USD"),
        status=status,
        steps=(),
        requests=requests,
        on_hold=on_hold,
    )


@pytest.mark.parametrize(("status", "side"), list(itertools.product(OrderStatus, get_args(Side))))
def test_each_side_has_its_steps(status: OrderStatus, side: Side) -> None:
    assert set(next_steps(an_order(status), side)) == AFTER.get((status.value, side), set())


def test_nobody_pays_by_hand_where_the_house_is_paid_or_holds_the_item() -> None:
    for status in (OrderStatus.AGREED, OrderStatus.UNPAID):
        assert "paid" not in next_steps(an_order(status), "buyer", by_hand=False)
        assert "paid" not in next_steps(an_order(status, on_hold=True), "buyer")


@pytest.mark.parametrize(("answer", "may"), [(None, False), ("decline", False), ("accept", True)])
def test_only_what_the_seller_takes_back_is_sent_back(
    answer: Literal["accept", "decline"] | None, may: bool
) -> None:
    order = an_order(OrderStatus.RECEIVED, replace(RETURN, answer=answer))

    assert ("sent_back" in next_steps(order, "buyer")) is may


@pytest.mark.parametrize(
    ("kind", "side", "when"),
    [
        ("cancel", "buyer", {"agreed", "unpaid", "paid"}),
        ("cancel", "seller", {"agreed", "paid"}),
        ("return", "buyer", {"received"}),
        ("return", "seller", set()),
    ],
)
def test_what_may_be_asked_when(kind: RequestKind, side: Side, when: set[str]) -> None:
    assert {it.value for it in OrderStatus if may_request(kind, an_order(it), side)} == when


@pytest.mark.parametrize("status", OrderStatus)
def test_feedback_is_for_what_is_over(status: OrderStatus) -> None:
    assert may_give_feedback(status) is (status.value in {"received", "returned", "cancelled"})


def test_a_sale_makes_one_order_however_often_its_close_is_seen(world: World) -> None:
    sale = sell(world)
    close(world, sale.item)

    with world.parts.store.reading() as conn:
        rows = conn.execute(select(orders)).all()
    assert len(rows) == 1
    assert world.announced().count(("orders", "create", PUBLIC + sale.order)) == 1


def test_an_unsold_item_makes_none(world: World) -> None:
    sam = world.member("Sam")

    close(world, sam.list_item())

    assert "Nothing bought or sold yet" in sam.get("/my/orders").text


def test_both_sides_see_each_other_and_nobody_else_sees_the_order(world: World) -> None:
    sale = sell(world)

    assert email_of("Sam") in sale.ada.get(sale.order).text
    assert email_of("Ada") in sale.sam.get(sale.order).text
    assert sale.bob.get(sale.order).status_code == 404
    assert world.browser().get(sale.order).status_code == 401
    assert "To the order" in sale.ada.get(sale.item).text
    assert "To the order" not in sale.bob.get(sale.item).text
    assert "The seller is notified of each step." in sale.ada.get(sale.order).text
    assert "The buyer is notified of each step." in sale.sam.get(sale.order).text


def test_an_order_goes_its_way_and_the_other_side_is_told(world: World) -> None:
    sale = sell(world)

    for person, status in (("ada", "paid"), ("sam", "shipped"), ("ada", "received")):
        answer = getattr(sale, person).post(f"{sale.order}/steps", {"status": status})
        assert answer.status_code == 303
    document = world.app.test_client().get(sale.order, headers=as_program(MAILER_TOKEN)).get_json()

    steps = [(step["status"], step["by"]) for step in document["steps"]]
    assert steps == [
        ("agreed", "house"),
        ("paid", "buyer"),
        ("shipped", "seller"),
        ("received", "buyer"),
    ]
    assert document["status"] == "received"
    assert document["price"] == {"amount": "21.00", "currency": "USD"}
    assert document["_links"]["seller"]["href"] == world.customer_url("Sam")
    assert document["_links"]["buyer"]["href"] == world.customer_url("Ada")
    assert world.announced().count(("orders", "update", PUBLIC + sale.order)) == 3
    assert sale.sam.get("/my/notices").text.count("News about your order") == 2
    assert sale.ada.get("/my/notices").text.count("News about your order") == 1


def test_a_step_that_is_not_ones_own_or_not_next_is_refused(world: World) -> None:
    sale = sell(world)

    for status in ("shipped", "received", "cancelled", "agreed!", ""):
        assert sale.ada.post(f"{sale.order}/steps", {"status": status}).status_code == 409
    assert sale.bob.post(f"{sale.order}/steps", {"status": "paid"}).status_code == 404
    assert world.browser().post(f"{sale.order}/steps", {"status": "paid"}).status_code == 401
    assert sale.sam.post("/orders/nothing/steps", {"status": "paid"}).status_code == 404


def test_a_step_sent_twice_is_one(world: World) -> None:
    sale = sell(world)

    for _ in range(2):
        assert sale.ada.post(f"{sale.order}/steps", {"status": "paid"}).status_code == 303

    assert world.announced().count(("orders", "update", PUBLIC + sale.order)) == 1


def test_the_order_as_hal_is_for_its_sides_and_its_scope(world: World) -> None:
    sale = sell(world)

    answers = [
        person.client.get(sale.order, headers=as_program()).status_code
        for person in (sale.ada, sale.sam, sale.bob, world.browser())
    ]

    assert answers == [200, 200, 404, 401]


def test_feedback_goes_both_ways_once_and_is_public(world: World) -> None:
    sale = sell(world)
    words = {"rating": "good", "text": "Quick and kind."}
    assert sale.ada.post(f"{sale.order}/feedback", words).status_code == 409
    cancel(sale)

    assert sale.ada.post(f"{sale.order}/feedback", {"rating": "best"}).status_code == 422
    assert sale.ada.post(f"{sale.order}/feedback", words).status_code == 303
    assert sale.ada.post(f"{sale.order}/feedback", words).status_code == 303  # pressed twice
    other = words | {"text": "Neither."}
    assert sale.ada.post(f"{sale.order}/feedback", other).status_code == 409
    assert sale.sam.post(f"{sale.order}/feedback", words | {"rating": "bad"}).status_code == 303
    assert sale.bob.post(f"{sale.order}/feedback", words).status_code == 404

    stranger = world.browser()
    page = stranger.get(world.customer_url("Sam").removeprefix(PUBLIC)).text
    assert "Quick and kind." in page
    assert "Good: 1" in page
    assert "Bad: 1" in stranger.get(world.customer_url("Ada").removeprefix(PUBLIC)).text


def test_a_sellers_page_says_since_when_and_how_often_they_have_sold(world: World) -> None:
    sale = sell(world)
    seller = path_of(world.customer_url("Sam"))
    page = world.browser().get(seller).text
    assert "Member since" in page
    assert "1 sale<" in page

    cancel(sale)

    assert "0 sales<" in world.browser().get(seller).text


def test_cancelling_takes_both_sides(world: World) -> None:
    sale = sell(world)
    asked = {"kind": "cancel", "reason": "I bid on the wrong lamp."}

    assert sale.ada.post(f"{sale.order}/requests", asked).status_code == 303
    assert sale.ada.post(f"{sale.order}/requests", asked).status_code == 303  # pressed twice
    assert "I bid on the wrong lamp." in sale.sam.get(sale.order).text
    answer = {"kind": "cancel", "answer": "accept"}
    assert sale.ada.post(f"{sale.order}/answers", answer).status_code == 409
    for _ in range(2):
        assert sale.sam.post(f"{sale.order}/answers", answer).status_code == 303

    document = sale.ada.client.get(sale.order, headers=as_program()).get_json()
    assert [(it["status"], it["by"]) for it in document["steps"]] == [
        ("agreed", "house"),
        ("cancelled", "seller"),
    ]
    assert [(it["kind"], it["by"], it["answer"]) for it in document["requests"]] == [
        ("cancel", "buyer", "accept")
    ]
    for person in (sale.ada, sale.sam):
        assert person.get("/my/notices").text.count("News about your order") == 1
    page = sale.sam.get(sale.order).text
    assert "The item is yours again" in page
    assert f'action="{sale.item}/relist"' in page
    assert f'href="{sale.item}/second-chances"' in page


def test_a_request_that_is_declined_leaves_the_order_as_it_is_and_is_not_made_again(
    world: World,
) -> None:
    sale = sell(world)
    asked = {"kind": "cancel", "reason": "No money."}
    sale.ada.post(f"{sale.order}/requests", asked)

    assert (
        sale.sam.post(f"{sale.order}/answers", {"kind": "cancel", "answer": "decline"}).status_code
        == 303
    )

    again = asked | {"reason": "Please."}
    assert sale.ada.post(f"{sale.order}/requests", again).status_code == 409
    late = {"kind": "cancel", "answer": "accept"}
    assert sale.sam.post(f"{sale.order}/answers", late).status_code == 409
    assert sale.ada.post(f"{sale.order}/steps", {"status": "paid"}).status_code == 303
    page = sale.ada.get(sale.order).text
    assert "Cancellation declined" in page
    assert sale.ada.get("/my/notices").text.count("News about your order") == 1


def test_a_request_that_an_order_has_passed_waits_for_no_answer(world: World) -> None:
    sale = sell(world)
    sale.ada.post(f"{sale.order}/requests", {"kind": "cancel", "reason": "No money."})
    sale.ada.post(f"{sale.order}/steps", {"status": "paid"})
    sale.sam.post(f"{sale.order}/steps", {"status": "shipped"})

    late = {"kind": "cancel", "answer": "accept"}
    assert sale.sam.post(f"{sale.order}/answers", late).status_code == 409
    ask = {"kind": "cancel", "reason": "It broke."}
    assert sale.sam.post(f"{sale.order}/requests", ask).status_code == 409


def test_wrong_requests_are_refused_with_the_reason(world: World) -> None:
    sale = sell(world)
    path = f"{sale.order}/requests"

    for wrong in ({"kind": "cancel"}, {"kind": "cancel", "reason": " "}):
        answer = sale.ada.post(path, wrong)
        assert answer.status_code == 422
        assert "Please fill this in." in answer.text
    for wrong in ({"kind": "ship", "reason": "x"}, {"kind": "cancel", "reason": "x" * 501}):
        assert sale.ada.post(path, wrong).status_code == 422
    assert sale.ada.post(f"{sale.order}/answers", {"kind": "cancel"}).status_code == 422
    assert sale.sam.get(sale.order).text.count("<details") == 1
