"""Learning an auction's terms from its URL (docs/protocol.md, auction_app)."""

from typing import Any

import msgspec
from service_kit.errors import HttpFailure, NotJson, UnexpectedStatus, UnknownOrigin
from service_kit.http import HttpClient

from bids_service.engine.terms import Terms
from bids_service.errors import AuctionUnreachable, BadTerms, UnknownAuction
from bids_service.urls import is_entity_url
from bids_service.wire_terms import WireTerms, terms_from_wire

_GONE = frozenset({404, 410})


class _Link(msgspec.Struct):
    href: str


class _Links(msgspec.Struct):
    seller: _Link
    self: _Link


class _Auction(msgspec.Struct):
    terms: WireTerms
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
        return terms_from_wire(wire.terms, wire.links.seller.href)
    except msgspec.ValidationError as error:
        raise BadTerms(str(error)) from error
