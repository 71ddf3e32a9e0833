"""Entities of other services by URL."""

from collections.abc import Iterator

from bus_drain.fetch import EntityClient

from mailer_service.entities.bids import bid_from, bidders_on, bidding_from, offer_from
from mailer_service.entities.customers import customer_from
from mailer_service.entities.sales import (
    auction_from,
    message_from,
    order_from,
    question_from,
    reminder_from,
    statement_from,
)
from mailer_service.entities.subscriptions import subscription_from
from mailer_service.errors import BadEntity
from mailer_service.model.entities import (
    Auction,
    Bid,
    Bidding,
    Customer,
    Message,
    Offer,
    Order,
    Question,
    Reminder,
    Statement,
    Subscription,
)

_MOST_PAGES = 1_000


class Entities:
    """Asks the services that own them.

    Every method blocks for at most the client's total deadline, and raises FetchError: the service
    did not answer, the entity is gone, the URL is not one of a service that we know, or the answer
    lacks what its mail needs.
    """

    def __init__(self, client: EntityClient) -> None:
        self._client = client

    def bid(self, url: str) -> Bid:
        """One bid of bids_service."""
        return bid_from(self._client.get(url))

    def bidding(self, url: str) -> Bidding:
        """The bid book of one auction, of bids_service."""
        return bidding_from(self._client.get(url))

    def bidders(self, bids_url: str) -> Iterator[list[str]]:
        """The bidders' URLs of a bidding's bids, a list a page; each blocks as one fetch does."""
        for number, page in enumerate(self._client.pages(bids_url)):
            if number == _MOST_PAGES:
                raise BadEntity(f"more than {_MOST_PAGES} pages of bids")
            yield bidders_on(page)

    def running(self, list_url: str) -> Iterator[list[str]]:
        """The URLs of the biddings of all running auctions, a list a page; each blocks as one
        fetch does. One that nobody has bid on so far may lack."""
        for page in self._client.pages(list_url):
            auctions = page.embedded("auctions")
            yield [one.link("bidding") for one in auctions if one.offers("bidding")]

    def bids(self, bidding_url: str) -> Iterator[list[str]]:
        """The URLs of a bidding's bids that the public may know of, a list a page, newest first;
        each blocks as one fetch does."""
        bids_url = self.bidding(bidding_url).bids_url
        if bids_url is not None:
            for page in self._client.pages(bids_url):
                yield [one.link("self") for one in page.embedded("bids")]

    def offer(self, url: str) -> Offer:
        """A second chance, of bids_service."""
        return offer_from(self._client.get(url))

    def auction(self, url: str) -> Auction:
        """One auction of auction_app."""
        return auction_from(self._client.get(url))

    def question(self, url: str) -> Question:
        """One question of auction_app."""
        return question_from(self._client.get(url))

    def message(self, url: str) -> Message:
        """What one side of an order wrote, of auction_app: our token must have that scope."""
        return message_from(self._client.get(url))

    def order(self, url: str) -> Order:
        """One order of auction_app: our token must have that scope."""
        return order_from(self._client.get(url))

    def reminder(self, url: str) -> Reminder:
        """One reminder of auction_app."""
        return reminder_from(self._client.get(url))

    def statement(self, url: str) -> Statement:
        """What somebody is told of a decision, of auction_app."""
        return statement_from(self._client.get(url))

    def subscription(self, url: str) -> Subscription:
        """One subscription of the bus: our token must be one that may monitor it."""
        return subscription_from(self._client.get(url))

    def customer(self, url: str) -> Customer:
        """One customer of auction_app, with the address: our token must have that scope."""
        return customer_from(self._client.get(url))
