"""The seam to bids_service: what this app asks of it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import bids_client
from service_kit.money import Money


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

    def offer_second_chance(
        self, bidding: bids_client.Bidding, seller: str, bidder: str, idempotency_key: str
    ) -> bids_client.Offer:
        """Offer the item to a bidder who didn't get it."""

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

    def simulate(
        self, terms: Mapping[str, Any], steps: Iterable[bids_client.Step]
    ) -> list[bids_client.PlayedStep]:
        """How an auction under these terms would play out; nothing of it is stored."""

    def bids_of(self, bidder: str) -> Iterator[bids_client.OwnBid]:
        """A bidder's own bids with their maxima, newest first."""
