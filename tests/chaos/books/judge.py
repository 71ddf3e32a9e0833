"""What must hold when all is settled: charges, refunds, books, mails, and nothing unforeseen."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from service_kit.http import HttpClient

from auction_app.payments.model import PaymentStatus
from auction_app.till.ledger import Ledger
from tests.chaos.books.deals import Deal
from tests.chaos.books.market import Market
from tests.journey.kills import STARTS_IN_S
from tests.mailer_service.mail_server import MailServer
from tests.system.house import House
from tests.waiting import wait_for

Mail = tuple[str, str]
"""To whom, and its subject."""
_OURS = "Lamp no. "
_SENDER = "mailer_jobs"


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
    deals: Sequence[Deal]
    letters: MailServer
    deaths: Deaths
    seconds: float = 90

    def judge(self) -> tuple[list[str], list[str]]:
        """What the run came to, in words, and what must not be."""
        said, wrong = [], []
        for check in (self._books, self._charges, self._mails, self._unforeseen):
            try:
                said.append(check())
            except AssertionError as error:
                wrong.append(str(error))
        return said, wrong

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

    def _mails(self) -> str:
        """Each mail once; again only where nobody heard the answer to it."""
        expected = Counter(mail for deal in self.deals for mail in deal.mails())
        with suppress(AssertionError):  # what is missing is told below
            wait_for(lambda: not expected - self._came(), seconds=self.seconds)
        came = self._came()
        missing, more = expected - came, came - expected
        assert not missing, f"mails that never came: {dict(missing)}; came: {dict(came)}"
        again = {mail for mail in more if mail in expected}
        assert set(more) == again, f"mails that nobody was to get: {dict(more)}"
        heard = more - self._unheard()
        assert not heard, f"mails that came again: {dict(heard)}"
        return f"{expected.total()} mails, once each; {more.total()} again, their 250 unheard"

    def _unforeseen(self) -> str:
        said = self.house.all_output()
        assert "Traceback" not in said, said[said.index("Traceback") - 300 :][:3000]
        return "no process has raised anything unforeseen"

    def _came(self) -> Counter[Mail]:
        return Counter(mail for mail, _ in self._arrivals())

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
