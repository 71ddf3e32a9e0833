"""A provider that is late, doubled, reordered, forged, of another currency or amount, or huge: in
whatever order that comes, on a fresh house each time."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from auction_app.payments.stripe_provider import TOLERANCE_S
from auction_app.till.ledger import Document
from tests.auction_app.payments.conftest import SWEEP_S, Shop
from tests.auction_app.payments.test_webhooks import RUBBISH

pytestmark = pytest.mark.slow

DUE = (2600, "usd")
AMOUNTS = (0, -2600, 1, 2599, 2601, 26, 260_000, 10**11, 10**18, 10**40, 2600.5, None)
CURRENCIES = ("eur", "jpy", "gbp", "chf", "aud", "", "U\u0130D", 840)
BUTTONS = ("pay", "decline", "pay-and-never-tell", "tell-twice", "tell-out-of-order", "pay-short")
ACTS = 14


@dataclass
class Hostile:
    """The provider of one house; what it has said truly, and how it was answered."""

    shop: Shop
    chance: random.Random
    true: dict[str, Document] = field(default_factory=dict)
    answers: list[tuple[int, int]] = field(default_factory=list)

    def act(self) -> None:
        """One thing; then the house looks at whatever it looks at."""
        act: Callable[[], None] = self.chance.choice(
            (
                self.press,
                self.lie,
                self.lie,
                self.tell,
                self.tell,
                self.wait,
                self.forge,
                self.flood,
            )
        )
        act()
        self.look()

    def press(self) -> None:
        """Tell the truth for once; and Ada comes to the page, if there is one for her, and presses
        something; often that is lied about before anybody looks."""
        for session in self.true.values():
            self.shop.till.ledger.keep(session)
        answer = self.shop.ada.post(f"{self.shop.sale.order}/pay")
        assert answer.status_code in {303, 409, 502}, answer.text
        if answer.status_code == 303 and "/pay/" in answer.headers["Location"]:
            self.shop.till.press(answer.headers["Location"], self.chance.choice(BUTTONS))
        self.remember()
        if self.chance.random() < 0.5:
            self.lie()

    def remember(self) -> None:
        """What is true of each page."""
        self.true = {one["id"]: one for one in self.shop.till.ledger.all_of("checkout.session")}

    def lie(self) -> None:
        """Say another amount or currency than was asked for, or that another's page was paid."""
        for session in self.true.values():
            lie = self.chance.choice(
                (
                    {"amount_total": self.chance.choice(AMOUNTS)},
                    {"currency": self.chance.choice(CURRENCIES)},
                    {"currency": self.chance.choice(CURRENCIES)},
                    {"client_reference_id": "another"},
                    {"status": "complete", "payment_status": "unpaid"},
                )
            )
            self.shop.till.ledger.keep(session | lie)

    def tell(self) -> None:
        """All that ever happened: late, doubled, in any order."""
        told = self._events() * self.chance.randint(1, 3)
        self.chance.shuffle(told)
        for body in told:
            self._say(body, 204)
        self.shop.world.clock.pass_s(self.chance.choice((0, 1, TOLERANCE_S)))

    def forge(self) -> None:
        """With another secret, another time, or another body than was signed."""
        now_s = self.shop.world.clock() // 1000
        for body in self._events() or [b"{}"]:
            self.answers.append((self.shop.tell(body, secret="whsec_of_somebody_else"), 400))
            stale_s = self.chance.choice((-1, 1)) * (TOLERANCE_S + self.chance.randint(1, 10**9))
            self.answers.append((self.shop.tell(body, signed_s=max(0, now_s + stale_s)), 400))

    def flood(self) -> None:
        """Too much, or rubbish, well signed."""
        self._say(b" " * (1024 * 1024 + self.chance.randint(1, 2**20)), 413)
        self._say(self.chance.choice(RUBBISH), 400)

    def wait(self) -> None:
        """Nobody says anything until the sweep asks."""
        self.shop.world.clock.pass_s(SWEEP_S)

    def look(self) -> None:
        """It becomes paid only while the provider itself says so of its page, and what is due."""
        was_paid = self.shop.payment().is_paid
        is_right = any(
            (it["amount_total"], it["currency"], it["payment_status"]) == (*DUE, "paid")
            for it in self.shop.till.ledger.all_of("checkout.session")
        )
        self.shop.work()
        assert was_paid or is_right or not self.shop.payment().is_paid
        steps = [it for it in self.shop.steps_by() if it[0] == "paid"]
        assert steps == [("paid", "house")] * self.shop.payment().is_paid

    def _events(self) -> list[bytes]:
        return [
            json.dumps({name: one[name] for name in ("id", "object", "type", "data")}).encode()
            for one in self.shop.till.ledger.all_of("event")
        ]

    def _say(self, body: bytes, due: int) -> None:
        self.answers.append((self.shop.tell(body), due))


@pytest.mark.parametrize("seed", range(24))
def test_only_what_was_paid_as_it_is_due_is_paid_and_once(
    open_shop: Callable[..., Shop], seed: int
) -> None:
    hostile = Hostile(open_shop(), random.Random(seed))
    hostile.shop.begin()
    hostile.remember()

    for _ in range(ACTS):
        hostile.act()

    wrong = [(answer, due) for answer, due in hostile.answers if answer != due]
    assert wrong == []
