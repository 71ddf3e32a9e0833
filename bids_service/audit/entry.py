"""One accepted command as it is written down: what anybody may read once the bidding is closed."""

import hashlib
from typing import Literal

import msgspec

from bids_service.engine.bidding import Bidding, Outcome, Standing

CommandName = Literal[
    "open",
    "bid",
    "retract",
    "buy_now",
    "close",
    "cancel",
    "second_chance",
    "accept_offer",
    "decline_offer",
    "expire_offer",
    "freeze",
    "resume",
    "end",
    "bar",
    "unbar",
]
BEGINNING = "0" * 64
"""What the first entry names as the one before it."""


class PublicSoftClose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A late bid moves the end (docs/bidding.md B12); how, where houses differ."""

    window_ms: int
    extension_ms: int
    extension: Literal["from_bid"] = "from_bid"
    trigger: Literal["change"] = "change"


class PublicRuleset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which rules the auction was held, where houses differ (docs/bidding.md)."""

    reserve: Literal["jump_if_max_meets"] = "jump_if_max_meets"
    self_raise: Literal["no_price_change"] = "no_price_change"
    buy_now_restores: bool = False


class PublicTerms(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """The terms that the auction was announced with; `reserve` is a commitment to it."""

    auction: str
    seller: str
    currency: str
    start_price: int
    increments: tuple[tuple[int, int], ...]
    starts_at_ms: int
    ends_at_ms: int
    ruleset: PublicRuleset
    reserve: str | None = None
    buy_now: int | None = None
    soft_close: PublicSoftClose | None = None
    hard_end_at_ms: int | None = None


class PublicState(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What a command left for all to see; `leader` is masked, amounts are minor units."""

    ends_at_ms: int
    bid_count: int = 0
    price: int | None = None
    leader: str | None = None
    reserve_met: bool = False
    buy_now_available: bool = False
    outcome: Outcome | None = None
    frozen_at_ms: int | None = None


class Entry(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Entry `number` (from 1) of a bidding's record; `previous` is the hash of the one before.

    `by` is the masked bidder concerned; `commitment` is to a bid's maximum or an offer's price;
    `sequence` and `standing` tell of a bid, `retracted` has those taken back, by their bidder or by
    the house (`bar`).
    """

    number: int
    previous: str
    at_ms: int
    command: CommandName
    state: PublicState
    terms: PublicTerms | None = None
    by: str | None = None
    commitment: str | None = None
    sequence: int | None = None
    standing: Standing | None = None
    retracted: tuple[int, ...] = ()
    offer: int | None = None


def canonical(entry: Entry) -> bytes:
    """The bytes that are hashed: JSON by RFC 8785 (sorted keys, no white space), no nulls."""
    return msgspec.json.encode(entry, order="sorted")


def hash_of(text: bytes) -> str:
    """SHA-256 of an entry's canonical bytes, as hex."""
    return hashlib.sha256(text).hexdigest()


def state_of(bidding: Bidding, leader: str | None) -> PublicState:
    """What of a bidding is public, with its leader already masked."""
    return PublicState(
        ends_at_ms=bidding.ends_at_ms,
        bid_count=bidding.bid_count,
        price=bidding.price,
        leader=leader,
        reserve_met=bidding.reserve_met,
        buy_now_available=bidding.buy_now_available,
        outcome=bidding.outcome,
        frozen_at_ms=bidding.frozen_at_ms,
    )
