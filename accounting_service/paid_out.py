"""`python -m accounting_service.paid_out`: note what a seller was paid out, or what came back."""

from datetime import UTC, datetime

import click
from service_kit.clock import Clock, now_ms
from service_kit.config import exit_with, or_exit
from service_kit.errors import NotAnAmount, StoreUnavailable
from service_kit.money import Money

from accounting_service.bootstrap import build
from accounting_service.config import read
from accounting_service.errors import NotBooked
from accounting_service.model.journal import Journal, Kind
from accounting_service.model.payout import Payout, journal_of
from accounting_service.storage.books import Books


def note_payout(
    books: Books, payout: Payout, clock: Clock, *, on_ms: int | None = None, returned: bool = False
) -> bool:
    """Book it, whole and once by its reference; False where it was. `on_ms` is when it was sent, or
    came back: now, if nobody says.

    Raises NotBooked: more than is owed, later than now, or its reference stands for another one.
    """
    kind = Kind.PAYOUT_RETURNED if returned else Kind.PAID_OUT
    there = {one.kind: one for one in books.of_payments([payout.url])[payout.url]}
    known, now = there.pop(kind, None), clock()
    if on_ms is not None and on_ms > now:
        raise NotBooked("that day has not come yet")
    if returned:
        _check_sent(payout, there.get(Kind.PAID_OUT))
    elif known is None:
        _check_owed(books, payout)
    at_ms = on_ms if on_ms is not None else known.at_ms if known else now
    return bool(books.book(payout.url, [*there.values(), journal_of(payout, kind, at_ms)]))


def _check_sent(payout: Payout, sent: Journal | None) -> None:
    if sent is None or sent != journal_of(payout, Kind.PAID_OUT, sent.at_ms):
        raise NotBooked("no such payout to this seller is noted")


def _check_owed(books: Books, payout: Payout) -> None:
    amounts = {one.currency: one.amount_minor for one in books.owed(payout.seller_url)}
    owed = Money(amounts.get(payout.amount.currency, 0), payout.amount.currency)
    if payout.amount.amount_minor > owed.amount_minor:
        raise NotBooked(f"{payout.seller_url} is owed {owed}")


@click.command()
@click.argument("seller")
@click.argument("amount")
@click.argument("currency")
@click.argument("reference")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day (UTC), if not today.")
@click.option("--returned", is_flag=True, help="The bank has sent it back.")
def main(
    seller: str, amount: str, currency: str, reference: str, day: datetime | None, returned: bool
) -> None:
    """Note that SELLER (a URL) was sent AMOUNT of CURRENCY under the bank's REFERENCE. Noted again,
    it is there once."""
    on_ms = None if day is None else round(day.replace(tzinfo=UTC).timestamp() * 1000)
    parts = or_exit(lambda: build(read()))
    try:
        money = Money.parse({"amount": amount, "currency": currency})
        payout = Payout(reference=reference, seller_url=seller, amount=money)
        new = note_payout(parts.books, payout, now_ms, on_ms=on_ms, returned=returned)
    except (NotAnAmount, NotBooked, StoreUnavailable) as error:
        exit_with((f"{reference}: {error}",))
    finally:
        parts.close()
    click.echo(f"{reference}: {'noted' if new else 'was noted before'}")


if __name__ == "__main__":
    main()
