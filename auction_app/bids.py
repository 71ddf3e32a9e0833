"""The seam to bids_service: what this app asks of it, and how its answers read here."""

from collections.abc import Iterable
from typing import Protocol

import bids_client
from service_kit.money import Money


class Bids(Protocol):
    """The calls that the app makes: `bids_client.BidsClient`, or what tests bring.

    Every call blocks until its deadline at most and raises HttpFailure when there is no usable
    answer; placing raises BidRefused for an answer that says no.
    """

    def place(
        self, auction_url: str, bidder_url: str, maximum: Money, idempotency_key: str
    ) -> bids_client.Bid:
        """Place a bid; the same key gives the same answer again."""

    def bidding(self, url: str) -> bids_client.Bidding:
        """The bidding at a URL."""

    def bidding_of(self, auction_url: str) -> bids_client.Bidding:
        """The bidding of an auction."""

    def bid(self, url: str) -> bids_client.Bid:
        """The bid at a URL."""

    def bids(self, bidding: bids_client.Bidding) -> Iterable[bids_client.Bid]:
        """All bids of a bidding, newest first."""

    def bids_of(self, bidder_url: str) -> Iterable[bids_client.Bid]:
        """A bidder's own bids with their maxima, newest first."""
