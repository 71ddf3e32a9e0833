"""Rows as the model's objects and back."""

from functools import lru_cache
from typing import Any

import msgspec

from bids_service.audit.record import Recorded, Tip
from bids_service.engine.bidding import Bidding, Lead, Outcome, PlacedBid, Standing
from bids_service.engine.offer import Offer, OfferStatus
from bids_service.engine.terms import Terms
from bids_service.model import AcceptedCommand, OwnBid, StoredBid, StoredBidding, StoredOffer

_read_terms = msgspec.json.Decoder(Terms).decode
"""Made here: what msgspec learns of a dataclass at its first use is half known to another thread
that uses it at that moment, which ends the process."""


def terms_text(terms: Terms) -> str:
    """The terms as JSON."""
    return msgspec.json.encode(terms).decode()


@lru_cache(maxsize=4096)
def terms_from(text: str) -> Terms:
    """The terms back. They never change, so a hot auction's are decoded once."""
    return _read_terms(text)


def bidding_from(row: Any) -> StoredBidding:
    """A row of `biddings`."""
    bidding = Bidding(
        terms=terms_from(row.terms),
        ends_at_ms=row.ends_at_ms,
        lead=_lead_from(row) if row.leader is not None else None,
        buy_now_available=row.buy_now_available,
        bid_count=row.bid_count,
        sequence=row.sequence,
        version=row.version,
        outcome=Outcome(row.outcome) if row.outcome is not None else None,
        closed_at_ms=row.closed_at_ms,
        frozen_at_ms=row.frozen_at_ms,
        given_back_ms=row.given_back_ms,
        barred=_barred_from(row.barred) if row.barred is not None else frozenset(),
    )
    return StoredBidding(
        id=row.id,
        auction=row.auction,
        bidding=bidding,
        mask_key=row.mask_key,
        tip=Tip(row.record_length, row.record_hash),
    )


def bidding_columns(bidding: Bidding, tip: Tip) -> dict[str, Any]:
    """The columns that a command may change."""
    lead = bidding.lead
    return {
        "ends_at_ms": bidding.ends_at_ms,
        "leader": lead.bidder if lead else None,
        "leader_maximum": lead.maximum if lead else None,
        "runner_up_maximum": lead.runner_up_maximum if lead else None,
        "price": lead.price if lead else None,
        "reserve_met": bidding.reserve_met,
        "buy_now_available": bidding.buy_now_available,
        "bid_count": bidding.bid_count,
        "sequence": bidding.sequence,
        "version": bidding.version,
        "outcome": bidding.outcome,
        "closed_at_ms": bidding.closed_at_ms,
        "frozen_at_ms": bidding.frozen_at_ms,
        "given_back_ms": bidding.given_back_ms,
        "barred": _barred_text(bidding.barred) if bidding.barred else None,
        "record_length": tip.length,
        "record_hash": tip.hash,
    }


def placed_from(row: Any) -> PlacedBid:
    """A row of `bids`, without its auction."""
    return PlacedBid(
        sequence=row.sequence,
        bidder=row.bidder,
        maximum=row.maximum,
        placed_at_ms=row.placed_at_ms,
        standing=Standing(row.standing),
        price=row.price,
        outbid=row.outbid,
    )


def bid_columns(bidding_id: int, bid: PlacedBid, entry: Recorded) -> dict[str, Any]:
    """What is stored of a bid."""
    return {
        "bidding_id": bidding_id,
        "sequence": bid.sequence,
        "bidder": bid.bidder,
        "maximum": bid.maximum,
        "placed_at_ms": bid.placed_at_ms,
        "standing": bid.standing,
        "price": bid.price,
        "outbid": bid.outbid,
        "receipt": entry.hash,
        "salt": entry.salt,
    }


def bid_from(row: Any) -> StoredBid:
    """A row of `bids` joined with `auction`, `terms` and `mask_key` of its bidding."""
    terms = terms_from(row.terms)
    return StoredBid(
        id=row.id,
        bidding_id=row.bidding_id,
        auction=row.auction,
        seller=terms.seller,
        currency=terms.currency,
        bid=placed_from(row),
        mask_key=row.mask_key,
        receipt=row.receipt,
        salt=row.salt,
    )


