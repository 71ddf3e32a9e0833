"""The bid book of one auction as it stands after some commands (docs/bidding.md)."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from bids_service.engine.terms import Terms


class Outcome(StrEnum):
    """How a closed bidding ended."""

    SOLD = "sold"
    RESERVE_NOT_MET = "unsold_reserve_not_met"
    NO_BIDS = "unsold_no_bids"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """What a bid was worth at the moment it was taken."""

    LEADING = "leading"
    OUTBID = "outbid"
    RAISED = "raised"
    """The leader raised the own maximum and nothing public changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBid:
    """An accepted bid, as it was when it was taken. `price` is the public price right after it."""

    sequence: int
    bidder: str
    maximum: int = field(repr=False)
    placed_at_ms: int
    standing: Standing
    price: int
    outbid: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether others may learn that it was placed (B8)."""
        return self.standing is not Standing.RAISED


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Who leads at which public price; `runner_up_maximum` is the highest of anybody else."""

    bidder: str
    maximum: int = field(repr=False)
    runner_up_maximum: int | None = field(default=None, repr=False)
    price: int
    reserve_met: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidding:
    """Everything the next bid needs, so that it costs the same after 10 bids as after 100 000.

    `bid_count` counts the public bids, `sequence` all of them; `version` counts public changes.
    `given_back_ms` is by how much freezes moved the end, `barred` who may not bid here (B17, B18).
    """

    terms: Terms
    ends_at_ms: int
    lead: Lead | None = None
    buy_now_available: bool = False
    bid_count: int = 0
    sequence: int = 0
    version: int = 1
    outcome: Outcome | None = None
    closed_at_ms: int | None = None
    frozen_at_ms: int | None = None
    given_back_ms: int = 0
    barred: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def is_closed(self) -> bool:
        return self.outcome is not None

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at_ms is not None

    @property
    def hard_end_at_ms(self) -> int | None:
        """The end that no bid moves, later by what freezes took of the time (B12, B17)."""
        hard_end_at_ms = self.terms.hard_end_at_ms
        return None if hard_end_at_ms is None else hard_end_at_ms + self.given_back_ms

    @property
    def leader(self) -> str | None:
        return self.lead.bidder if self.lead else None

    @property
    def price(self) -> int | None:
        return self.lead.price if self.lead else None

    @property
    def reserve_met(self) -> bool:
        return self.lead is not None and self.lead.reserve_met

    @property
    def minimum(self) -> int:
        """The least the next bid must be: the start price, then price + increment (B3)."""
        if self.lead is None:
            return self.terms.start_price
        return self.terms.increments.above(self.lead.price)


def open_bidding(terms: Terms) -> Bidding:
    """A bidding nobody has bid in."""
    return Bidding(
        terms=terms, ends_at_ms=terms.ends_at_ms, buy_now_available=terms.buy_now is not None
    )


def versioned(before: Bidding, after: Bidding) -> Bidding:
    """The state after a command, its version one higher when the public can see a difference."""
    if _public_face(before) == _public_face(after):
        return after
    return replace(after, version=before.version + 1)


def _public_face(bidding: Bidding) -> tuple[object, ...]:
    return (
        bidding.leader,
        bidding.price,
        bidding.reserve_met,
        bidding.buy_now_available,
        bidding.bid_count,
        bidding.ends_at_ms,
        bidding.outcome,
        bidding.frozen_at_ms,
    )
