"""The only way to the books: one seller's statement, asked for with our token on their behalf
(docs/decisions/0065)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from service_kit.errors import HttpFailure, NotAnAmount
from service_kit.hal import Resource
from service_kit.http import HttpClient
from service_kit.money import Money

from auction_app.errors import BooksUnavailable

_KINDS = ("paid", "refunded", "paid-out", "payout-returned")


@dataclass(frozen=True, kw_only=True)
class StatementLine:
    """A sale, or its refund: what the buyer paid, the house's fee of that, what is left. Or a
    payout, or its return, by the `reference` that it has at the bank."""

    kind: str
    at_ms: int
    payment_url: str | None
    reference: str | None
    amount: Money
    fee: Money
    net: Money


@dataclass(frozen=True, kw_only=True)
class SellerStatement:
    """What a seller is owed, in each currency, and the newest of what that comes of; `more` is
    where the next page begins."""

    owed: Sequence[Money]
    lines: Sequence[StatementLine]
    more: str | None


class Statements:
    """Blocks for the books' service for some seconds at most; raises BooksUnavailable."""

    def __init__(self, http: HttpClient, books_url: str) -> None:
        self._http = http
        self._books_url = books_url

    def of(self, seller_url: str, *, after: str | None) -> SellerStatement:
        """A page of a seller's statement, the newest first; `after` is another page's `more`."""
        with _reading():
            found = self._statement(seller_url, after)
            return SellerStatement(
                owed=[Money.parse(one.document) for one in found.parts("owed")],
                lines=[_line(one) for one in found.collection("lines")],
                more=found.text("after") if found.offers("next") else None,
            )

    def table(self, seller_url: str) -> bytes:
        """All of it as CSV."""
        with _reading():
            return self._http.get(self._statement(seller_url, None).link("table")).body

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _statement(self, seller_url: str, after: str | None) -> Resource:
        root = self._look(f"{self._books_url}/")
        place = {"after": after} if after else {}
        return self._look(root.link("statement", seller=seller_url, **place))

    def _look(self, url: str) -> Resource:
        return Resource(url, self._http.get(url).json())


def _line(line: Resource) -> StatementLine:
    return StatementLine(
        kind=line.one_of("kind", *_KINDS),
        at_ms=line.time_ms("at_ms"),
        payment_url=line.optional_link("payment"),
        reference=line.text("reference") if line.get("reference") is not None else None,
        amount=line.money("amount"),
        fee=line.money("fee"),
        net=line.money("net"),
    )


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (HttpFailure, NotAnAmount) as error:
        raise BooksUnavailable(str(error)) from error
