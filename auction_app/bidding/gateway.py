"""The only way to bids_service: what this app asks of it, and what its errors mean here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol

import bids_client
from service_kit.errors import HttpFailure, UnknownOrigin
from service_kit.logs import get_logger
from service_kit.money import Money

from auction_app.bidding.bids_health import bids_silent_since, note_answer, note_silence
from auction_app.bidding.model import Ticket
from auction_app.db.store import Store
from auction_app.errors import BidsUnavailable, CommandRefused, FetchFailed, NotFound

log = get_logger(__name__)

RETRY_AFTER_S = 5
LOOK_BACK = 500
_AFTER: Mapping[str, str] = {"freeze": "frozen", "resume": "open"}
"""What a bidding is after the house's decision, however often that is sent."""


class Bids(Protocol):
    """The calls that the app makes: `bids_client.BidsClient`, or what tests bring.

    Every call blocks until its deadline at most and raises a BidsError.
    """

    def place(
        self, auction: str, bidder: str, maximum: Money, idempotency_key: str
    ) -> bids_client.PlacedBid:
        """Place a bid; the same key gives the same answer again."""

    def buy_now(
        self, bidding: bids_client.Bidding, bidder: str, idempotency_key: str
    ) -> bids_client.Bidding:
        """Buy at the buy-now price."""

    def retract(
        self, bidding: bids_client.Bidding, bidder: str, idempotency_key: str
    ) -> bids_client.Bidding:
        """Take a bidder's bids back."""

    def cancel(
        self,
        bidding: bids_client.Bidding,
        seller: str,
        idempotency_key: str,
        *,
        only_without_bids: bool = False,
    ) -> bids_client.Bidding:
        """Call an auction off, perhaps only while nobody has bid."""

    def shown_prices(self, bidding: bids_client.Bidding) -> list[bids_client.ShownPrice]:
        """At what each bidder of a closed bidding can be offered its item."""

    def offer_second_chance(
        self,
        bidding: bids_client.Bidding,
        seller: str,
        bidder: str,
        idempotency_key: str,
        *,
        price: Money | None = None,
    ) -> bids_client.Offer:
        """Offer the item to a bidder who didn't get it, at a price alone."""

    def offer(self, url: str) -> bids_client.Offer:
        """The offer at a URL."""

    def accept(self, offer: bids_client.Offer, idempotency_key: str) -> bids_client.Offer:
        """Accept an offer on behalf of its bidder."""

    def decline(self, offer: bids_client.Offer, idempotency_key: str) -> bids_client.Offer:
        """Decline an offer on behalf of its bidder."""

    def bidding(self, url: str) -> bids_client.Bidding:
        """The bidding at a URL."""

    def bidding_of(self, auction: str) -> bids_client.Bidding:
        """The bidding of an auction."""

    def bid(self, url: str) -> bids_client.Bid:
        """The bid at a URL."""

    def bids(self, bidding: bids_client.Bidding) -> Iterator[bids_client.Bid]:
        """All public bids of a bidding, newest first."""

    def decree(
        self,
        bidding: bids_client.Bidding,
        what: bids_client.Decree,
        idempotency_key: str,
        *,
        bidder: str | None = None,
    ) -> bids_client.Bidding:
        """Have the house freeze, resume or end a bidding, or bar or unbar a bidder."""

    def simulate(
        self, terms: Mapping[str, Any], steps: Iterable[bids_client.Step]
    ) -> list[bids_client.PlayedStep]:
        """How an auction under these terms would play out; nothing of it is stored."""

    def bids_of(self, bidder: str) -> Iterator[bids_client.OwnBid]:
        """A bidder's own bids with their maxima, newest first."""


