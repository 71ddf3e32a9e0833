"""Where the service's own entities are."""

from dataclasses import dataclass

_LONGEST_ID = 18
"""Digits: a number of so many fits into the integers of both databases."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Neither has a trailing slash. Entities are at `public`, what acts on them at `commands`."""

    public: str
    commands: str

    @property
    def root(self) -> str:
        return f"{self.public}/"

    @property
    def biddings(self) -> str:
        return f"{self.public}/biddings"

    @property
    def bids(self) -> str:
        return f"{self.public}/bids"

    @property
    def placing(self) -> str:
        return f"{self.commands}/bids"

    @property
    def events(self) -> str:
        return f"{self.public}/events"

    @property
    def simulations(self) -> str:
        return f"{self.public}/simulations"

    def bidding(self, bidding_id: int) -> str:
        return f"{self.biddings}/{bidding_id}"

    def history_of(self, bidding_id: int) -> str:
        return f"{self.bidding(bidding_id)}/history"

    def shown_prices_of(self, bidding_id: int) -> str:
        return f"{self.bidding(bidding_id)}/shown-prices"

    def purchase_of(self, bidding_id: int) -> str:
        return f"{self.commands}/biddings/{bidding_id}/purchase"

    def retractions_of(self, bidding_id: int) -> str:
        return f"{self.commands}/biddings/{bidding_id}/retractions"

    def cancellation_of(self, bidding_id: int) -> str:
        return f"{self.commands}/biddings/{bidding_id}/cancellation"

    def freeze_of(self, bidding_id: int) -> str:
        return f"{self.commands}/biddings/{bidding_id}/freeze"

    def resumption_of(self, bidding_id: int) -> str:
        return f"{self.commands}/biddings/{bidding_id}/resumption"

    def end_of(self, bidding_id: int) -> str:
        return f"{self.commands}/biddings/{bidding_id}/end"

    def bars_of(self, bidding_id: int) -> str:
        return f"{self.commands}/biddings/{bidding_id}/bars"

    def unbars_of(self, bidding_id: int) -> str:
        return f"{self.commands}/biddings/{bidding_id}/unbars"

    def offers_of(self, bidding_id: int) -> str:
        return f"{self.commands}/biddings/{bidding_id}/offers"

    def offer(self, offer_id: int) -> str:
        return f"{self.public}/offers/{offer_id}"

    def acceptance_of(self, offer_id: int) -> str:
        return f"{self.commands}/offers/{offer_id}/acceptance"

    def refusal_of(self, offer_id: int) -> str:
        return f"{self.commands}/offers/{offer_id}/refusal"

    def command(self, command_id: int) -> str:
        return f"{self.public}/commands/{command_id}"

    def bids_of(self, bidding_id: int) -> str:
        return f"{self.biddings}/{bidding_id}/bids"

    def bid(self, bid_id: int) -> str:
        return f"{self.bids}/{bid_id}"

    def bid_id(self, url: str) -> int | None:
        """The id of the bid at a URL; None for what is the URL of none."""
        base, _, number = url.rpartition("/")
        if base != self.bids or not number.isascii() or not number.isdigit():
            return None
        bid_id = int(number[:_LONGEST_ID])
        return bid_id if self.bid(bid_id) == url else None
