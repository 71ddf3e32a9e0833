"""From "Pay now" to an order that the house has set to paid."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from auction_app.payments.model import PaymentStatus
from tests.auction_app.conftest import PUBLIC, as_program
from tests.auction_app.payments.conftest import SWEEP_S, TILL, Shop
from tests.auction_app.sale import cancel


def out_of_order(_environ: object, start: Callable[..., object]) -> list[bytes]:
    """A provider that answers nothing else."""
    start("503 Service Unavailable", [("Content-Length", "0")])
    return [b""]


def told(shop: Shop) -> list[bytes]:
    """What the till has to tell, as it goes over the wire."""
    return [
        json.dumps({"id": it["id"], "type": it["type"], "data": it["data"]}).encode()
        for it in shop.till.ledger.all_of("event")
    ]


def test_pay_now_leads_to_the_providers_page_with_price_and_postage(shop: Shop) -> None:
    page = shop.ada.get(shop.sale.order)
    url = shop.begin()

    assert "Pay now" in page.text
    assert f"form-action 'self' {TILL};" in page.headers["Content-Security-Policy"]
    assert url.startswith(f"{TILL}/pay/")
    (session,) = shop.till.ledger.all_of("checkout.session")
    assert (session["amount_total"], session["currency"]) == (2600, "usd")
    assert session["success_url"] == PUBLIC + shop.sale.order
    assert shop.payment().status is PaymentStatus.OPEN


def test_a_double_click_is_one_session(shop: Shop) -> None:
    assert shop.begin() == shop.begin()
    assert shop.till.count("checkout.session") == 1


def test_what_is_paid_and_told_is_a_step_of_the_house_told_to_both(shop: Shop) -> None:
    shop.pay()
    for body in told(shop):
        assert shop.tell(body) == 204
    shop.work()

    assert shop.payment().status is PaymentStatus.PAID
    assert shop.steps_by() == [("agreed", "house"), ("paid", "house")]
    announced = shop.world.announced()
    assert announced.count(("orders", "update", PUBLIC + shop.sale.order)) == 1
    assert [it[1] for it in announced if it[0] == "payments"] == ["create", "update", "update"]
    for person in (shop.sale.ada, shop.sale.sam):
        assert person.get("/my/notices").text.count("News about your order") == 1


def test_told_ten_times_and_backwards_it_is_one_step(shop: Shop) -> None:
    shop.pay("tell-out-of-order")
    for body in told(shop)[::-1] * 10:
        assert shop.tell(body) == 204
        shop.work()

    assert shop.steps_by() == [("agreed", "house"), ("paid", "house")]
    announced = shop.world.announced()
    assert announced.count(("orders", "update", PUBLIC + shop.sale.order)) == 1


def test_what_is_never_told_is_found_by_the_sweep(shop: Shop) -> None:
    shop.pay("pay-and-never-tell")
    shop.world.clock.pass_s(SWEEP_S - 1)
    shop.work()
    assert shop.order_status() == "agreed"

    shop.world.clock.pass_s(1)
    shop.work()
    assert shop.order_status() == "paid"


def test_a_declined_card_is_said_and_can_be_tried_again_at_the_same_page(shop: Shop) -> None:
    url = shop.pay("decline")
    for body in told(shop):
        shop.tell(body)
    shop.work()
    assert (
        "The payment was declined. You have not been charged." in shop.ada.get(shop.sale.order).text
    )

    assert shop.begin() == url
    shop.till.press(url, "pay")
    shop.tell(told(shop)[-1])
    shop.work()
    assert shop.order_status() == "paid"
    assert shop.till.count("checkout.session") == 1


def test_another_amount_than_was_asked_for_is_a_dead_letter_and_never_paid(shop: Shop) -> None:
    shop.pay("pay-short")
    shop.tell(told(shop)[-1])
    shop.work()

    payment = shop.payment()
    assert (payment.status, payment.trouble) == (PaymentStatus.OPEN, "amount")
    assert shop.order_status() == "agreed"
    page = shop.ada.get(shop.sale.order).text
    assert "There is a problem with this payment" in page
    assert "Pay now" not in page
    assert shop.ada.post(f"{shop.sale.order}/pay").status_code == 409


def test_another_currency_is_a_dead_letter(shop: Shop) -> None:
    shop.pay()
    (session,) = shop.till.ledger.all_of("checkout.session")
    shop.till.ledger.keep(session | {"currency": "eur"})
    shop.tell(told(shop)[-1])
    shop.work()

    assert (shop.payment().trouble, shop.order_status()) == ("currency", "agreed")


def test_an_expired_page_is_said_and_another_opened(shop: Shop) -> None:
    url = shop.begin()
    (session,) = shop.till.ledger.all_of("checkout.session")
    shop.till.ledger.keep(session | {"status": "expired"})
    shop.world.clock.pass_s(SWEEP_S)
    shop.work()
    assert "The payment page has expired" in shop.ada.get(shop.sale.order).text

    assert shop.begin() != url
    assert shop.payment().status is PaymentStatus.OPEN


def test_paid_twice_the_later_is_given_back_and_the_order_stays_paid(shop: Shop) -> None:
    first = shop.begin()
    shop.world.clock.pass_s(22 * 3600)  # about to expire: the next press opens another
    second = shop.begin()
    assert first != second
    for url in (second, first):
        shop.till.press(url, "pay")
    shop.world.clock.pass_s(SWEEP_S)
    for _ in range(3):
        shop.work()

    assert shop.till.count("refund") == 1
    assert (shop.payment().status, shop.order_status()) == (PaymentStatus.PAID, "paid")


def test_a_cancelled_paid_order_is_given_back_once(shop: Shop) -> None:
    shop.pay()
    shop.tell(told(shop)[-1])
    shop.work()
    cancel(shop.sale)
    cancel(shop.sale)  # pressed twice
    shop.work()

    assert shop.till.count("refund") == 1
    assert shop.payment().status is PaymentStatus.REFUNDED
    assert "Your payment was refunded." in shop.ada.get(shop.sale.order).text


def test_a_cancelled_order_closes_the_page_that_it_could_be_paid_at(shop: Shop) -> None:
    url = shop.begin()
    cancel(shop.sale)
    shop.work()

    assert [it["status"] for it in shop.till.ledger.all_of("checkout.session")] == ["expired"]
    shop.till.press(url, "pay")
    shop.work()
    assert shop.till.count("payment_intent") == 0
    assert (shop.payment().status, shop.order_status()) == (PaymentStatus.EXPIRED, "cancelled")
    assert shop.ada.post(f"{shop.sale.order}/pay").status_code == 409


def test_what_is_paid_before_its_page_is_closed_is_given_back(shop: Shop) -> None:
    url = shop.begin()
    cancel(shop.sale)
    shop.till.press(url, "pay-and-never-tell")
    for _ in range(2):
        shop.work()

    assert shop.till.count("refund") == 1
    assert shop.payment().status is PaymentStatus.REFUNDED
    assert shop.order_status() == "cancelled"


def test_a_page_that_opens_while_the_order_is_cancelled_is_closed_and_never_shown(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = shop.till.app.wsgi_app

    def cancelled_meanwhile(environ: Any, start_response: Any) -> Any:
        monkeypatch.undo()
        with ThreadPoolExecutor() as apart:  # or it would be part of the request that pays
            apart.submit(cancel, shop.sale).result()
        return answer(environ, start_response)

    monkeypatch.setattr(shop.till.app, "wsgi_app", cancelled_meanwhile)
    assert shop.ada.post(f"{shop.sale.order}/pay").status_code == 409
    shop.work()

    assert [it["status"] for it in shop.till.ledger.all_of("checkout.session")] == ["expired"]


def test_what_comes_back_is_refunded(shop: Shop) -> None:
    shop.pay()
    shop.tell(told(shop)[-1])
    shop.work()
    order, sam, ada = shop.sale.order, shop.sale.sam, shop.sale.ada
    sam.post(f"{order}/steps", {"status": "shipped"})
    ada.post(f"{order}/steps", {"status": "received"})
    ada.post(f"{order}/requests", {"kind": "return", "reason": "Cracked."})
    sam.post(f"{order}/answers", {"kind": "return", "answer": "accept"})
    ada.post(f"{order}/steps", {"status": "sent_back"})
    shop.work()
    assert shop.payment().status is PaymentStatus.PAID

    for _ in range(2):
        assert sam.post(f"{order}/steps", {"status": "returned"}).status_code == 303
    shop.work()

    assert (shop.till.count("refund"), shop.payment().status) == (1, PaymentStatus.REFUNDED)
    assert "Your payment was refunded." in ada.get(order).text


def test_nobody_is_asked_to_pay_for_what_the_house_has_removed(shop: Shop) -> None:
    url = shop.begin()
    mo = shop.world.moderator("Mo")
    mo.post(f"/moderation{shop.sale.item}", {"action": "hide", "note": "Rule 2."})
    shop.work()

    page = shop.ada.get(shop.sale.order).text
    assert "We have removed this item. Nobody has to pay for it" in page
    assert "Pay now" not in page
    assert shop.ada.post(f"{shop.sale.order}/pay").status_code == 409
    assert [it["status"] for it in shop.till.ledger.all_of("checkout.session")] == ["expired"]
    assert shop.ada.get("/my/notices").text.count("News about your order") == 1

    mo.post(f"/moderation{shop.sale.item}", {"action": "show", "note": "It is fine."})
    assert shop.begin() != url


def test_nobody_notes_by_hand_that_an_order_is_paid(shop: Shop) -> None:
    for person in (shop.sale.ada, shop.sale.sam):
        assert person.post(f"{shop.sale.order}/steps", {"status": "paid"}).status_code == 409
        page = person.get(shop.sale.order).text
        assert "I have paid" not in page
        assert "Payment received" not in page


def test_only_the_buyer_pays(shop: Shop) -> None:
    assert shop.sale.sam.post(f"{shop.sale.order}/pay").status_code == 404
    assert shop.sale.bob.post(f"{shop.sale.order}/pay").status_code == 404
    assert shop.world.browser().post(f"{shop.sale.order}/pay").status_code == 401
    assert shop.till.count("checkout.session") == 0


def test_where_the_provider_is_away_the_page_says_so_and_the_next_press_pays_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.till.app, "wsgi_app", out_of_order)
    answer = shop.ada.post(f"{shop.sale.order}/pay")
    assert answer.status_code == 503
    assert "You have not been charged" in answer.text

    monkeypatch.undo()
    shop.begin()
    assert shop.till.count("checkout.session") == 1


def test_the_payment_as_hal_is_for_its_sides_and_its_scope(shop: Shop) -> None:
    shop.begin()
    path = f"/payments/{shop.payment().id}"

    answers = [
        person.client.get(path, headers=as_program()).status_code
        for person in (shop.sale.ada, shop.sale.sam, shop.sale.bob, shop.world.browser())
    ]
    document = shop.ada.client.get(path, headers=as_program()).get_json()

    assert answers == [200, 200, 404, 401]
    assert document["amount"] == {"amount": "26.00", "currency": "USD"}
    assert document["status"] == "open"
    assert document["_links"]["order"]["href"] == PUBLIC + shop.sale.order
