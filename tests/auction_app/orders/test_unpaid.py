"""An order that nobody pays for: reminders, then the seller's choice."""

import re

import pytest

from auction_app.orders.model import DAY_MS, due_now
from auction_app.orders.remind_buyers import remind_buyers
from tests.auction_app.conftest import MAILER_TOKEN, PUBLIC, World, as_program
from tests.auction_app.sale import Sale, cancel, offer_again, sell

DAY_S = 86_400
DUE = 7 * DAY_MS


@pytest.mark.parametrize(
    ("now_days", "what", "next_days"),
    [
        (0, None, 5),
        (4.9, None, 5),
        (5, "due-soon", 7),
        (6.9, "due-soon", 7),
        (7, "overdue", 14),
        (13.9, "overdue", 14),
        (14, "unpaid", None),
        (99, "unpaid", None),
    ],
)
def test_what_is_due_when(now_days: float, what: str | None, next_days: int | None) -> None:
    now_ms = round(now_days * DAY_MS)
    next_ms = None if next_days is None else next_days * DAY_MS

    assert due_now(0, DUE, now_ms, unpaid_after_ms=DUE) == (what, next_ms)


def test_where_there_is_a_day_to_pay_the_reminder_comes_at_half_time() -> None:
    assert due_now(0, DAY_MS, DAY_MS // 2, unpaid_after_ms=DAY_MS)[0] == "due-soon"


def work(world: World) -> None:
    """What the steady job does."""
    while True:
        with world.parts.begin() as act:
            if not remind_buyers(act, unpaid_after_ms=7 * DAY_MS):
                return


def days(world: World, number: float, sale: Sale) -> dict[str, object]:
    """Time goes by, and everybody signs in again; the order then."""
    world.clock.pass_s(number * DAY_S)
    work(world)
    work(world)
    for browser, name in ((sale.sam, "Sam"), (sale.ada, "Ada"), (sale.bob, "Bob")):
        browser.sign_in(name)
    headers = as_program(MAILER_TOKEN)
    found: dict[str, object] = world.app.test_client().get(sale.order, headers=headers).get_json()
    return found


def test_each_reminder_is_made_once_and_then_it_is_unpaid(world: World) -> None:
    sale = sell(world)
    made = len(world.announced())
    assert "To be paid by" in sale.ada.get(sale.order).text

    assert days(world, 4.9, sale)["reminded"] == []
    assert days(world, 0.2, sale)["reminded"] == ["due-soon"]
    assert days(world, 2, sale)["reminded"] == ["due-soon", "overdue"]
    assert days(world, 2, sale)["status"] == "agreed"
    assert days(world, 5, sale)["status"] == "unpaid"

    updates = [it for it in world.announced()[made:] if it[0] == "orders"]
    assert updates == [("orders", "update", PUBLIC + sale.order)] * 3
    assert sale.ada.get("/my/notices").text.count("News about your order") == 3
    assert sale.sam.get("/my/notices").text.count("News about your order") == 1
    assert "You have not paid in time." in sale.ada.get(sale.order).text


def test_who_has_paid_is_not_reminded(world: World) -> None:
    sale = sell(world)
    sale.ada.post(f"{sale.order}/steps", {"status": "paid"})

    found = days(world, 8, sale)

    assert (found["reminded"], found["status"]) == ([], "paid")


def unpaid(world: World) -> Sale:
    sale = sell(world)
    days(world, 15, sale)
    return sale


def test_what_is_unpaid_can_still_be_paid(world: World) -> None:
    sale = unpaid(world)

    assert sale.ada.post(f"{sale.order}/steps", {"status": "paid"}).status_code == 303
    assert sale.sam.post(f"{sale.order}/steps", {"status": "cancelled"}).status_code == 409


def test_the_seller_alone_cancels_what_is_unpaid(world: World) -> None:
    sale = unpaid(world)
    assert sale.ada.post(f"{sale.order}/steps", {"status": "cancelled"}).status_code == 409
    assert "Ask to cancel" in sale.ada.get(sale.order).text
    assert "Ask to cancel" not in sale.sam.get(sale.order).text

    assert sale.sam.post(f"{sale.order}/steps", {"status": "cancelled"}).status_code == 303

    assert "The order is cancelled." in sale.ada.get(sale.order).text


def test_offering_it_to_somebody_else_cancels_what_is_unpaid(world: World) -> None:
    sale = unpaid(world)

    assert offer_again(sale.sam, sale.item).status_code == 303

    assert days(world, 0, sale)["status"] == "cancelled"
    assert sale.ada.post(f"{sale.order}/steps", {"status": "paid"}).status_code == 409
    offer = re.findall(r'href="(/second-chances/\w+)"', sale.bob.get(sale.item).text)[0]
    sale.bob.post(offer, {"answer": "accept"})
    assert "Order placed" in sale.bob.get("/my/orders").text


def test_offering_another_one_leaves_an_order_that_is_in_time(world: World) -> None:
    sale = sell(world)
    offer_again(sale.sam, sale.item)

    assert days(world, 0, sale)["status"] == "agreed"


def test_time_stands_still_while_the_house_holds_it_and_begins_anew(world: World) -> None:
    sale, mo = sell(world), world.moderator("Mo")
    mo.post(f"/moderation{sale.item}", {"action": "hide", "note": "Rule 2."})
    assert days(world, 15, sale)["status"] == "agreed"
    mo.sign_in("Mo")
    mo.post(f"/moderation{sale.item}", {"action": "show", "note": "It is fine."})

    assert days(world, 4, sale)["reminded"] == []
    assert days(world, 2, sale)["reminded"] == ["due-soon"]


def test_what_is_cancelled_is_left_alone(world: World) -> None:
    sale = sell(world)
    cancel(sale)

    assert days(world, 15, sale)["reminded"] == []
