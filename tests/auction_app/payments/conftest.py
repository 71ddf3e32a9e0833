"""A house that takes payments at a till, both in process, with one clock and no network."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from service_kit.http import HttpClient
from service_kit.wsgi_transport import WsgiTransport
from werkzeug.test import TestResponse

from auction_app.config import Config, PaymentsConfig
from auction_app.orders.settle_payment import settle_payment
from auction_app.payments import repository as payments
from auction_app.payments.desk import PaymentDesk
from auction_app.payments.look_at_checkouts import look_at_checkouts
from auction_app.payments.model import Payment
from auction_app.payments.stripe_provider import StripeProvider
from auction_app.till.app import create_app as create_till
from auction_app.till.config import Config as TillConfig
from auction_app.till.ledger import Ledger
from auction_app.till.tell import signature
from tests.auction_app.conftest import PUBLIC, Browser, FakeClock, World
from tests.auction_app.sale import Sale, sell

TILL = "http://till.test"
WEBHOOK_SECRET = "whsec_of_the_endpoint_for_tests_only"
SWEEP_S = 900


class Till:
    """The till's process: its page, and its events, which a test hands on or doesn't."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.config = TillConfig(
            port=1,
            folder=folder,
            url=TILL,
            api_key="sk_test_of_the_house",
            webhook_url=f"{PUBLIC}/webhooks/payments",
            webhook_secret=WEBHOOK_SECRET,
        )
        self.ledger = Ledger(folder)
        self.app = create_till(self.config, self.ledger, clock)
        self.app.config["TRUSTED_HOSTS"] = None
        self.page: FlaskClient = self.app.test_client()

    def press(self, url: str, button: str) -> TestResponse:
        return self.page.post(url.removeprefix(TILL), data={"button": button})

    def count(self, kind: str) -> int:
        return len(self.ledger.all_of(kind))


@dataclass
class Shop:
    """A sale in a house that takes payments."""

    world: World
    till: Till
    sale: Sale

    @property
    def ada(self) -> Browser:
        return self.sale.ada

    def pay(self, button: str = "pay") -> str:
        """Ada goes to the provider's page and presses a button; returns the page's URL."""
        url = self.begin()
        self.till.press(url, button)
        return url

    def begin(self) -> str:
        answer = self.ada.post(f"{self.sale.order}/pay")
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def tell(
        self, body: bytes, *, signed_s: int | None = None, secret: str = WEBHOOK_SECRET
    ) -> int:
        now_s = self.world.clock() // 1000 if signed_s is None else signed_s
        answer = self.world.app.test_client().post(
            "/webhooks/payments",
            data=body,
            headers={"Stripe-Signature": signature(secret, body, now_s=now_s)},
        )
        return answer.status_code

    def work(self) -> None:
        """All jobs do what waits for them."""
        desk = self.world.parts.desk
        assert desk is not None
        while look_at_checkouts(self.world.parts.store, desk.provider, desk.sweep_ms):
            self.settle()
        self.settle()

    def settle(self) -> None:
        with self.world.parts.begin() as act:
            settle_payment(act, PUBLIC + f"/payments/{self.payment().id}")

    def payment(self) -> Payment:
        with self.world.parts.store.reading() as conn:
            found = payments.of_order(conn, PUBLIC + self.sale.order)
        assert found is not None
        return found

    def order_status(self) -> str:
        headers = {"Accept": "application/hal+json"}
        return str(self.ada.client.get(self.sale.order, headers=headers).get_json()["status"])

    def steps_by(self) -> list[tuple[str, str]]:
        headers = {"Accept": "application/hal+json"}
        document = self.ada.client.get(self.sale.order, headers=headers).get_json()
        return [(step["status"], step["by"]) for step in document["steps"]]


@pytest.fixture
def paying_config(config: Config) -> Config:
    settings = PaymentsConfig(
        provider_url=TILL,
        page_url=TILL,
        api_key="sk_test_of_the_house",
        webhook_secret=WEBHOOK_SECRET,
        sweep_s=SWEEP_S,
    )
    return replace(config, payments=settings)


@pytest.fixture
def open_shop(
    make_world: Callable[..., World], paying_config: Config, tmp_path: Path
) -> Iterator[Callable[..., Shop]]:
    """A house, a till, and a sale of 21.00 with 5.00 postage, in a language."""
    providers: list[StripeProvider] = []

    def open_it(*, language: str = "en", **listing: str) -> Shop:
        clock = FakeClock()
        till = Till(tmp_path / "till", clock)
        assert paying_config.payments is not None
        http = HttpClient({TILL: None}, transport=WsgiTransport(till.app))
        providers.append(StripeProvider(paying_config.payments, http))
        desk = PaymentDesk(provider=providers[-1], page_origin=TILL, sweep_ms=SWEEP_S * 1000)
        world = make_world(paying_config, clock=clock, desk=desk)
        world.clock = clock
        postage = {"delivery": "priced", "postage_cost": "5.00"}
        return Shop(world, till, sell(world, language=language, **postage | listing))

    yield open_it
    for provider in providers:
        provider.close()


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    """In English."""
    return open_shop()
