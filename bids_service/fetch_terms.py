"""Learning an auction's terms from its URL (docs/protocol.md, auction_app)."""

from typing import Annotated, Any

import msgspec
from service_kit.errors import HttpFailure, NotAnAmount, NotJson, UnexpectedStatus, UnknownOrigin
from service_kit.http import HttpClient
from service_kit.money import Money

from bids_service.engine.increments import IncrementTable
from bids_service.engine.terms import SoftClose, Terms
from bids_service.errors import AuctionUnreachable, BadTerms, UnknownAuction
from bids_service.urls import is_entity_url

_GONE = frozenset({404, 410})
_Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Minor = Annotated[int, msgspec.Meta(ge=0, le=10**15)]


class _Link(msgspec.Struct):
    href: str


class _Links(msgspec.Struct):
    seller: _Link
    self: _Link


class _SoftClose(msgspec.Struct):
    window_ms: _Moment
    extension_ms: _Moment


class _Terms(msgspec.Struct):
    currency: str
    start_price: dict[str, str]
    increments: list[tuple[_Minor, _Minor]]
    starts_at_ms: _Moment
    ends_at_ms: _Moment
    reserve: dict[str, str] | None = None
    buy_now: dict[str, str] | None = None
    soft_close: _SoftClose | None = None
    hard_end_at_ms: _Moment | None = None
    blocked: frozenset[str] = frozenset()


class _Auction(msgspec.Struct):
    terms: _Terms
    links: _Links = msgspec.field(name="_links")


class Auctions:
    """Reads auctions at the hosts that the client has credentials for, and at no others."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def terms(self, url: str) -> Terms:
        """The terms of the auction at `url`. Blocks up to the client's time-out; repeatable.

        Raises UnknownAuction when no auction is there, AuctionUnreachable when nobody can tell now.
        """
        try:
            return read_terms(url, self._http.get(url).json())
        except (UnknownOrigin, NotJson, BadTerms) as error:
            raise UnknownAuction(f"{url}: {error}") from error
        except UnexpectedStatus as error:
            if error.status in _GONE:
                raise UnknownAuction(url) from error
            raise AuctionUnreachable(f"{url}: {error.status}") from error
        except HttpFailure as error:
            raise AuctionUnreachable(f"{url}: {type(error).__name__}") from error


def read_terms(url: str, auction: dict[str, Any]) -> Terms:
    """The terms in an auction's representation. Raises BadTerms.

    Its link `self` must be the URL it was fetched from: one auction under two spellings would
    have two biddings.
    """
    try:
        wire = msgspec.convert(auction, _Auction)
        if wire.links.self.href != url:
            raise BadTerms("the auction's own URL is another one")
        if not is_entity_url(wire.links.seller.href):
            raise BadTerms("the seller is not a URL")
        return _terms_of(wire)
    except (msgspec.ValidationError, NotAnAmount) as error:
        raise BadTerms(str(error)) from error


def _terms_of(wire: _Auction) -> Terms:
    terms = wire.terms
    return Terms(
        seller=wire.links.seller.href,
        currency=terms.currency,
        start_price=_minor(terms.start_price, terms.currency),
        increments=IncrementTable.of(terms.increments),
        starts_at_ms=terms.starts_at_ms,
        ends_at_ms=terms.ends_at_ms,
        reserve=_optional_minor(terms.reserve, terms.currency),
        buy_now=_optional_minor(terms.buy_now, terms.currency),
        soft_close=_soft_close_of(terms.soft_close) if terms.soft_close else None,
        hard_end_at_ms=terms.hard_end_at_ms,
        blocked=terms.blocked,
    )


def _soft_close_of(wire: _SoftClose) -> SoftClose:
    return SoftClose(window_ms=wire.window_ms, extension_ms=wire.extension_ms)


def _optional_minor(amount: dict[str, str] | None, currency: str) -> int | None:
    return None if amount is None else _minor(amount, currency)


def _minor(amount: dict[str, str], currency: str) -> int:
    money = Money.parse(amount)
    if money.currency != currency:
        raise BadTerms("an amount of the terms is in another currency")
    return money.amount_minor
