"""What comes to `/webhooks/payments`, whoever sends it."""

import json

import pytest
from sqlalchemy import func, select

from auction_app.db.tables import provider_events
from auction_app.payments.stripe_provider import TOLERANCE_S
from auction_app.till.tell import signature
from tests.auction_app.conftest import World
from tests.auction_app.payments.conftest import SWEEP_S, Shop


def about(checkout_id: str, event_id: str = "evt_1") -> bytes:
    found = {"object": "checkout.session", "metadata": {"checkout": checkout_id}}
    return json.dumps({"id": event_id, "data": {"object": found}}).encode()


def stored(shop: Shop) -> int:
    with shop.world.parts.store.reading() as conn:
        return conn.execute(select(func.count()).select_from(provider_events)).scalar_one()


def checkout_of(shop: Shop) -> str:
    (session,) = shop.till.ledger.all_of("checkout.session")
    return str(session["metadata"]["checkout"])


@pytest.fixture
def paid_silently(shop: Shop) -> Shop:
    """Ada has paid, and the till tells nobody."""
    shop.pay("pay-and-never-tell")
    return shop


def test_a_webhook_only_says_where_to_look(paid_silently: Shop) -> None:
    assert paid_silently.tell(about(checkout_of(paid_silently))) == 204
    paid_silently.work()

    assert paid_silently.order_status() == "paid"


def test_what_a_webhook_claims_is_not_believed(shop: Shop) -> None:
    shop.begin()
    claim = json.loads(about(checkout_of(shop)))
    claim["data"]["object"] |= {"status": "complete", "payment_status": "paid"}

    assert shop.tell(json.dumps(claim).encode()) == 204
    shop.work()

    assert shop.order_status() == "agreed"


def test_wrong_signatures_are_refused_and_nothing_is_stored(paid_silently: Shop) -> None:
    shop, now_s = paid_silently, paid_silently.world.clock() // 1000
    body = about(checkout_of(shop))

    refused = [
        shop.tell(body, secret="whsec_somebody_elses"),
        shop.tell(body, signed_s=now_s - TOLERANCE_S - 1),
        shop.tell(body, signed_s=now_s + TOLERANCE_S + 1),
    ]
    client = shop.world.app.test_client()
    for header in (
        "",
        "t=1",
        "v1=00",
        f"t={now_s},v1=00",
        f"t={now_s},v1",
        f"t={'9' * 5000},v1=00",
        f"t=x,v1={'0' * 64}",
        f"t={now_s},v1=\u00e9",
        ",,,===",
    ):
        answer = client.post("/webhooks/payments", data=body, headers={"Stripe-Signature": header})
        refused.append(answer.status_code)
    shop.work()

    assert set(refused) == {400}
    assert (stored(shop), shop.order_status()) == (0, "agreed")


def test_within_the_tolerance_it_is_taken(paid_silently: Shop) -> None:
    signed_s = paid_silently.world.clock() // 1000 - TOLERANCE_S
    assert paid_silently.tell(about(checkout_of(paid_silently)), signed_s=signed_s) == 204


def test_a_signature_of_another_body_is_refused(paid_silently: Shop) -> None:
    body = about(checkout_of(paid_silently))
    now_s = paid_silently.world.clock() // 1000
    header = signature(paid_silently.till.config.webhook_secret, body, now_s=now_s)
    answer = paid_silently.world.app.test_client().post(
        "/webhooks/payments", data=body + b" ", headers={"Stripe-Signature": header}
    )
    assert answer.status_code == 400


RUBBISH = [
    b"",
    b'{"id":"evt_\\ud800","data":{"object":{}}}',
    b'{"id":"evt_\\u0000","data":{"object":{}}}',
    b"{}",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"id": 1, "data": {"object": {}}}',
    b'{"id": "", "data": {"object": {}}}',
    b'{"id": "evt", "data": {"object": []}}',
    b'{"id": "evt", "data": {"object": {"metadata": "x"}}}',
    b'{"id": "' + b"e" * 300 + b'", "data": {"object": {}}}',
    b"[" * 100_000,
]


def test_rubbish_that_is_well_signed_is_a_400(shop: Shop) -> None:
    assert [shop.tell(body) for body in RUBBISH] == [400] * len(RUBBISH)
    assert stored(shop) == 0


def test_two_mib_are_too_much(shop: Shop) -> None:
    assert shop.tell(b" " * 2 * 1024 * 1024) == 413
    assert stored(shop) == 0


def test_an_event_of_somebody_elses_checkout_is_taken_and_moves_nothing(
    paid_silently: Shop,
) -> None:
    for number, checkout_id in enumerate(("nobody's", "", "x" * 300, "\ud800", "\0")):
        assert paid_silently.tell(about(checkout_id, f"evt_{number}")) == 204
    paid_silently.work()
    assert paid_silently.order_status() == "agreed"


def test_an_event_that_comes_again_asks_for_no_other_look(shop: Shop) -> None:
    shop.begin()
    body = about(checkout_of(shop))
    assert shop.tell(body) == 204
    shop.work()
    shop.till.press(shop.begin(), "pay-and-never-tell")

    assert shop.tell(body) == 204
    shop.work()
    assert shop.order_status() == "agreed"
    shop.world.clock.pass_s(SWEEP_S)
    shop.work()
    assert shop.order_status() == "paid"


def test_without_payments_there_is_no_such_address(world: World) -> None:
    assert world.app.test_client().post("/webhooks/payments", data=b"{}").status_code == 404
