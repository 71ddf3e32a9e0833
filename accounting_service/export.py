"""`python -m accounting_service.export`: the books as beancount reads them."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import click
from service_kit.config import exit_with, or_exit
from service_kit.errors import StoreUnavailable
from service_kit.money import Money

from accounting_service.bootstrap import build
from accounting_service.config import read
from accounting_service.model.journal import Account, Journal, Posting
from accounting_service.model.payout import reference_of
from accounting_service.storage.books import Balance, Books

_NAMES = {
    Account.PROVIDER: "Assets:Provider",
    Account.SELLER: "Liabilities:Sellers",
    Account.FEES: "Income:Fees",
    Account.PROVIDER_COSTS: "Expenses:ProviderCosts",
}


def beancount(books: Books) -> Iterator[str]:
    """The books, line by line, in the order in which things happened; at their end what each
    account comes to, which beancount counts for itself and compares."""
    yield 'option "title" "Gavel"'
    opened: set[str] = set()
    last: date | None = None
    for some in books.every():
        for one in some:
            last = _day(one.journal.at_ms)
            new = {_NAMES[it.account] for it in one.journal.postings}
            new |= {_account(it) for it in one.journal.postings}
            for account in sorted(new - opened):
                yield f"{last} open {account}"
            opened |= new
            yield from _transaction(one.journal, last)
    if last is not None:
        for balance in books.balances():
            yield _assertion(balance, last + timedelta(days=1))


def _transaction(journal: Journal, day: date) -> Iterator[str]:
    yield f'{day} * "{journal.kind}"'
    reference = reference_of(journal)
    of = ("payment", journal.payment_url) if reference is None else ("payout", reference)
    yield f"  {of[0]}: {_quoted(of[1])}"
    for one in journal.postings:
        yield f"  {_account(one)}  {_amount(one.amount_minor, one.currency)}"
        if one.seller_url is not None:
            yield f"    seller: {_quoted(one.seller_url)}"


def _assertion(balance: Balance, day: date) -> str:
    amount = _amount(balance.amount_minor, balance.currency)
    return f"{day} balance {_NAMES[balance.account]}  {amount}"


def _account(posting: Posting) -> str:
    name = _NAMES[posting.account]
    if posting.seller_url is None:
        return name
    digest = hashlib.sha256(posting.seller_url.encode()).hexdigest()
    return f"{name}:S{digest[:16].upper()}"


def _amount(minor: int, currency: str) -> str:
    return str(Money(minor, currency))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _day(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()


@click.command()
def main() -> None:
    """Write the books for beancount: `python -m accounting_service.export > books.beancount`."""
    parts = or_exit(lambda: build(read()))
    try:
        for line in beancount(parts.books):
            click.echo(line)
    except StoreUnavailable as error:
        exit_with((str(error),))
    finally:
        parts.close()


if __name__ == "__main__":
    main()
