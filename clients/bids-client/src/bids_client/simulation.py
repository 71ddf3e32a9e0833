"""Steps of a simulated auction, and how the bidding stands after each."""

from dataclasses import dataclass, field
from typing import Any, Literal

from service_kit.money import Money

from bids_client.documents import Document

Deed = Literal["place-bid", "buy-now", "retract", "cancel", "close", "offer"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """What somebody does at a moment in ms. `bidder` is any name; a bid needs a `maximum` too."""

    at_ms: int
    do: Deed
    bidder: str | None = None
    maximum: Money | None = field(default=None, repr=False)

    def to_wire(self) -> dict[str, Any]:
        """As the service reads it."""
        step: dict[str, Any] = {"at_ms": self.at_ms, "do": self.do}
        if self.bidder is not None:
            step["bidder"] = self.bidder
        if self.maximum is not None:
            step["maximum"] = self.maximum.to_wire()
        return step


@dataclass(frozen=True, kw_only=True)
class PlayedStep:
    """What became of a step, and the bidding after it.

    `reason` is the rule's word when it was refused; `happened` are pairs of what happened and to
    whom, in order. `price` and `leader` are None before the first bid, `minimum` once it is closed
    and `buy_now` while nobody can buy at once.
    """

    accepted: bool
    reason: str | None
    happened: tuple[tuple[str, str | None], ...]
    price: Money | None
    leader: str | None
    minimum: Money | None
    buy_now: Money | None
    reserve: Literal["none", "met", "not_met"]
    bid_count: int
    ends_at_ms: int
    outcome: Literal["sold", "unsold"] | None
    offer: Money | None


def played_step_from(document: Document) -> PlayedStep:
    """A played step from its representation."""
    happened = [one.values("kind", "about") for one in document.parts("happened")]
    return PlayedStep(
        happened=tuple((one["kind"], one["about"]) for one in happened),
        price=document.optional_money("price"),
        minimum=document.optional_money("minimum"),
        buy_now=document.optional_money("buy_now"),
        offer=document.optional_money("offer"),
        **document.values(*_STATE),
    )


_STATE = ("accepted", "reason", "leader", "reserve", "bid_count", "ends_at_ms", "outcome")
