"""What must hold when all is settled: charges, refunds, books, mails, and nothing unforeseen."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock

from service_kit.http import HttpClient

from auction_app.payments.model import PaymentStatus
from auction_app.till.ledger import Ledger
from tests.chaos.books.deals import Deal, Mail
from tests.chaos.books.market import Market
from tests.chaos.books.trail import Trail
from tests.mailer_service.mail_server import MailServer
from tests.system.house import House
from tests.waiting import wait_for

_OURS = "Lamp no. "
_TOLD = 5
"""Of so many mails that are missing it is told where they are."""


class Post:
    """The mails that have come, each read once: to whom, and its subject."""

    def __init__(self, letters: MailServer) -> None:
        self._letters = letters
        self._read: list[Mail] = []
        self._about_ours: Counter[Mail] = Counter()
        self._lock = Lock()

    def all(self) -> list[Mail]:
        """In the order in which they came."""
        with self._lock:
            self._read_on()
            return list(self._read)

    def came(self) -> Counter[Mail]:
        """How often each mail about what was traded here has come."""
        with self._lock:
            self._read_on()
            return self._about_ours.copy()

    def _read_on(self) -> None:
        for mail in self._letters.mails[len(self._read) :]:
            read = (mail["To"].addresses[0].addr_spec, str(mail["Subject"]))
            self._read.append(read)
            if _OURS in read[1]:
                self._about_ours[read] += 1


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Waits for so many seconds until all is settled; each check says what it came to, or raises
    AssertionError."""

    house: House
    market: Market
    letters: MailServer
    post: Post
    killed_at: Sequence[float] = ()
    """When whoever sends the mails was killed, by the steady clock; it may grow."""
    seconds: float = 600
    """What the bus has parked three times comes after six minutes (docs/delivery.md D19)."""

    def judge(self, deals: Sequence[Deal]) -> tuple[list[str], list[str]]:
        """What the run came to, in words, and what must not be."""
        said, wrong = [], []
        checks: Sequence[Callable[[], str]] = (
            self._at_rest,
            self._books,
            self._charges,
            partial(self._missing, deals),
            partial(self._strange, deals),
            partial(self._again, deals),
            self._unforeseen,
        )
        for check in checks:
            try:
                said.append(check())
            except AssertionError as error:
                wrong.append(str(error))
        return said, wrong

    def _at_rest(self) -> str:
        """Nothing is on its way to a mail any more: what has not come by then is lost."""
        began, trail = time.monotonic(), Trail(self.house.settings)
        try:
            wait_for(lambda: not trail.on_the_way(), seconds=self.seconds)
        except AssertionError as error:
            raise AssertionError(f"still on the way: {trail.on_the_way()}") from error
        return f"nothing on the way after {time.monotonic() - began:.1f} s"

    def _books(self) -> str:
        table = self.house.settings["ACCOUNTING_RATES"]
        try:
            wait_for(lambda: self._balances() == self.market.due(table), seconds=self.seconds)
        except AssertionError as error:
            due = self.market.due(table)
            raise AssertionError(f"booked {self._balances()}, due {due}") from error
        return self.house.run("python -m accounting_service.verify").strip()

    def _charges(self) -> str:
        """The till has taken each payment once, and given each refund back once."""
        ledger = Ledger(Path(self.house.settings["TILL_DIR"]))
        intents = ledger.all_of("payment_intent")
        charges = sum(intent["status"] == "succeeded" for intent in intents)
        paid = [payment for payment in self.market.payments() if payment.is_paid]
        back = [payment for payment in paid if payment.status is not PaymentStatus.PAID]
        refunds = len(ledger.all_of("refund"))
        assert charges == len(paid), f"charged {charges} times for {len(paid)} payments"
        assert refunds == len(back), f"given back {refunds} times for {len(back)} refunds"
        return f"the till: {charges} charges, {refunds} refunds, one for each"

    def _missing(self, deals: Sequence[Deal]) -> str:
        """Each mail comes, but for what was pointless before anybody was to write it."""
        expected = _expected(deals)
        missing = expected - self.post.came()
        spared = missing & Counter(mail for deal in deals for mail in deal.spared())
        noted = Trail(self.house.settings).noted("second-chance")
        for one in deals:
            spared -= Counter(one.spared() if self.market.offer_url(one.item) in noted else ())
        lost = missing - spared
        assert not lost, "\n".join(self._where(lost, deals))
        return (
            f"{expected.total() - spared.total()} mails, all there; {spared.total()} second"
            " chances taken before a mail told of them"
        )

    def _strange(self, deals: Sequence[Deal]) -> str:
        """Nobody gets what they were not to get."""
        strange = set(self.post.came()) - set(_expected(deals))
        assert not strange, f"mails that nobody was to get: {strange}"
        return "no mail that nobody was to get"

    def _again(self, deals: Sequence[Deal]) -> str:
        """A mail comes again only where nobody was there to hear the answer to a copy of it."""
        more = self.post.came() - _expected(deals)
        heard = more - self._unheard()
        assert not heard, f"mails that came again: {dict(heard)}"
        return f"{more.total()} mails again, each after one whose 250 found its sender dead"

    def _where(self, missing: Counter[Mail], deals: Sequence[Deal]) -> Iterator[str]:
        trail = Trail(self.house.settings)
        yield f"{missing.total()} mails have not come; on the way: {trail.on_the_way()}"
        yield from trail.outcomes()
        for mail in list(missing)[:_TOLD]:
            yield f"{mail} of {self.post.came()[mail]}:"
            for deal in deals:
                if mail in deal.mails():
                    yield from trail.of_item(deal.item.id)

    def _unforeseen(self) -> str:
        said = self.house.all_output()
        assert "Traceback" not in said, said[said.index("Traceback") - 300 :][:3000]
        return "no process has raised anything unforeseen"

    def _unheard(self) -> Counter[Mail]:
        """Those to which the answer found its sender dead."""
        unheard = self.letters.unheard(self.killed_at)
        return Counter(
            mail
            for mail, found_nobody in zip(self.post.all(), unheard, strict=False)
            if found_nobody
        )

    def _balances(self) -> dict[tuple[str, str], str]:
        url = self.house.url("accounting")
        with HttpClient({url: self.house.settings["ACCOUNTING_OPERATOR_TOKEN"]}) as http:
            found = http.get(f"{url}/balance").json()["accounts"]
        return {(it["account"], it["balance"]["currency"]): it["balance"]["amount"] for it in found}


def _expected(deals: Sequence[Deal]) -> Counter[Mail]:
    return Counter(mail for deal in deals for mail in deal.mails())
