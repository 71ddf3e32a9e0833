"""What must hold when all is settled: charges, refunds, books, mails, and nothing unforeseen."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from service_kit.http import HttpClient

from auction_app.payments.model import PaymentStatus
from auction_app.till.ledger import Ledger
from tests.chaos.books.deals import Deal, Mail
from tests.chaos.books.market import Market
from tests.chaos.books.trail import Trail
from tests.journey.kills import STARTS_IN_S
from tests.mailer_service.mail_server import MailServer
from tests.system.house import House
from tests.waiting import wait_for

_OURS = "Lamp no. "
_SENDER = "mailer_jobs"
_TOLD = 5
"""Of so many mails that are missing it is told where they are."""


class Deaths:
    """When whoever sends the mails was dead: nobody heard the 250 to what arrived meanwhile."""

    def __init__(self) -> None:
        self._spans: list[tuple[float, float]] = []
        self._since: float | None = None

    def struck(self, *names: str) -> None:
        """These are killed now."""
        if _SENDER in names and self._since is None:
            self._since = time.monotonic()

    def over(self, *names: str) -> None:
        """These are there again."""
        if _SENDER in names and self._since is not None:
            self._spans.append((self._since, time.monotonic() + STARTS_IN_S))
            self._since = None

    def hold(self, at: float) -> bool:
        return any(begin <= at < end for begin, end in self._spans)


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Waits for so many seconds until all is settled; each check says what it came to, or raises
    AssertionError."""

    house: House
    market: Market
    letters: MailServer
    deaths: Deaths
    seconds: float = 600
    """What the bus has parked three times comes after six minutes (docs/delivery.md D19)."""

    def judge(self, deals: Sequence[Deal]) -> tuple[list[str], list[str]]:
        """What the run came to, in words, and what must not be."""
        said, wrong = [], []
        mails = partial(self._mails, deals)
        for check in (self._at_rest, self._books, self._charges, mails, self._unforeseen):
            try:
                said.append(check())
            except AssertionError as error:
                wrong.append(str(error))
        return said, wrong

    def came(self) -> Counter[Mail]:
        """How often each mail about what was traded here has come."""
        return Counter(mail for mail, _ in self._arrivals())

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

    def _mails(self, deals: Sequence[Deal]) -> str:
        """Each mail once; again only where nobody heard the answer to it, and none only where it
        was pointless before anybody was to write it."""
        expected = Counter(mail for deal in deals for mail in deal.mails())
        came = self.came()
        missing, more = expected - came, came - expected
        spared = missing & Counter(mail for deal in deals for mail in deal.spared())
        noted = Trail(self.house.settings).noted("second-chance")
        for one in deals:
            spared -= Counter(one.spared() if self.market.offer_url(one.item) in noted else ())
        lost = missing - spared
        assert not lost, "\n".join(self._where(lost, deals))
        again = {mail for mail in more if mail in expected}
        assert set(more) == again, f"mails that nobody was to get: {set(more) - again}"
        heard = more - self._unheard()
        assert not heard, f"mails that came again: {dict(heard)}"
        return (
            f"{expected.total() - spared.total()} mails, once each; {more.total()} again, their"
            f" 250 unheard; {spared.total()} second chances taken before a mail told of them"
        )

    def _where(self, missing: Counter[Mail], deals: Sequence[Deal]) -> Iterator[str]:
        trail = Trail(self.house.settings)
        yield f"{missing.total()} mails have not come; on the way: {trail.on_the_way()}"
        yield from trail.outcomes()
        for mail in list(missing)[:_TOLD]:
            yield f"{mail} of {self.came()[mail]}:"
            for deal in deals:
                if mail in deal.mails():
                    yield from trail.of_item(deal.item.id)

    def _unforeseen(self) -> str:
        said = self.house.all_output()
        assert "Traceback" not in said, said[said.index("Traceback") - 300 :][:3000]
        return "no process has raised anything unforeseen"

    def _unheard(self) -> Counter[Mail]:
        """Those to which the answer found its sender dead."""
        return Counter(mail for mail, at in self._arrivals() if self.deaths.hold(at))

    def _arrivals(self) -> Iterator[tuple[Mail, float]]:
        """Mails about what was traded here, and when each arrived."""
        for mail, at in zip(list(self.letters.mails), list(self.letters.arrived_at), strict=False):
            if _OURS in str(mail["Subject"]):
                yield (mail["To"].addresses[0].addr_spec, str(mail["Subject"])), at

    def _balances(self) -> dict[tuple[str, str], str]:
        url = self.house.url("accounting")
        with HttpClient({url: self.house.settings["ACCOUNTING_OPERATOR_TOKEN"]}) as http:
            found = http.get(f"{url}/balance").json()["accounts"]
        return {(it["account"], it["balance"]["currency"]): it["balance"]["amount"] for it in found}
