"""A provider that lies to a whole house of real processes: late, doubled, out of order, forged, of
another currency or amount, without end. It is a 4xx or a dead letter, and nothing moves."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import requests
from service_kit.clock import now_ms
from service_kit.http import HttpClient

from auction_app.orders.model import OrderStatus
from auction_app.payments.model import PaymentStatus
from auction_app.till.tell import signature
from tests.chaos.books.customer import Customer
from tests.chaos.books.deals import Deal, Story
from tests.chaos.books.market import Market, open_market
from tests.chaos.books.stories import BUY, LIST, SEND_TO
from tests.system.house import House, fresh_databases
from tests.system.liar import Answer, Document, Liar, Lie, honest, liar
from tests.waiting import wait_for

NEEDED = (
    "auctions",
    "auctions_jobs",
    "bids",
    "bids_commands",
    "bids_jobs",
    "bus",
    "pusher",
    "accounting",
)
DEAD_LETTERS: dict[str, Lie] = {
    "a cent less": lambda it: honest(it | {"amount_total": it["amount_total"] - 1}),
    "a cent more": lambda it: honest(it | {"amount_total": it["amount_total"] + 1}),
    "a hundredfold": lambda it: honest(it | {"amount_total": it["amount_total"] * 100}),
    "nothing": lambda it: honest(it | {"amount_total": 0}),
    "less than nothing": lambda it: honest(it | {"amount_total": -it["amount_total"]}),
    "beyond all sense": lambda it: honest(it | {"amount_total": 10**30}),
    "another currency": lambda it: honest(it | {"currency": "jpy"}),
}
"""What it says of what was paid: people have to look at that."""
ASKED_AGAIN: dict[str, Lie] = {
    "another checkout's": lambda it: honest(it | {"client_reference_id": "somebody-elses"}),
    "another page's": lambda it: honest(it | {"id": "cs_elsewhere"}),
    "a fraction": lambda it: honest(it | {"amount_total": it["amount_total"] + 0.5}),
    "a text": lambda it: honest(it | {"amount_total": str(it["amount_total"])}),
    "no currency": lambda it: honest(it | {"currency": "\u0130SD"}),
    "a page of somebody's": lambda _: Answer(b"<h1>Welcome to the hotel</h1>"),
    "elsewhere": lambda _: Answer(b"", 302, {"Location": "http://169.254.169.254/"}),
    "away": lambda _: Answer(b"{}", 503),
    "cut": lambda it: Answer(json.dumps(it).encode()[:-9], cut=True),
    "deep": lambda _: Answer(b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    "huge": lambda _: Answer(b'{"a":"' + b"x" * 30_000_000 + b'"}'),
    "a byte now and then": lambda it: Answer(json.dumps(it).encode(), slowly=True),
}
"""What says nothing: it is asked again, until it tells the truth."""
SWEEP_S = 60
"""Longer than the test: what moves, moves because somebody told."""


@dataclass(frozen=True)
class Shop:
    """A house whose provider lies; Ada has bought something of Martha's for each lie."""

    house: House
    market: Market
    provider: Liar

    @property
    def ada(self) -> Customer:
        return Customer("Ada", self.house.url("auctions"))

    def sell(self, count: int) -> list["Sold"]:
        """So many things, up to the provider's page."""
        ada = self.ada
        ada.see("/my/orders")
        deals = [
            Deal(
                item=self.market.put_up("Martha", ends_in_s=None),
                story=Story((LIST, BUY, SEND_TO)),
                buyer=ada,
                seller=ada,
                market=self.market,
                button=str,
                came=list,
            )
            for _ in range(count)
        ]
        for deal in deals:
            while not deal.is_over:
                deal.press_until_done()
        return [Sold(self, deal, self._begin(deal)) for deal in deals]

    def _begin(self, deal: Deal) -> str:
        page = deal.order_page()
        answer = deal.buyer.presses(page, f"{page}/pay")
        assert answer is not None
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"]).rsplit("/", 1)[1]

    def tell(
        self, body: bytes, *, late_s: int = 0, secret: str | None = None, header: str | None = None
    ) -> int:
        """What the house answers to a webhook, well signed if not told how."""
        key = secret or self.house.settings["PAYMENTS_WEBHOOK_SECRET"]
        signed = signature(key, body, now_s=now_ms() // 1000 - late_s)
        answer = requests.post(
            f"{self.house.url('auctions')}/webhooks/payments",
            data=body,
            headers={"Stripe-Signature": signed if header is None else header},
            timeout=30,
        )
        return answer.status_code

    def booked(self) -> dict[tuple[str, str], str]:
        """What the accounts come to."""
        url = self.house.url("accounting")
        with HttpClient({url: self.house.settings["ACCOUNTING_OPERATOR_TOKEN"]}) as http:
            found = http.get(f"{url}/balance").json()["accounts"]
        return {(it["account"], it["balance"]["currency"]): it["balance"]["amount"] for it in found}


@dataclass(frozen=True)
class Sold:
    """One of them, and the name of its session."""

    shop: Shop
    deal: Deal
    session: str

    @property
    def status(self) -> PaymentStatus:
        payment = self.shop.market.payment_of(self.deal.item, "Ada")
        assert payment is not None
        return payment.status

    @property
    def trouble(self) -> str | None:
        payment = self.shop.market.payment_of(self.deal.item, "Ada")
        assert payment is not None
        return payment.trouble

    @property
    def failed_looks(self) -> int:
        return self.shop.market.failed_looks(self.deal.item, "Ada")

    def event(self, name: str, kind: str = "checkout.session.completed") -> bytes:
        """What tells of it."""
        about: Document = self.shop.provider.paid(self.session)
        return json.dumps({"id": name, "type": kind, "data": {"object": about}}).encode()


@contextmanager
def shop(folder: Path, settings: dict[str, str]) -> Iterator[Shop]:
    with liar() as provider:
        ours = {
            "PAYMENTS_PROVIDER_URL": provider.url,
            "PAYMENTS_PAGE_URL": provider.url,
            "PAYMENTS_SWEEP_S": str(SWEEP_S),
        }
        house = House(folder / "var", ours | settings)
        try:
            house.start(*NEEDED)
            with open_market(house, random.Random(1)) as market:
                yield Shop(house, market, provider)
        finally:
            house.close()


def test_nothing_that_it_says_moves_what_is_not_so(tmp_path: Path, postgres_cluster: str) -> None:
    with fresh_databases(postgres_cluster) as databases, shop(tmp_path, databases) as open_shop:
        _forge_and_lie(open_shop)


def _forge_and_lie(shop: Shop) -> None:
    provider, lies = shop.provider, DEAD_LETTERS | ASKED_AGAIN
    sold = dict(zip([*lies, "as it should be"], shop.sell(len(lies) + 1), strict=True))
    good = sold.pop("as it should be")
    _check_policy(shop, good)
    for name, one in sold.items():
        provider.says[one.session] = lies[name]
    provider.says[good.session] = honest

    _forge(shop, good)
    assert good.status is PaymentStatus.OPEN

    _tell_too_often(shop, good)
    for name, one in sold.items():
        assert shop.tell(one.event(f"evt_{name.replace(' ', '_')}")) == 204
    for name in DEAD_LETTERS:
        wait_for(partial(_is_in_trouble, sold[name]), what=f"{name} is a dead letter")
    for name in ASKED_AGAIN:
        wait_for(partial(_was_looked_at, sold[name]), what=f"{name} was looked at")

    assert {name: one.status for name, one in sold.items()} == dict.fromkeys(
        sold, PaymentStatus.OPEN
    )
    assert not any(one.deal.is_at(OrderStatus.PAID) for one in sold.values())
    wait_for(lambda: shop.booked() == shop.market.due(shop.house.settings["ACCOUNTING_RATES"]))
    assert shop.house.run("python -m accounting_service.verify").startswith("1 journals balance")

    for name in ASKED_AGAIN:
        provider.says[sold[name].session] = honest
        assert shop.tell(sold[name].event(f"evt_at_last_{name.replace(' ', '_')}")) == 204
    for name in ASKED_AGAIN:
        wait_for(partial(_is_paid, sold[name]), what=f"{name}: paid")
    for name in DEAD_LETTERS:  # nobody has put them right
        assert shop.tell(sold[name].event(f"evt_again_{name.replace(' ', '_')}")) == 204
    _refund_wrongly(shop, good)
    assert all(sold[name].status is PaymentStatus.OPEN for name in DEAD_LETTERS)
    assert {sold[name].trouble for name in DEAD_LETTERS} == {"amount", "currency"}
    wait_for(lambda: shop.booked() == shop.market.due(shop.house.settings["ACCOUNTING_RATES"]))
    verified = shop.house.run("python -m accounting_service.verify")
    assert verified.startswith(f"{len(ASKED_AGAIN) + 1} journals balance"), verified
    _check_logs(shop)


def _is_in_trouble(one: Sold) -> bool:
    return one.trouble is not None


def _was_looked_at(one: Sold) -> bool:
    return one.failed_looks > 0


def _is_paid(one: Sold) -> bool:
    return one.status is PaymentStatus.PAID


def _forge(shop: Shop, good: Sold) -> None:
    """What is not the provider's is a 4xx, and nothing is stored."""
    body = good.event("evt_forged")
    refused: dict[str, Callable[[], int]] = {
        "another secret": lambda: shop.tell(body, secret="whsec_of_somebody_else"),
        "no signature": lambda: shop.tell(body, header=""),
        "rubbish": lambda: shop.tell(body, header="t=x,v1=y"),
        "too old": lambda: shop.tell(body, late_s=400),
        "not yet": lambda: shop.tell(body, late_s=-400),
        "another body's": lambda: shop.tell(
            body,
            header=signature(
                shop.house.settings["PAYMENTS_WEBHOOK_SECRET"], b"{}", now_s=now_ms() // 1000
            ),
        ),
        "no event": lambda: shop.tell(b"[]"),
        "huge": lambda: shop.tell(body + b" " * 2 * 1024 * 1024),
    }
    answers = {name: send() for name, send in refused.items()}
    assert all(400 <= status < 500 for status in answers.values()), answers
    assert shop.market.taken_events() == 0


def _tell_too_often(shop: Shop, good: Sold) -> None:
    """Ten times each and backwards: it is paid once."""
    events = [
        good.event("evt_created", "payment_intent.created"),
        good.event("evt_paid"),
        good.event("evt_late"),
    ]
    for body in [*events[::-1], *events] * 5:
        assert shop.tell(body, late_s=200) == 204
    wait_for(lambda: good.deal.is_at(OrderStatus.PAID), what="the honest one is paid")
    order = shop.market.order_of(good.deal.item, "Ada")
    assert order is not None
    assert [step.status for step in order.steps].count(OrderStatus.PAID) == 1
    assert shop.market.taken_events() == len(events)


def _refund_wrongly(shop: Shop, good: Sold) -> None:
    """Another amount than was paid goes back: that is no refund."""
    shop.provider.says_of_refunds = lambda it: honest(it | {"amount": it["amount"] - 1})
    page = good.deal.order_page()
    ada, martha = shop.ada, Customer("Martha", shop.house.url("auctions"))
    martha.see("/my/orders")
    ada.see("/my/orders")
    asked = ada.presses(page, f"{page}/requests", kind="cancel", reason="Wrong lamp")
    assert asked is not None
    answered = martha.presses(page, f"{page}/answers", kind="cancel", answer="accept")
    assert answered is not None
    wait_for(lambda: good.trouble, what="the refund is a dead letter")
    assert good.status is PaymentStatus.REFUNDING


def _check_policy(shop: Shop, good: Sold) -> None:
    """The browser may go to the provider's page, and no card is typed anywhere else."""
    ada = shop.ada
    ada.see("/my/orders")
    shown = ada.browser.get(f"{ada.web}{good.deal.order_page()}", timeout=30)
    (policy,) = [
        it for it in shown.headers["Content-Security-Policy"].split(";") if "form-action" in it
    ]
    assert shop.provider.url in policy
    assert "card" not in shown.text.lower()


def _check_logs(shop: Shop) -> None:
    said = shop.house.all_output()
    for name in ("PAYMENTS_API_KEY", "PAYMENTS_WEBHOOK_SECRET", "ACCOUNTING_PAYMENTS_TOKEN"):
        assert shop.house.settings[name] not in said
    assert "Traceback" not in said, said[said.index("Traceback") - 300 :][:3000]