class Gateway:
    """Names auctions and customers by their ids here, and blocks for bids_service.

    A command raises CommandRefused when the rules say no, and BidsUnavailable when it is not known
    whether it arrived: with its key it may be sent again. A read raises NotFound or FetchFailed.
    """

    def __init__(self, client: Bids, store: Store) -> None:
        self._client = client
        self._store = store
        self._urls = store.urls

    def place(self, ticket: Ticket) -> bids_client.PlacedBid:
        """Place a reviewed bid."""
        auction, bidder = self._urls.auction(ticket.auction_id), self._me(ticket.bidder_id)
        with self._commanding():
            return self._client.place(auction, bidder, ticket.maximum, ticket.key)

    def buy_now(self, auction_id: str, buyer_id: str, key: str) -> bids_client.Bidding:
        """Buy at the buy-now price."""
        me = self._me(buyer_id)
        with self._commanding():
            bidding = self._bidding_of(auction_id)
            if bidding.outcome == "sold" and bidding.leader == me:
                return bidding  # sent before, and its answer was lost
            return self._client.buy_now(bidding, me, key)

    def retract(self, auction_id: str, bidder_id: str, key: str) -> bids_client.Bidding:
        """Take a bidder's bids back."""
        with self._commanding():
            return self._client.retract(self._bidding_of(auction_id), self._me(bidder_id), key)

    def cancel(
        self, auction_id: str, seller_id: str, key: str, *, only_without_bids: bool
    ) -> bids_client.Bidding:
        """Call an auction off, perhaps only while nobody has bid."""
        with self._commanding():
            bidding, seller = self._bidding_of(auction_id), self._me(seller_id)
            if only_without_bids:
                return self._client.cancel(bidding, seller, key, only_without_bids=True)
            return self._client.cancel(bidding, seller, key)

    def shown_prices(self, auction_id: str) -> dict[str, Money]:
        """At what a closed auction's item can be offered, by the bidder's id. Asked
        each time: a wrong price would bind. Raises BidsUnavailable."""
        try:
            shown = self._client.shown_prices(self._bidding_of(auction_id))
        except HttpFailure as error:
            log.warning("no prices to offer at", auction=auction_id, error=str(error))
            raise BidsUnavailable(RETRY_AFTER_S) from error
        ids = ((self._urls.customer_id(one.bidder), one.price) for one in shown)
        return {bidder_id: price for bidder_id, price in ids if bidder_id is not None}

    def offer_second_chance(
        self, auction_id: str, seller_id: str, bidder_id: str, price: Money, key: str
    ) -> bids_client.Offer:
        """Offer the item to a bidder who didn't get it, at this price alone."""
        with self._commanding():
            bidding, to = self._bidding_of(auction_id), self._me(bidder_id)
            seller = self._me(seller_id)
            return self._client.offer_second_chance(bidding, seller, to, key, price=price)

    def decree(
        self, auction_id: str, what: bids_client.Decree, bidder_id: str | None, key: str
    ) -> bids_client.Bidding:
        """Have the house's decision carried out; what had its effect before is done."""
        with self._commanding():
            bidding = self._bidding_of(auction_id)
            if bidding.status == _AFTER.get(what):
                return bidding
            if not bidding.can(what):
                raise CommandRefused("ended")
            bidder = self._me(bidder_id) if bidder_id else None
            return self._client.decree(bidding, what, key, bidder=bidder)

    def answer_offer(self, url: str, key: str, *, accept: bool) -> bids_client.Offer:
        """Accept or decline an offer on behalf of its bidder."""
        with self._commanding():
            offer = self._client.offer(url)
            if offer.status == ("accepted" if accept else "declined"):
                return offer  # sent before, and its answer was lost
            return self._client.accept(offer, key) if accept else self._client.decline(offer, key)

    def simulate(
        self, terms: Mapping[str, Any], steps: Sequence[bids_client.Step]
    ) -> list[bids_client.PlayedStep]:
        """How an auction under these terms would play out. Raises BidsUnavailable, at once while
        bids_service is known not to answer."""
        if bids_silent_since(self._store) is not None:
            raise BidsUnavailable(RETRY_AFTER_S)
        try:
            return self._client.simulate(terms, steps)
        except bids_client.BidsUnavailable as error:
            note_silence(self._store, error)
            raise BidsUnavailable(RETRY_AFTER_S) from error
        except bids_client.BidsError as error:
            log.warning("no example for these terms", error=str(error))
            raise BidsUnavailable(RETRY_AFTER_S) from error

    def own_bids(self, customer_id: str, *, most: int) -> list[bids_client.OwnBid]:
        """A bidder's latest bids with their maxima, newest first. Raises BidsUnavailable."""
        try:
            return list(islice(self._client.bids_of(self._me(customer_id)), most))
        except HttpFailure as error:
            raise BidsUnavailable(RETRY_AFTER_S) from error

    def own_bids_in(self, auction_id: str, bidder_id: str) -> list[bids_client.OwnBid]:
        """The bidder's bids in an auction, among the latest 500 of all. Asked each time: a maximum
        is never stored here. Raises BidsUnavailable."""
        here = self._urls.auction(auction_id)
        return [bid for bid in self.own_bids(bidder_id, most=LOOK_BACK) if bid.auction == here]

    def bidding(self, url: str) -> bids_client.Bidding:
        """The bidding at a URL."""
        with _reading():
            return self._client.bidding(url)

    def bidding_of(self, auction_url: str) -> bids_client.Bidding:
        """The bidding of the auction at a URL."""
        with _reading():
            return self._client.bidding_of(auction_url)

    def bid(self, url: str) -> bids_client.Bid:
        """The bid at a URL."""
        with _reading():
            return self._client.bid(url)

    def bids(self, bidding: bids_client.Bidding) -> list[bids_client.Bid]:
        """All public bids of a bidding, newest first."""
        with _reading():
            return list(self._client.bids(bidding))

    def offer(self, url: str) -> bids_client.Offer:
        """The offer at a URL."""
        with _reading():
            return self._client.offer(url)

    def _me(self, customer_id: str) -> str:
        return self._urls.customer(customer_id)

    def _bidding_of(self, auction_id: str) -> bids_client.Bidding:
        return self._client.bidding_of(self._urls.auction(auction_id))

    @contextmanager
    def _commanding(self) -> Iterator[None]:
        try:
            yield
        except bids_client.BidRefused as refusal:
            raise CommandRefused(refusal.reason, refusal.minimum) from refusal
        except bids_client.NotFound as refusal:
            raise CommandRefused("unknown_auction") from refusal  # listed a moment ago, say
        except bids_client.NotPossible as refusal:
            raise CommandRefused("not_possible") from refusal
        except bids_client.BidsError as error:
            note_silence(self._store, error)
            raise BidsUnavailable(_retry_after_s(error)) from error
        note_answer(self._store)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except bids_client.NotFound as error:
        raise NotFound(str(error)) from error
    except bids_client.BidsError as error:
        raise (NotFound if _is_no_url_of_theirs(error) else FetchFailed)(str(error)) from error


def _is_no_url_of_theirs(error: bids_client.BidsError) -> bool:
    """Whether asking there again never helps: another host, or an address that no request has."""
    if isinstance(error, bids_client.CallRefused):
        return error.status == 400
    return isinstance(error.__cause__, UnknownOrigin)


def _retry_after_s(error: bids_client.BidsError) -> int:
    waits = error.retry_after_s if isinstance(error, bids_client.BidsUnavailable) else None
    return waits or RETRY_AFTER_S
