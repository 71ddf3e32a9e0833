"""Who hears of questions, orders and reminders."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
from service_kit.money import Money

from mailer_service.model.entities import Order, OrderRequest, OrderStep, Question, Reminder
from mailer_service.notices.sales import notices_of_order, notices_of_question, notices_of_reminder


def question(answer: str | None) -> Question:
    return Question(
        url="q/1",
        text="Why?",
        answer=answer,
        auction_url="a/1",
        seller_url="sally",
        asker_url="bob",
    )


def order(*steps: OrderStep) -> Order:
    return Order(
        url="o/1",
        price=Money(1, "USD"),
        steps=steps,
        auction_url="a/1",
        seller_url="sally",
        buyer_url="bob",
    )


def test_a_question_reaches_the_seller() -> None:
    (notice,) = notices_of_question(question(None))

    assert (notice.kind, notice.recipient_url, notice.about_url) == ("question", "sally", "bob")
    assert notice.text == "Why?"


def test_an_answer_reaches_who_asked_and_the_question_nobody_any_more() -> None:
    (notice,) = notices_of_question(question("Because."))

    assert (notice.kind, notice.recipient_url, notice.about_url) == ("answer", "bob", "sally")
    assert notice.text == "Because."


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("buyer", [("sally", "seller", "bob")]),
        ("seller", [("bob", "buyer", "sally")]),
        ("house", [("bob", "buyer", "sally"), ("sally", "seller", "bob")]),
    ],
)
def test_a_step_reaches_the_side_that_did_not_take_it(
    by: str, told: list[tuple[str, str, str]]
) -> None:
    notices = notices_of_order(order(OrderStep(status="paid", by=by)))  # type: ignore[arg-type]

    assert [(n.recipient_url, n.side, n.about_url) for n in notices] == told
    assert {n.kind for n in notices} == {"payment-received" if by == "house" else "order-paid"}


def test_every_step_has_a_key_of_its_own() -> None:
    steps = order(OrderStep(status="paid", by="buyer"), OrderStep(status="received", by="buyer"))

    assert [n.kind for n in notices_of_order(steps)] == ["order-paid", "order-received"]


def test_a_reminder_reaches_its_customer_and_is_pointless_after_the_end() -> None:
    (notice,) = notices_of_reminder(
        Reminder(
            kind="ending-soon", url="r/1", ends_at_ms=77, auction_url="a/1", customer_url="ada"
        )
    )

    assert (notice.kind, notice.recipient_url, notice.until_ms) == ("ending-soon", "ada", 77)


@pytest.mark.parametrize(("offer_url", "told"), [(None, 0), ("offers/1", 2)])
def test_an_order_is_news_only_where_the_end_of_a_bidding_was_not(
    offer_url: str | None, told: int
) -> None:
    made = replace(order(OrderStep(status="agreed", by="house")), offer_url=offer_url)

    assert len(notices_of_order(made)) == told


def test_what_the_house_has_received_is_price_and_postage() -> None:
    paid = order(OrderStep(status="paid", by="house"), OrderStep(status="shipped", by="seller"))

    received, sent, shipped = notices_of_order(replace(paid, total=Money(3, "USD")))

    assert (received.price, sent.price) == (Money(3, "USD"), Money(3, "USD"))
    assert shipped.price == Money(1, "USD")


def asked(answer: Literal["accept", "decline"] | None) -> Order:
    request = OrderRequest(kind="cancel", by="buyer", reason="No money.", answer=answer)
    return replace(order(OrderStep(status="agreed", by="house")), requests=(request,))


def test_a_request_reaches_the_other_side_with_its_reason_and_a_refusal_whoever_asked() -> None:
    (notice,) = notices_of_order(asked(None))
    assert (notice.kind, notice.recipient_url, notice.text) == (
        "cancel-asked",
        "sally",
        "No money.",
    )

    _, refusal = notices_of_order(asked("decline"))
    assert (refusal.kind, refusal.recipient_url) == ("cancel-declined", "bob")
    assert len(notices_of_order(asked("accept"))) == 1


def test_what_is_cancelled_after_the_house_was_paid_is_told_to_be_refunded() -> None:
    steps = [OrderStep(status="paid", by="house"), OrderStep(status="cancelled", by="seller")]
    paid = replace(order(*steps), total=Money(3, "USD"))
    assert [(n.kind, n.price) for n in notices_of_order(paid)][2:] == [
        ("order-refunded", Money(3, "USD"))
    ]

    by_hand = order(OrderStep(status="paid", by="buyer"), steps[1])
    assert notices_of_order(by_hand)[-1].kind == "order-cancelled"


def test_both_hear_why_the_house_has_cancelled() -> None:
    step = OrderStep(status="cancelled", by="house", because="seller-closed")
    told = {(n.kind, n.recipient_url, n.text) for n in notices_of_order(order(step))}
    assert told == {
        ("order-cancelled", "bob", "seller-closed"),
        ("order-cancelled", "sally", "seller-closed"),
    }


@pytest.mark.parametrize(("status", "told"), [("agreed", ["order-on-hold"]), ("paid", [])])
def test_only_who_has_not_paid_is_told_that_they_need_not(
    status: Literal["agreed", "paid"], told: list[str]
) -> None:
    held = replace(order(OrderStep(status=status, by="buyer")), is_on_hold=True)

    assert [n.kind for n in notices_of_order(held) if n.recipient_url == "bob"] == told


AGREED = OrderStep(status="agreed", by="house")


def kinds(order: Order) -> list[tuple[str, str]]:
    return [(notice.kind, notice.recipient_url) for notice in notices_of_order(order)]


def test_the_buyer_alone_is_reminded_and_before_it_is_due_or_not_at_all() -> None:
    due = replace(order(AGREED), reminded=("due-soon", "overdue"), due_at_ms=77)

    soon, overdue = notices_of_order(due)

    assert (soon.kind, soon.recipient_url, soon.until_ms) == ("payment-due-soon", "bob", 77)
    assert (overdue.kind, overdue.recipient_url) == ("payment-overdue", "bob")


def test_who_has_paid_or_need_not_is_reminded_no_more() -> None:
    due = replace(order(AGREED), reminded=("due-soon", "overdue"), due_at_ms=77)
    paid = replace(due, steps=(AGREED, OrderStep(status="paid", by="buyer")))

    assert kinds(paid) == [("order-paid", "sally")]
    assert kinds(replace(due, is_on_hold=True)) == [("order-on-hold", "bob")]


def test_both_hear_that_an_order_is_unpaid_and_no_more_of_its_being_overdue() -> None:
    unpaid = OrderStep(status="unpaid", by="house")
    due = replace(order(AGREED, unpaid), reminded=("overdue",), due_at_ms=77)

    assert kinds(due) == [("order-unpaid", "bob"), ("order-unpaid", "sally")]


def test_the_buyer_hears_what_the_postage_is() -> None:
    named = replace(order(AGREED), is_postage_named=True, total=Money(3, "USD"))

    (notice,) = notices_of_order(named)

    assert (notice.kind, notice.recipient_url) == ("postage-named", "bob")
    assert notice.price == Money(3, "USD")


def test_who_waits_for_a_parcel_is_told_its_number_and_where_it_is_to_go_back_to() -> None:
    shipped = replace(order(OrderStep(status="shipped", by="seller")), parcel="DHL 7")
    back = replace(order(OrderStep(status="sent_back", by="buyer")), parcel_back="UPS 8")
    asked = OrderRequest(kind="return", by="buyer", reason="x", answer="accept", note="Mill Lane")

    assert [n.text for n in notices_of_order(shipped)] == ["DHL 7"]
    assert [(n.kind, n.text) for n in notices_of_order(back)] == [("order-sent-back", "UPS 8")]
    received = replace(order(OrderStep(status="received", by="buyer")), requests=(asked,))
    accepted = notices_of_order(received)[-1]
    assert (accepted.kind, accepted.recipient_url, accepted.text) == (
        "return-accepted",
        "bob",
        "Mill Lane",
    )


@pytest.mark.parametrize(
    ("by", "kind"), [("house", "return-refunded"), ("buyer", "order-returned")]
)
def test_what_is_returned_is_refunded_by_whoever_has_the_money(
    by: Literal["house", "buyer"], kind: str
) -> None:
    steps = [OrderStep(status="paid", by=by), OrderStep(status="returned", by="seller")]

    assert kinds(order(*steps))[-1] == (kind, "bob")
