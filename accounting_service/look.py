"""Looks at payments that have news, and books them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bus_drain import DirtyMap
from service_kit.logs import get_logger

from accounting_service.errors import NotBooked, SomeoneAway
from accounting_service.model.entries import entries_of
from accounting_service.model.rates import Rate
from accounting_service.payments import Payments
from accounting_service.storage.books import Books
from accounting_service.storage.dead_letters import DeadLetters

log = get_logger(__name__)

_AT_ONCE = 50


@dataclass(frozen=True)
class Looker:
    """Sweeps the drain's dirty map. May be repeated, also at the same time."""

    dirty: DirtyMap
    payments: Payments
    books: Books
    dead_letters: DeadLetters
    rates: Sequence[Rate]

    def sweep(self) -> bool:
        """Look at some payments that have news; whether there were any. Raises SomeoneAway when
        none of them could be looked at: they wait."""
        swept = self.dirty.sweep(self.look, limit=_AT_ONCE)
        if swept.failed and not swept.cleaned:
            raise SomeoneAway(f"{swept.failed} payments could not be looked at")
        return swept.cleaned > 0

    def look(self, url: str) -> None:
        """Book what there is to be booked of the payment at `url`; what can't be is a dead letter
        and one line in the log. Blocks on whoever owns it. Raises FetchError: look again."""
        if url == self.payments.list_url:
            self._mark_all()
            return
        try:
            payment = self.payments.get(url)
            booked = self.books.book(url, entries_of(payment, self.rates))
        except NotBooked as error:
            log.error("payment is a dead letter", payment=url, why=str(error))
            self.dead_letters.add(url, str(error))
            return
        self.dead_letters.remove(url)
        if booked:
            log.info("payment booked", payment=url, kinds=",".join(booked))

    def _mark_all(self) -> None:
        for page in self.payments.pages():
            self.dirty.mark(url for url, _payment in page)
