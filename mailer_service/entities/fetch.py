"""Entities of other services by URL."""

from collections.abc import Iterator

from service_kit.http import HttpClient

from mailer_service.entities.bids import bid_from, bidders_on, bidding_from, offer_from, page_after
from mailer_service.entities.customers import customer_from
from mailer_service.entities.fields import Document
from mailer_service.entities.sales import auction_from, order_from, question_from, reminder_from
from mailer_service.errors import BadEntity
from mailer_service.model.entities import (
    Auction,
    Bid,
    Bidding,
    Customer,
    Offer,
    Order,
    Question,
    Reminder,
)

_MOST_PAGES = 1_000


class Entities:
    """Asks the services that own them.

    Every method blocks for at most the client's total deadline, and raises HttpFailure (the
    service did not answer, or the URL is not one of a service that we know) or BadEntity.
    """

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def bid(self, url: str) -> Bid:
        """One bid of bids_service."""
        return bid_from(self._get(url), url)

    def bidding(self, url: str) -> Bidding:
        """The bid book of one auction, of bids_service."""
        return bidding_from(self._get(url), url)

    def bidders(self, bids_url: str) -> Iterator[list[str]]:
        """The bidders' URLs of a bidding's bids, a list a page; each blocks as one fetch does."""
        url: str | None = bids_url
        for _ in range(_MOST_PAGES):
            if url is None:
                return
            page = self._get(url)
            yield bidders_on(page)
            url = page_after(page)
        raise BadEntity(f"more than {_MOST_PAGES} pages of bids")

    def offer(self, url: str) -> Offer:
        """A second chance, of bids_service."""
        return offer_from(self._get(url), url)

    def auction(self, url: str) -> Auction:
        """One auction of auction_app."""
        return auction_from(self._get(url), url)

    def question(self, url: str) -> Question:
        """One question of auction_app."""
        return question_from(self._get(url), url)

    def order(self, url: str) -> Order:
        """One order of auction_app: our token must have that scope."""
        return order_from(self._get(url), url)

    def reminder(self, url: str) -> Reminder:
        """One reminder of auction_app."""
        return reminder_from(self._get(url), url)

    def customer(self, url: str) -> Customer:
        """One customer of auction_app, with the address: our token must have that scope."""
        return customer_from(self._get(url), url)

    def _get(self, url: str) -> Document:
        return self._http.get(url).json()
