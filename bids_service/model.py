"""Biddings and bids as they are kept: the engine's, each under an id of its own."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from bids_service.engine.bidding import Bidding, PlacedBid
from bids_service.engine.decision import Decision

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBidding:
    """`auction` is the URL of the auction that the bidding belongs to."""

    id: int
    auction: str
    bidding: Bidding


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBid:
    """A bid with what never changes of its auction."""

    id: int
    bidding_id: int
    auction: str
    seller: str
    currency: str
    bid: PlacedBid


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a command came to at `at_ms`: `kept` is the bidding after it, `bid` what it placed."""

    kept: KeptBidding
    decision: Decision
    at_ms: int
    bid: KeptBid | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An idempotency key: whose it is, and the digest of the request that it came with."""

    client: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, newest first, and where the next page begins; None on the last one."""

    items: tuple[T, ...]
    next_before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedAuction:
    """An auction that the bus told of and whose terms are still to be fetched."""

    url: str
    failures: int
