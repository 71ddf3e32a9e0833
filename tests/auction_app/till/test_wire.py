"""The till as Stripe's SDK sees it, in process."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import stripe
from flask import Flask
from service_kit.http import HttpClient
from service_kit.wsgi_transport import WsgiTransport

from auction_app.payments.stripe_wire import StripeWire
from auction_app.till.app import create_app
from auction_app.till.config import Config
from auction_app.till.ledger import Ledger
from auction_app.till.press import BUTTONS, expire
from auction_app.till.press import press as press_button
from tests.faults import files_of_at_most

TILL = "http://till.test"
NOW_S = 1_790_000_000
KEY = "sk_test_of_the_house"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


@pytest.fixture
def client(tmp_path: Path, ledger: Ledger) -> stripe.StripeClient:
    """Stripe's own client, pointed at a till."""
    return open_client(tmp_path, ledger, KEY)


def open_client(folder: Path, ledger: Ledger, key: str) -> stripe.StripeClient:
    app = open_till(folder, ledger)
    wire = StripeWire(TILL, HttpClient({TILL: None}, transport=WsgiTransport(app)))
    return stripe.StripeClient(key, base_addresses={"api": TILL}, http_client=wire)


def open_till(folder: Path, ledger: Ledger) -> Flask:
    config = Config(
        port=1,
        folder=folder,
        url=TILL,
        api_key=KEY,
        webhook_url="http://house.test/webhooks/payments",
        webhook_secret="whsec_for_tests_only",
    )
    app = create_app(config, ledger, lambda: NOW_S * 1000)
    app.config["TRUSTED_HOSTS"] = None
    return app


def open_session(
    client: stripe.StripeClient, key: str, amount: int = 1250
) -> stripe.checkout.Session:
    return client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": amount,
                        "product_data": {"name": "Lamp, “brass” & more"},
                    },
                }
            ],
            "metadata": {"checkout": "c1"},
            "payment_intent_data": {"metadata": {"checkout": "c1"}},
            "success_url": "http://house.test/orders/1",
            "cancel_url": "http://house.test/orders/1",
            "expires_at": NOW_S + 23 * 3600,
        },
        {"idempotency_key": key},
    )


def press(ledger: Ledger, session: str, button: str) -> None:
    press_button(ledger, session, BUTTONS[button], now_ms=NOW_S * 1000, late_s=10)


def test_a_session_is_what_was_asked_for(client: stripe.StripeClient) -> None:
    session = open_session(client, "k1")
    again = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})

    assert (again.status, again.payment_status) == ("open", "unpaid")
    assert (again.amount_total, again.currency) == (1250, "eur")
    assert again.metadata is not None
    assert again.metadata["checkout"] == "c1"
    assert again.payment_intent is None
    assert str(again.url).startswith(f"{TILL}/pay/")


def test_a_key_makes_one_session_and_takes_no_other_parameters(
    client: stripe.StripeClient,
) -> None:
    assert (
        open_session(client, "k1").id
        == open_session(client, "k1").id
        != open_session(client, "k2").id
    )
    with pytest.raises(stripe.IdempotencyError):
        open_session(client, "k1", amount=1)


def test_what_is_paid_has_an_intent_that_can_be_given_back_once(
    client: stripe.StripeClient, ledger: Ledger
) -> None:
    session = open_session(client, "k1")
    press(ledger, session.id, "pay")
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    intent = paid.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert (paid.status, paid.payment_status, intent.status) == ("complete", "paid", "succeeded")

    refund = client.v1.refunds.create(
        {"payment_intent": intent.id}, {"idempotency_key": "refund-k1"}
    )
    assert (refund.status, refund.amount) == ("succeeded", 1250)
    assert [it.id for it in client.v1.refunds.list({"payment_intent": intent.id}).data] == [
        refund.id
    ]
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "other"})


def test_a_declined_card_leaves_the_session_open(
    client: stripe.StripeClient, ledger: Ledger
) -> None:
    session = open_session(client, "k1")
    press(ledger, session.id, "decline")
    seen = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})

    assert seen.status == "open"
    assert isinstance(seen.payment_intent, stripe.PaymentIntent)
    assert seen.payment_intent.last_payment_error is not None


def test_a_till_that_is_killed_remembers(
    client: stripe.StripeClient, ledger: Ledger, tmp_path: Path
) -> None:
    session = open_session(client, "k1")
    again = open_client(tmp_path, Ledger(tmp_path), KEY)

    assert open_session(again, "k1").id == session.id


