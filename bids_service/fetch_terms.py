"""Fetching an auction's terms from its URL (docs/protocol.md, auction_app)."""

from collections.abc import Iterator

import msgspec
from bus_drain.fetch import (
    Entity,
    EntityClient,
    FetchError,
    Missing,
    NotHal,
    Rejected,
    TooLarge,
    Unavailable,
    UnknownHost,
)
from service_kit.url import are_entity_urls

from bids_service.engine.terms import Terms
from bids_service.errors import AuctionUnreachable, BadTerms, UnknownAuction
from bids_service.wire_terms import WireTerms, terms_from_wire


class Auctions:
    """Reads auctions at the hosts that the client has credentials for, and at no others.

    `list_url` is where those are listed that are running.
    """

    def __init__(self, client: EntityClient, list_url: str) -> None:
        self._client = client
        self.list_url = list_url

    def running(self) -> Iterator[list[str]]:
        """The URLs of all running auctions, a list a page; each blocks as one fetch does.

        Raises AuctionUnreachable.
        """
        try:
            for page in self._client.pages(self.list_url):
                yield [one.link("self") for one in page.embedded("auctions")]
        except FetchError as error:
            raise AuctionUnreachable(f"{self.list_url}: {error}") from error

    def terms(self, url: str) -> Terms:
        """The terms of the auction at `url`. Blocks up to the client's time-out; repeatable.

        Raises UnknownAuction when no auction is there, AuctionUnreachable when nobody can tell now.
        """
        try:
            return read_terms(url, self._client.get(url))
        except (TooLarge, Unavailable) as error:
            raise AuctionUnreachable(f"{url}: {error}") from error
        except (UnknownHost, Missing, NotHal, BadTerms) as error:
            raise UnknownAuction(f"{url}: {error}") from error
        except Rejected as error:
            if error.status <= 400:  # a redirect, or no address: no auction, whoever asks
                raise UnknownAuction(f"{url}: {error}") from error
            raise AuctionUnreachable(f"{url}: {error}") from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def read_terms(url: str, auction: Entity) -> Terms:
    """The terms in an auction's representation. Raises BadTerms, NotHal.

    Its link `self` must be the URL it was fetched from: one auction under two spellings would
    have two biddings.
    """
    if auction.link("self") != url:
        raise BadTerms("the auction's own URL is another one")
    seller = auction.link("seller")
    if not are_entity_urls([seller]):
        raise BadTerms("the seller is not a URL")
    try:
        return terms_from_wire(msgspec.convert(auction.get("terms"), WireTerms), seller)
    except msgspec.ValidationError as error:
        raise BadTerms(str(error)) from error
