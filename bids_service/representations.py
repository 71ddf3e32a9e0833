"""Biddings, bids and offers as HAL. No maximum gets in but the bidder's own, and no reserve."""

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from service_kit.hal import link, resource
from service_kit.money import Money

from bids_service.audit.commitments import mask
from bids_service.audit.record import Recorded
from bids_service.engine.bidding import Bidding, Outcome
from bids_service.engine.decision import Reason
from bids_service.engine.eligibility import why_not_open
from bids_service.engine.offer import OfferStatus
from bids_service.engine.retract import retractable_at
from bids_service.model import AcceptedCommand, OwnBid, StoredBid, StoredBidding, StoredOffer
from bids_service.urls import Urls

Json = dict[str, Any]


class Phase(StrEnum):
    """Where a bidding is in its life; `ended` ones wait for the closer."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    FROZEN = "frozen"
    ENDED = "ended"
    CLOSED = "closed"


def phase_of(bidding: Bidding, now_ms: int) -> Phase:
    """What time and outcome make of a bidding."""
    if bidding.is_closed:
        return Phase.CLOSED
    match why_not_open(bidding, now_ms):
        case None:
            return Phase.OPEN
        case Reason.NOT_STARTED:
            return Phase.SCHEDULED
        case Reason.FROZEN:
            return Phase.FROZEN
        case _:
            return Phase.ENDED


def bidding_resource(stored: StoredBidding, now_ms: int, urls: Urls, *, named: bool = True) -> Json:
    """A bidding as it is now; what isn't possible now has no link.

    Only `named` tells who is who and what can be commanded: the public sees masks.
    """
    phase = phase_of(stored.bidding, now_ms)
    links = {
        "self": link(urls.bidding(stored.id)),
        "auction": link(stored.auction),
        "seller": link(stored.bidding.terms.seller),
        "bids": link(urls.bids_of(stored.id)),
        "history": link(urls.history_of(stored.id)) if phase is Phase.CLOSED else None,
    }
    if named:
        links |= _named_links(stored, phase, urls)
    return resource(_bidding_state(stored, phase, now_ms), links)


def bidding_etag(stored: StoredBidding, now_ms: int, *, named: bool) -> str:
    """Changes when anything but the server's time does; to be used as a weak validator."""
    phase = phase_of(stored.bidding, now_ms)
    return f"{stored.bidding.version}-{phase}{'' if named else '-public'}"


def bid_resource(stored: StoredBid, urls: Urls, *, embedded: Json | None = None) -> Json:
    """A bid as it was when it was taken."""
    return resource(_bid_state(stored), _bid_links(stored, urls), embedded)


def public_bid_resource(stored: StoredBid, urls: Urls) -> Json:
    """A bid for everybody: masked, and without what would tell of the silent raises around it."""
    state = _bid_state(stored)
    del state["sequence"]
    return resource(state, {"bidding": link(urls.bidding(stored.bidding_id))})


def own_bid_resource(own: OwnBid, now_ms: int, urls: Urls) -> Json:
    """A bid with its maximum, and what opens the commitment to it: for its bidder's eyes only."""
    stored = own.stored
    state = _bid_state(stored) | {
        "maximum": money(stored.bid.maximum, stored.currency),
        "salt": stored.salt,
    }
    in_time = own.is_frozen or retractable_at(own.ends_at_ms, stored.bid.placed_at_ms, now_ms)
    can_retract = in_time and not own.is_closed
    retract = link(urls.retractions_of(stored.bidding_id)) if can_retract else None
    return resource(state, _bid_links(stored, urls) | {"retract": retract})


def offer_resource(stored: StoredOffer, now_ms: int, urls: Urls) -> Json:
    """A second chance, for the service's own programs: its price is for two people's eyes."""
    offer = stored.offer
    is_open = offer.is_open(now_ms)
    # Until the sweep has been, an offer that nobody can answer any more is over all the same.
    over = offer.status is OfferStatus.OPEN and not is_open
    state = {
        "price": money(offer.price, stored.currency),
        "status": OfferStatus.EXPIRED if over else offer.status,
        "expires_at_ms": offer.expires_at_ms,
    }
    links = {
        "self": link(urls.offer(stored.id)),
        "bidding": link(urls.bidding(stored.bidding_id)),
        "auction": link(stored.auction),
        "seller": link(stored.seller),
        "bidder": link(offer.bidder),
        "accept": link(urls.acceptance_of(stored.id)) if is_open else None,
        "decline": link(urls.refusal_of(stored.id)) if is_open else None,
    }
    return resource(state, links)


def shown_price_resource(stored: StoredBidding, bidder: str, price: int) -> Json:
    """At what the item can be offered to a bidder, whom the public knows by the mask."""
    state = {
        "masked_bidder": mask(stored.mask_key, bidder),
        "price": money(price, stored.bidding.terms.currency),
    }
    return resource(state, {"bidder": link(bidder)})


