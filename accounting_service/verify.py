"""`python -m accounting_service.verify`: do the books balance, and agree with the payments?"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import click
from bus_drain.fetch import FetchError
from service_kit.config import exit_with, or_exit
from service_kit.errors import StoreUnavailable

from accounting_service.bootstrap import Parts, build
from accounting_service.config import read
from accounting_service.errors import NotBooked, Unbalanced
from accounting_service.model.entries import entries_of
from accounting_service.model.journal import Journal, check_balanced
from accounting_service.model.payment import Payment
from accounting_service.model.payout import reference_of
from accounting_service.model.rates import Rate


@dataclass
class Verifier:
    """Goes through all payments page by page, then all journals; counts them. Payouts are compared
    with nothing: the operator alone knows of them."""

    parts: Parts
    rates: Sequence[Rate]
    journals: int = 0
    payments: int = 0
    payouts: int = 0
    _known: set[str] = field(default_factory=set)

    def complaints(self) -> Iterator[str]:
        """What is wrong, a line each. Blocks on whoever owns the payments; raises FetchError."""
        yield from self._of_payments()
        yield from self._of_journals()

    def _of_payments(self) -> Iterator[str]:
        for page in self.parts.payments.pages():
            booked = self.parts.books.of_payments([url for url, _payment in page])
            for url, payment in page:
                self.payments += 1
                self._known.add(url)
                yield from self._of_payment(url, payment, booked[url])

    def _of_payment(
        self, url: str, payment: Payment | NotBooked, booked: Sequence[Journal]
    ) -> Iterator[str]:
        if isinstance(payment, NotBooked):
            yield f"{url}: {payment}"
            return
        wanted = entries_of(payment, self.rates)
        if {it.kind: it for it in wanted} == {it.kind: it for it in booked}:
            return
        if self.parts.state.marks.of(url) is not None:
            return  # it has news that nobody has looked at yet
        missing = [it.kind for it in wanted if it.kind not in {one.kind for one in booked}]
        yield f"{url}: " + (
            f"{', '.join(missing)}, and not booked" if missing else "is booked otherwise"
        )

    def _of_journals(self) -> Iterator[str]:
        for some in self.parts.books.every():
            for one in some:
                self.journals += 1
                is_payout = reference_of(one.journal) is not None
                self.payouts += is_payout
                if not is_payout and one.journal.payment_url not in self._known:
                    yield f"{one.journal.payment_url}: is booked, and in no list of payments"
                try:
                    check_balanced(one.journal)
                except Unbalanced as error:
                    yield str(error)


@click.command()
def main() -> None:
    """Prove that every journal balances, and that the books say what the payments do. Exits 1
    when they don't, with a line for each that is wrong."""
    config = or_exit(read)
    parts = or_exit(lambda: build(config))
    verifier = Verifier(parts, config.rates)
    wrong = 0
    try:
        for complaint in verifier.complaints():
            wrong += 1
            click.echo(complaint)
    except (FetchError, StoreUnavailable) as error:
        exit_with((f"{config.payments_url}: {error}",))
    finally:
        parts.close()
    if wrong:
        click.echo(f"NOT RIGHT: {wrong} of {verifier.payments} payments and their journals")
        sys.exit(1)
    click.echo(
        f"{verifier.journals} journals balance, and are what {verifier.payments} payments say"
        + (f", {verifier.payouts} of them of payouts" if verifier.payouts else "")
    )


if __name__ == "__main__":
    main()
