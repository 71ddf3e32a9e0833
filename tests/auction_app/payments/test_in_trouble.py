"""Payments that people have to look at: a moderator sees them, and has them looked at again."""

from auction_app.payments.model import PaymentStatus
from tests.auction_app.payments.conftest import SWEEP_S, Shop

PAGE = "/moderation/payments"


def paid_short(shop: Shop) -> None:
    shop.pay("pay-short")
    shop.world.clock.pass_s(SWEEP_S)
    shop.work()


def test_a_moderator_sees_what_is_wrong_with_which_payment(shop: Shop) -> None:
    mo = shop.world.moderator("Mo")
    assert PAGE in mo.get("/moderation").text
    assert "Every payment is as it should be." in mo.get(PAGE).text

    paid_short(shop)
    page = mo.get(PAGE).text
    assert "The provider took another amount than was asked for" in page
    assert "$26.00" in page
    (session,) = shop.till.ledger.all_of("checkout.session")
    assert session["id"] in page
    assert shop.sale.order in page


def test_put_right_it_is_paid_and_wrong_still_it_comes_back(shop: Shop) -> None:
    mo = shop.world.moderator("Mo")
    paid_short(shop)
    path = f"{PAGE}/{shop.payment().id}"

    assert mo.post(path).status_code == 303
    shop.work()
    assert shop.payment().trouble == "amount"

    (session,) = shop.till.ledger.all_of("checkout.session")
    shop.till.ledger.keep(session | {"amount_total": session["amount_total"] + 1})
    mo.post(path)
    shop.work()
    assert (shop.payment().status, shop.payment().trouble) == (PaymentStatus.PAID, None)
    assert shop.order_status() == "paid"
    assert "Every payment is as it should be." in mo.get(PAGE).text
    assert mo.post(path).status_code == 303  # pressed once more, nothing is done
    assert mo.get("/moderation/trail").text.count("Look again") == 2


def test_to_everybody_else_there_is_no_such_page(shop: Shop) -> None:
    paid_short(shop)
    path = f"{PAGE}/{shop.payment().id}"
    assert shop.ada.get(PAGE).status_code == 404
    assert shop.ada.post(path).status_code == 404
    assert shop.world.browser().get(PAGE).status_code == 401
    assert shop.payment().trouble == "amount"
    assert shop.world.moderator("Mo").post(f"{PAGE}/none").status_code == 404