def outcome_resource(accepted: AcceptedCommand, urls: Urls) -> Json:
    """What became of a command that was answered 202: nothing yet, or the answer it got."""
    state: Json = {"status": "waiting", "accepted_at_ms": accepted.accepted_at_ms}
    if accepted.body is not None:
        state["status"] = "done"
        state["answer"] = {
            "status": accepted.status,
            "location": accepted.location,
            "body": json.loads(accepted.body),
        }
    return resource(state, {"self": link(urls.command(accepted.id))})


def entries_resource(entries: Sequence[Recorded]) -> list[Json]:
    """Entries of a record, each beside its hash."""
    return [{"hash": one.hash, "entry": json.loads(one.text)} for one in entries]


def money(amount_minor: int, currency: str) -> dict[str, str]:
    """An amount on the wire."""
    return Money(amount_minor, currency).to_wire()


def outcome_word(bidding: Bidding) -> str | None:
    """`sold`, `unsold`, or None before the close."""
    if bidding.outcome is None:
        return None
    return "sold" if bidding.outcome is Outcome.SOLD else "unsold"


def reserve_word(bidding: Bidding) -> str:
    """All that anybody but the seller may know of a reserve (docs/bidding.md B9)."""
    if bidding.terms.reserve is None:
        return "none"
    return "met" if bidding.reserve_met else "not_met"


def _bidding_state(stored: StoredBidding, phase: Phase, now_ms: int) -> Json:
    bidding, terms = stored.bidding, stored.bidding.terms
    state = {
        # Until the closer has been, its outcome isn't known: to others it is still open.
        "status": Phase.OPEN if phase is Phase.ENDED else phase,
        "outcome": outcome_word(bidding),
        "currency": terms.currency,
        "start_price": money(terms.start_price, terms.currency),
        "price": None if bidding.price is None else money(bidding.price, terms.currency),
        "masked_leader": stored.masked_leader,
        "bid_count": bidding.bid_count,
        "reserve": reserve_word(bidding),
        "starts_at_ms": terms.starts_at_ms,
        "ends_at_ms": bidding.ends_at_ms,
        "closed_at_ms": bidding.closed_at_ms,
        "frozen_at_ms": bidding.frozen_at_ms,
        "version": bidding.version,
        "server_time_ms": now_ms,
    }
    if phase is Phase.OPEN:
        state["minimum"] = money(bidding.minimum, terms.currency)
        if bidding.buy_now_available and terms.buy_now is not None:
            state["buy_now"] = money(terms.buy_now, terms.currency)
    return state


def _named_links(stored: StoredBidding, phase: Phase, urls: Urls) -> Json:
    bidding = stored.bidding
    is_open = phase is Phase.OPEN
    goes_on = phase in {Phase.SCHEDULED, Phase.OPEN}
    can_change = goes_on or phase is Phase.FROZEN
    can_offer = phase is Phase.CLOSED and bidding.bid_count > 0
    possible = {
        "place-bid": (is_open, urls.placing),
        "buy-now": (is_open and bidding.buy_now_available, urls.purchase_of(stored.id)),
        "retract": (
            phase in {Phase.OPEN, Phase.FROZEN} and bidding.bid_count > 0,
            urls.retractions_of(stored.id),
        ),
        "cancel": (goes_on, urls.cancellation_of(stored.id)),
        "offer": (can_offer, urls.offers_of(stored.id)),
        "shown-prices": (can_offer, urls.shown_prices_of(stored.id)),
        "freeze": (goes_on, urls.freeze_of(stored.id)),
        "resume": (phase is Phase.FROZEN, urls.resumption_of(stored.id)),
        "end": (can_change, urls.end_of(stored.id)),
        "bar": (can_change, urls.bars_of(stored.id)),
        "unbar": (can_change, urls.unbars_of(stored.id)),
    }
    links = {relation: link(url) for relation, (now, url) in possible.items() if now}
    return links | ({"leader": link(bidding.leader)} if bidding.leader else {})


def _bid_state(stored: StoredBid) -> Json:
    return {
        "outcome": stored.bid.standing,
        "price": money(stored.bid.price, stored.currency),
        "placed_at_ms": stored.bid.placed_at_ms,
        "sequence": stored.bid.sequence,
        "masked_bidder": stored.masked_bidder,
        "receipt": stored.receipt,
    }


def _bid_links(stored: StoredBid, urls: Urls) -> Json:
    return {
        "self": link(urls.bid(stored.id)),
        "bidding": link(urls.bidding(stored.bidding_id)),
        "auction": link(stored.auction),
        "seller": link(stored.seller),
        "bidder": link(stored.bid.bidder),
        "outbid": link(stored.bid.outbid) if stored.bid.outbid else None,
    }
