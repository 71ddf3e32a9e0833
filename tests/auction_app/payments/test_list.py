"""The list of all payments, for who keeps books, and what a payment tells of its times."""

from service_kit.money import Money

from auction_app.db.ids import new_id
from auction_app.payments import repository
from auction_app.payments.model import Payment, PaymentStatus
from auction_app.payments.move_payment import give_back
from tests.auction_app.conftest import ACCOUNTING_TOKEN, PUBLIC, START_MS, as_program, path_of
from tests.auction_app.payments.conftest import SWEEP_S, Shop


def test_a_payment_tells_when_it_was_paid_and_given_back(shop: Shop) -> None:
    client = shop.world.app.test_client()
    shop.begin()
    path = f"/payments/{shop.payment().id}"

    def times() -> tuple[int | None, int | None]:
        document = client.get(path, headers=as_program(ACCOUNTING_TOKEN)).get_json()
        return document["paid_at_ms"], document["refunded_at_ms"]

    assert times() == (None, None)
    shop.pay()
    shop.world.clock.pass_s(SWEEP_S)
    shop.work()
    paid_ms = START_MS + SWEEP_S * 1000
    assert times() == (paid_ms, None)
    shop.world.clock.pass_s(60)
    with shop.world.parts.begin() as act:
        give_back(act, shop.payment())
    shop.work()
    assert shop.payment().status is PaymentStatus.REFUNDED
    assert times() == (paid_ms, paid_ms + 60_000)


def test_all_payments_are_listed_page_by_page_the_oldest_first(shop: Shop) -> None:
    shop.begin()
    first = shop.payment()
    for number in range(120):
        _copy(shop, first, number)

    client = shop.world.app.test_client()
    found, path = [], "/payments"
    while path:
        page = client.get(path, headers=as_program(ACCOUNTING_TOKEN)).get_json()
        found += [it["_links"]["self"]["href"] for it in page["_embedded"]["payments"]]
        following = page["_links"].get("next")
        path = path_of(following["href"]) if following else ""

    assert len(found) == len(set(found)) == 121
    assert found[0] == f"{PUBLIC}/payments/{first.id}"


def test_the_list_is_for_who_may_read_all_payments(shop: Shop) -> None:
    client = shop.world.app.test_client()

    assert client.get("/payments", headers=as_program()).status_code == 401
    assert shop.ada.client.get("/payments", headers=as_program()).status_code == 401
    bad = client.get("/payments?after=x", headers=as_program(ACCOUNTING_TOKEN))
    assert bad.status_code == 400


def _copy(shop: Shop, payment: Payment, number: int) -> None:
    copied = Payment(
        id=new_id(),
        order_url=f"{payment.order_url}-{number}",
        auction_id=payment.auction_id,
        buyer_id=payment.buyer_id,
        seller_id=payment.seller_id,
        amount=Money(100 + number, "USD"),
        status=PaymentStatus.DUE,
    )
    with shop.world.parts.begin() as act:
        repository.add(act.conn, copied, now_ms=START_MS + 1_000 * (number // 2 + 1))
