"""One run: buyers pay, processes between the till and the books are killed, all is counted."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
from service_kit.http import HttpClient
from service_kit.money import Money

from accounting_service.model.entries import entries_of
from accounting_service.model.payment import Payment as Paid
from accounting_service.model.rates import rates
from auction_app.accounts.repository import customers
from auction_app.bootstrap import build
from auction_app.config import read
from auction_app.errors import ProviderAway
from auction_app.payments import repository as payments
from auction_app.payments.model import Checkout, Payment
from auction_app.payments.move_payment import give_back
from auction_app.payments.open_checkout import begin_checkout, open_checkout, owe
from auction_app.till.ledger import Ledger
from tests.environment import environment
from tests.system.bidder import LAMP
from tests.system.house import House
from tests.waiting import wait_for

ARROWS = ("till", "auctions", "auctions_jobs", "bus", "pusher", "accounting")
"""Who has a payment in hand on its way to the books, one after the other."""
BUTTONS = ("pay", "pay", "tell-twice", "tell-out-of-order", "pay-and-never-tell", "decline")
SWEEP_S = 2


@dataclass
class Verdict:
    """What a run came to: payments by how they ended, kills by process, and what must not be."""

    ended: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    journals: str = ""
    violations: list[str] = field(default_factory=list)


class Street:
    """Buyers at the till, by the web app's own library beside its processes."""

    def __init__(self, house: House, chance: random.Random) -> None:
        self._chance = chance
        self._till = house.url("till")
        with environment(house.settings):
            self._app = build(read())
        self.paying: list[Payment] = []
        self.paid: set[str] = set()
        self.back: set[str] = set()
        with self._app.store.reading() as conn:
            self._people = [
                customers.by_email(conn, f"{name}@example.org")[0].id
                for name in ("ada", "bela", "martha", "tomas")
            ]

    def close(self) -> None:
        self._app.close()

    def pay(self) -> None:
        """Somebody goes to the till and presses something, as often as it takes."""
        buyer, seller = self._chance.sample(self._people, 2)
        number = len(self.paying)
        amount = Money(self._chance.randint(1, 9_999_999), self._chance.choice(["EUR", "USD"]))
        with self._app.begin() as act:
            url = act.urls.order(f"chaos{number}")
            payment = owe(act, url, LAMP, amount, buyer_id=buyer, seller_id=seller)
            checkout = begin_checkout(act, payment)
        self.paying.append(payment)
        button = self._chance.choice(BUTTONS)
        wait_for(lambda: self._go(payment, checkout, button), what="the till")
        if button == "decline":
            return
        self.paid.add(payment.id)

    def refund(self) -> None:
        """One of those that are paid by now gets the money back, if there is one."""
        with self._app.begin() as act:
            for payment_id in sorted(self.paid - self.back):
                payment = payments.locked(act.conn, payment_id)
                if payment is not None and payment.status == "paid":
                    give_back(act, payment)
                    self.back.add(payment_id)
                    return

    def unsettled(self) -> list[str]:
        """Payments that are not yet what they must become."""
        found = []
        for payment in self.paying:
            wanted = self._wanted(payment.id)
            now = self._now(payment.id).status
            if now not in wanted:
                found.append(f"{payment.id} is {now}, not {' or '.join(sorted(wanted))}")
        return found

    def entries(self, table: str) -> Counter[tuple[str, str]]:
        """What the accounts must come to."""
        sums: Counter[tuple[str, str]] = Counter()
        for payment in self.paying:
            now = self._now(payment.id)
            told = Paid(
                url="any",
                seller_url="any",
                amount=now.amount,
                paid_at_ms=now.paid_at_ms,
                refunded_at_ms=now.refunded_at_ms,
            )
            for journal in entries_of(told, rates(table)):
                for one in journal.postings:
                    sums[one.account.value, one.currency] += one.amount_minor
        return sums

    def _wanted(self, payment_id: str) -> set[str]:
        if payment_id in self.back:
            return {"refunded"}
        return {"paid"} if payment_id in self.paid else {"open", "failed"}

    def _now(self, payment_id: str) -> Payment:
        with self._app.store.reading() as conn:
            found = payments.by_id(conn, payment_id)
        assert found is not None
        return found

    def _go(self, payment: Payment, checkout: Checkout, button: str) -> bool:
        with self._app.store.reading() as conn:
            buyer = customers.by_id(conn, payment.buyer_id)
        try:
            page = open_checkout(
                self._app.store,
                self._app.desk.provider,
                payment,
                checkout,
                buyer=buyer,
                title="A lamp",
                sweep_ms=SWEEP_S * 1000,
            )
            answer = requests.post(page, {"button": button}, timeout=5, allow_redirects=False)
        except (ProviderAway, requests.RequestException):
            return False
        return answer.status_code == 303