def test_another_key_is_refused(tmp_path: Path, ledger: Ledger) -> None:
    stranger = open_client(tmp_path, ledger, "sk_test_somebody_elses")
    with pytest.raises(stripe.AuthenticationError):
        open_session(stranger, "k1")


@pytest.mark.parametrize("amount", [0, -5])
def test_an_amount_that_is_none_is_refused(client: stripe.StripeClient, amount: int) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        open_session(client, "k1", amount=amount)


def test_there_is_nothing_under_another_name(client: stripe.StripeClient) -> None:
    for name in ("cs_test_nobody", "pi_x", "..%2fsecrets"):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.checkout.sessions.retrieve(name)


@pytest.mark.parametrize(
    ("button", "kinds", "times", "late_s"),
    [
        ("pay", ["payment_intent.created", "checkout.session.completed"], [1, 1], 0),
        ("decline", ["payment_intent.created", "payment_intent.payment_failed"], [1, 1], 0),
        ("pay-and-never-tell", [], [], 0),
        ("tell-twice", ["checkout.session.completed"], [2], 0),
        ("tell-late", ["checkout.session.completed"], [1], 10),
        (
            "tell-out-of-order",
            ["checkout.session.completed", "payment_intent.created"],
            [1, 1],
            0,
        ),
    ],
)
def test_each_button_tells_what_it_says(
    client: stripe.StripeClient,
    ledger: Ledger,
    button: str,
    kinds: list[str],
    times: list[int],
    late_s: int,
) -> None:
    press(ledger, open_session(client, "k1").id, button)
    events = ledger.all_of("event")

    assert [it["type"] for it in events] == kinds
    assert [it["times_left"] for it in events] == times
    assert {it["due_ms"] for it in events} <= {(NOW_S + late_s) * 1000}
    assert all(it["data"]["object"]["metadata"] == {"checkout": "c1"} for it in events)
    assert [it.id for it in client.v1.events.list().data][::-1] == [it["id"] for it in events]


def test_who_waited_to_press_does_not_pay_what_has_expired_meanwhile(
    client: stripe.StripeClient, ledger: Ledger
) -> None:
    session = open_session(client, "k1")
    with ThreadPoolExecutor(1) as pool:
        with ledger.lock:
            pressed = pool.submit(press, ledger, session.id, "pay")
            expire(ledger, now_ms=(session.expires_at + 1) * 1000)
        pressed.result(10)

    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert ledger.all_of("payment_intent") == []


def test_nobody_pays_when_the_time_is_up_though_nobody_has_ended_the_session_yet(
    client: stripe.StripeClient, ledger: Ledger
) -> None:
    session = open_session(client, "k1")

    after = press_button(
        ledger, session.id, BUTTONS["pay"], now_ms=session.expires_at * 1000, late_s=10
    )

    assert (after["status"], after["payment_status"]) == ("expired", "unpaid")
    assert [it["type"] for it in ledger.all_of("event")] == ["checkout.session.expired"]


@pytest.mark.parametrize("part", ["form-data", 'form-data; filename="x.txt"'])
@pytest.mark.parametrize("path", ["/v1/checkout/sessions", "/v1/refunds", "/pay/{session}"])
def test_a_form_with_a_part_without_a_name_is_refused(
    client: stripe.StripeClient, tmp_path: Path, ledger: Ledger, path: str, part: str
) -> None:
    session = open_session(client, "k1").id
    answer = (
        open_till(tmp_path, ledger)
        .test_client()
        .post(
            path.format(session=session),
            data=f"--b\r\nContent-Disposition: {part}\r\n\r\nx\r\n--b--\r\n",
            content_type="multipart/form-data; boundary=b",
            headers={"Authorization": f"Bearer {KEY}"},
        )
    )
    assert answer.status_code == 400


def test_without_room_the_till_is_not_ready_and_says_come_again(
    client: stripe.StripeClient, tmp_path: Path, ledger: Ledger
) -> None:
    session = open_session(client, "k1").id
    browser = open_till(tmp_path, ledger).test_client()
    with files_of_at_most(200):
        pressed = browser.post(f"/pay/{session}", data={"button": "pay"})
        assert (pressed.status_code, pressed.headers["Retry-After"]) == (503, "1")
        assert browser.get("/readyz").status_code == 503
    assert browser.get("/readyz").status_code == 200
