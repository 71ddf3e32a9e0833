"""A provider whose answers are wrong, by mistake or on purpose: nothing moves, nothing breaks."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from service_kit.http import HttpClient
from service_kit.money import Money
from service_kit.wsgi_transport import WsgiTransport

from auction_app.config import Config
from auction_app.errors import ProviderAway, ProviderRefused
from auction_app.payments.model import Checkout, CheckoutStatus, Payment, PaymentStatus
from auction_app.payments.provider import OpenedCheckout, Provider
from auction_app.payments.stripe_provider import StripeProvider
from tests.auction_app.payments.conftest import SWEEP_S, TILL, Shop

AMOUNT = Money(2600, "USD")
OURS = Checkout(
    id="co",
    payment_id="p",
    status=CheckoutStatus.OPEN,
    created_at_ms=1_700_000_000_000,
    provider_id="cs_1",
    charge_id="pi_1",
)
PAYMENT = Payment(
    id="p",
    order_url="http://h/orders/o",
    auction_id="a",
    buyer_id="b",
    seller_id="s",
    amount=AMOUNT,
    status=PaymentStatus.OPEN,
)
INTENT = {"id": "pi_1", "object": "payment_intent"}
SESSION = {
    "id": "cs_1",
    "object": "checkout.session",
    "client_reference_id": "co",
    "status": "complete",
    "payment_status": "paid",
    "amount_total": 2600,
    "currency": "usd",
    "payment_intent": INTENT,
    "url": f"{TILL}/pay/cs_1",
}
REFUND = {
    "id": "re_1",
    "object": "refund",
    "status": "succeeded",
    "payment_intent": "pi_1",
    "amount": 2600,
    "currency": "usd",
}


def who_answers(config: Config, body: bytes, status: int = 200) -> StripeProvider:
    """A provider that answers this to everything."""

    def app(_environ: Mapping[str, Any], start: Any) -> Iterable[bytes]:
        start(f"{status} So", [("Content-Type", "application/json")])
        return [body]

    assert config.payments is not None
    return StripeProvider(config.payments, HttpClient({TILL: None}, transport=WsgiTransport(app)))


def session(**other: object) -> bytes:
    return json.dumps(SESSION | other).encode()


def refunds(**other: object) -> bytes:
    return json.dumps({"object": "list", "data": [REFUND | other]}).encode()


RUBBISH = {
    "nothing": b"",
    "a page": b"<h1>Welcome</h1>",
    "no object": b"[]",
    "half of it": session()[:-9],
    "bytes": b"\xff\xfe",
    "deep": b"[" * 100_000,
    "less deep": b'{"a":' * 900 + b"1" + b"}" * 900,
    "huge": b'{"a":"' + b"x" * 20_000_000 + b'"}',
}
NO_SESSION = {
    "another checkout's": session(id="cs_2"),
    "of another of ours": session(client_reference_id="co2"),
    "a fraction": session(amount_total=2600.9),
    "a text": session(amount_total="2600"),
    "true": session(amount_total=True),
    "without end": session().replace(b"2600", b"1e999"),
    "no number": session().replace(b"2600", b"NaN"),
    "no currency": session(currency="\u0130SD"),
    "a name with NUL": session(payment_intent=INTENT | {"id": "pi\0"}),
    "a name of half a letter": session(payment_intent=INTENT | {"id": "\ud800"}),
    "a long name": session(payment_intent=INTENT | {"id": "p" * 100_000}),
    "a charge that is none": session(payment_intent=5),
}


@pytest.mark.parametrize("what", [*RUBBISH, *NO_SESSION])
def test_what_is_not_of_the_wire_is_asked_for_again(paying_config: Config, what: str) -> None:
    with pytest.raises(ProviderAway):
        who_answers(paying_config, (RUBBISH | NO_SESSION)[what]).look(OURS)


def test_what_is_of_the_wire_is_read(paying_config: Config) -> None:
    assert who_answers(paying_config, session()).look(OURS).status is CheckoutStatus.PAID
    assert who_answers(paying_config, refunds()).refund(OURS, AMOUNT)


@pytest.mark.parametrize("what", RUBBISH)
@pytest.mark.parametrize("status", [200, 302])
def test_rubbish_opens_no_page_and_gives_nothing_back(
    paying_config: Config, what: str, status: int
) -> None:
    provider = who_answers(paying_config, RUBBISH[what], status)

    with pytest.raises(ProviderAway):
        provider.open(PAYMENT, OURS, title="Lamp", email="a@b.example")
    with pytest.raises(ProviderAway):
        provider.refund(OURS, AMOUNT)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://till.test@evil.example/",
        "http://evil.example/",
        "http://[::1",
        "http://till.test:99999/",
        f"{TILL}/pay\r\nSet-Cookie: a=b",
        f"{TILL}/\ud800",
        f"{TILL}/{'x' * 100_000}",
    ],
)
def test_no_buyer_is_sent_where_no_payment_page_is(paying_config: Config, url: str) -> None:
    provider = who_answers(paying_config, session(url=url))

    with pytest.raises((ProviderAway, ProviderRefused)):
        provider.open(PAYMENT, OURS, title="Lamp", email="a@b.example")


@pytest.mark.parametrize(
    "other",
    [
        {"payment_intent": "pi_2"},
        {"amount": 1},
        {"amount": 2600.0},
        {"currency": "eur"},
        {"status": "failed"},
        {"status": ["succeeded"]},
    ],
)
def test_nothing_counts_as_given_back_by_another_refund(
    paying_config: Config, other: dict[str, object]
) -> None:
    provider = who_answers(paying_config, refunds(**other))

    if other == {"status": ["succeeded"]}:
        assert not provider.refund(OURS, AMOUNT)
        return
    with pytest.raises((ProviderAway, ProviderRefused)):
        provider.refund(OURS, AMOUNT)


@pytest.mark.parametrize("code", ["two\nlines", "x" * 50_000, {"a": 1}, 7])
def test_what_a_refusal_says_is_one_short_line(paying_config: Config, code: object) -> None:
    body = json.dumps({"error": {"type": "invalid_request_error", "code": code}}).encode()

    with pytest.raises(ProviderRefused) as refused:
        who_answers(paying_config, body, 400).look(OURS)
    assert str(refused.value) == "400 InvalidRequestError"


def test_what_is_said_of_another_orders_page_pays_for_none(shop: Shop) -> None:
    shop.pay("pay-and-never-tell")
    (session,) = shop.till.ledger.all_of("checkout.session")
    shop.till.ledger.keep(session | {"client_reference_id": "another"})
    shop.world.clock.pass_s(SWEEP_S)
    shop.work()
    assert shop.order_status() == "agreed"

    shop.till.ledger.keep(session)
    shop.world.clock.pass_s(SWEEP_S)
    shop.work()
    assert shop.order_status() == "paid"


class SameName:
    """A provider that names every checkout alike."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def open(self, *_: object, **__: object) -> OpenedCheckout:
        return OpenedCheckout(provider_id="cs_same", url=f"{TILL}/pay/cs_same")


def test_one_page_is_for_one_checkout(shop: Shop) -> None:
    desk = shop.world.parts.desk
    assert desk is not None
    object.__setattr__(desk, "provider", SameName(desk.provider))
    shop.begin()
    shop.world.clock.pass_s(23 * 3600)  # another is made

    assert shop.ada.post(f"{shop.sale.order}/pay").status_code == 502