def run(folder: Path, *, kills: int, seed: int, told: Callable[[str], object] = str) -> Verdict:
    """Kill so many times, each process in its turn, while people pay and are paid back."""
    chance, verdict = random.Random(seed), Verdict()
    with _house(folder) as house:
        street = Street(house, chance)
        try:
            for number in range(kills):
                victim = ARROWS[number % len(ARROWS)]
                _round(house, street, victim, chance)
                verdict.kills[victim] += 1
                told(f"{number + 1} {victim}")
            _judge(house, street, verdict)
        finally:
            street.close()
        if "Traceback" in house.output("accounting"):
            verdict.violations.append("accounting has raised something unforeseen")
    return verdict


def _round(house: House, street: Street, victim: str, chance: random.Random) -> None:
    """The next on the way is away in some rounds, so that the victim dies with it in hand."""
    held = ARROWS[ARROWS.index(victim) + 1 :][:1] if chance.random() < 0.5 else ()
    held = tuple(name for name in held if name != "auctions")
    house.kill(*held)
    for _ in range(chance.randint(1, 3)):
        street.pay()
    street.refund()
    house.kill(victim)
    house.start(victim, *held)


def _judge(house: House, street: Street, verdict: Verdict) -> None:
    try:
        wait_for(lambda: not street.unsettled(), seconds=60, what="all payments are settled")
        wait_for(lambda: _books(house) == _expected(house, street), seconds=60, what="the books")
    except AssertionError as error:
        verdict.violations += [str(error), *street.unsettled()]
        verdict.violations.append(f"{_books(house)} booked, {_expected(house, street)} due")
    verdict.journals = house.run("python -m accounting_service.verify").strip()
    verdict.ended = Counter(
        paid=len(street.paid - street.back),
        refunded=len(street.back),
        declined=len(street.paying) - len(street.paid),
    )
    verdict.violations += _charged_twice(house, len(street.paid), len(street.back))


def _charged_twice(house: House, paid: int, back: int) -> Iterator[str]:
    """What the till has taken, and given back, more or less often than it should."""
    ledger = Ledger(Path(house.settings["TILL_DIR"]))
    charged = [it for it in ledger.all_of("payment_intent") if it["status"] == "succeeded"]
    if len(charged) != paid:
        yield f"the till has charged {len(charged)} times, for {paid} payments"
    refunds = ledger.all_of("refund")
    if len(refunds) != back:
        yield f"the till has given back {len(refunds)} times, for {back} refunds"


def _books(house: House) -> dict[tuple[str, str], str]:
    url = house.url("accounting")
    with HttpClient({url: house.settings["ACCOUNTING_OPERATOR_TOKEN"]}) as http:
        found = http.get(f"{url}/balance").json()["accounts"]
    return {(it["account"], it["balance"]["currency"]): it["balance"]["amount"] for it in found}


def _expected(house: House, street: Street) -> dict[tuple[str, str], str]:
    sums = street.entries(house.settings["ACCOUNTING_RATES"])
    return {
        (name, currency): Money(sum_, currency).amount for (name, currency), sum_ in sums.items()
    }


@contextmanager
def _house(folder: Path) -> Iterator[House]:
    house = House(folder / "var", {"STAGE": "soa", "PAYMENTS_SWEEP_S": str(SWEEP_S)})
    try:
        house.start(*ARROWS)
        yield house
    finally:
        house.close()