def bid_of(stored: StoredBidding, row: Any) -> StoredBid:
    """A row of `bids` by itself, of a bidding that is known."""
    return _bid_of(stored, row.id, placed_from(row), receipt=row.receipt, salt=row.salt)


def own_bid_from(row: Any) -> OwnBid:
    """The same, joined with `ends_at_ms`, `outcome` and `frozen_at_ms` as well."""
    return OwnBid(
        stored=bid_from(row),
        ends_at_ms=row.ends_at_ms,
        is_closed=row.outcome is not None,
        is_frozen=row.frozen_at_ms is not None,
    )


def new_bid(stored: StoredBidding, bid_id: int, bid: PlacedBid, entry: Recorded) -> StoredBid:
    """A bid that was just written, under the id it got."""
    assert entry.salt is not None
    return _bid_of(stored, bid_id, bid, receipt=entry.hash, salt=entry.salt)


def record_columns(bidding_id: int, entry: Recorded) -> dict[str, Any]:
    """What is stored of an entry of the record."""
    return {
        "bidding_id": bidding_id,
        "number": entry.number,
        "at_ms": entry.at_ms,
        "text": entry.text,
        "hash": entry.hash,
        "party": entry.party,
        "salt": entry.salt,
    }


def recorded_from(row: Any) -> Recorded:
    """A row of `record`."""
    return Recorded(
        number=row.number,
        text=row.text,
        hash=row.hash,
        at_ms=row.at_ms,
        party=row.party,
        salt=row.salt,
    )


def offer_columns(bidding_id: int, offer: Offer) -> dict[str, Any]:
    """What is stored of an offer."""
    return {
        "bidding_id": bidding_id,
        "number": offer.number,
        "bidder": offer.bidder,
        "price": offer.price,
        "expires_at_ms": offer.expires_at_ms,
        "status": offer.status,
    }


def offer_from(row: Any) -> Offer:
    """A row of `offers`, without its auction."""
    return Offer(
        number=row.number,
        bidder=row.bidder,
        price=row.price,
        expires_at_ms=row.expires_at_ms,
        status=OfferStatus(row.status),
    )


def stored_offer(
    offer_id: int, bidding_id: int, auction: str, terms: Terms, it: Offer
) -> StoredOffer:
    """An offer under the id it is stored by."""
    return StoredOffer(
        id=offer_id,
        bidding_id=bidding_id,
        auction=auction,
        seller=terms.seller,
        currency=terms.currency,
        offer=it,
    )


def accepted_from(row: Any) -> AcceptedCommand:
    """A row of `waiting_commands`, but for what the command was."""
    return AcceptedCommand(
        id=row.id,
        client=row.client,
        accepted_at_ms=row.accepted_at_ms,
        status=row.status,
        body=row.body,
        location=row.location,
    )


@lru_cache(maxsize=1024)
def _barred_from(text: str) -> frozenset[str]:
    return msgspec.json.decode(text, type=frozenset[str])


def _barred_text(barred: frozenset[str]) -> str:
    return msgspec.json.encode(sorted(barred)).decode()


def _bid_of(
    stored: StoredBidding, bid_id: int, bid: PlacedBid, *, receipt: str, salt: str
) -> StoredBid:
    return StoredBid(
        id=bid_id,
        bidding_id=stored.id,
        auction=stored.auction,
        seller=stored.bidding.terms.seller,
        currency=stored.bidding.terms.currency,
        bid=bid,
        mask_key=stored.mask_key,
        receipt=receipt,
        salt=salt,
    )


def _lead_from(row: Any) -> Lead:
    return Lead(
        bidder=row.leader,
        maximum=row.leader_maximum,
        runner_up_maximum=row.runner_up_maximum,
        price=row.price,
        reserve_met=row.reserve_met,
    )
