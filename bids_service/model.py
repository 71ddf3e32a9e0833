"""Biddings, bids and offers as they are stored: the engine's, each under an id of its own."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bids_service.audit.commitments import mask
from bids_service.audit.record import Tip
from bids_service.engine.bidding import Bidding, PlacedBid
from bids_service.engine.book import Command
from bids_service.engine.decision import Decision
from bids_service.engine.offer import Offer

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBidding:
    """`auction` is the URL of the auction that the bidding belongs to, `tip` ends its record."""

    id: int
    auction: str
    bidding: Bidding
    mask_key: str = field(repr=False)
    tip: Tip

    @property
    def masked_leader(self) -> str | None:
        """What the public may call the leader."""
        leader = self.bidding.leader
        return mask(self.mask_key, leader) if leader is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBid:
    """A bid with what never changes of its auction.

    `receipt` is the hash of its entry in the record, `salt` opens the commitment there.
    """

    id: int
    bidding_id: int
    auction: str
    seller: str
    currency: str
    bid: PlacedBid
    mask_key: str = field(repr=False)
    receipt: str
    salt: str = field(repr=False)

    @property
    def masked_bidder(self) -> str:
        """What the public may call the bidder."""
        return mask(self.mask_key, self.bid.bidder)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBid:
    """A bid for its bidder's eyes, with what decides whether it can still be taken back."""

    stored: StoredBid
    ends_at_ms: int
    is_closed: bool
    is_frozen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOffer:
    """A second chance with what never changes of its auction."""

    id: int
    bidding_id: int
    auction: str
    seller: str
    currency: str
    offer: Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a command came to at `at_ms`.

    `stored` is the bidding after it, `bid` what it placed, `offer` what it made or ended.
    """

    stored: StoredBidding
    decision: Decision
    at_ms: int
    bid: StoredBid | None = None
    offer: StoredOffer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An idempotency key: whose it is, and the digest of the request that it came with."""

    client: str
    key: str
    fingerprint: str

    @property
    def id(self) -> tuple[str, str]:
        """What tells keys apart."""
        return self.client, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRequest:
    """A command on the auction at a URL, the key it must have its effect under, and the trace that
    it came in."""

    auction: str
    command: Command
    key: Key
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedCommand:
    """A command of `client` that was answered 202: its answer so far, all None while it waits."""

    id: int
    client: str
    accepted_at_ms: int
    status: int | None
    body: str | None
    location: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, and the cursor of the next page; None on the last one."""

    items: tuple[T, ...]
    cursor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedAuction:
    """An auction that the bus told of and whose terms are still to be fetched."""

    url: str
    failures: int
