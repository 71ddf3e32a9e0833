"""Biddings and bids as HAL. No maximum and no reserve gets in here, but for the bidder's own."""

from enum import StrEnum
from typing import Any

from service_kit.hal import link, resource
from service_kit.money import Money

from bids_service.engine.admission import why_not_open
from bids_service.engine.bidding import Bidding, Outcome
from bids_service.engine.decision import Reason
from bids_service.model import KeptBid, KeptBidding, Page
from bids_service.urls import Urls

Json = dict[str, Any]


class Phase(StrEnum):
    """Where a bidding is in its life; `ended` ones wait for the closer."""

    SCHEDULED = "scheduled"
    OPEN = "open"
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
        case _:
            return Phase.ENDED


def bidding_resource(kept: KeptBidding, now_ms: int, urls: Urls) -> Json:
    """A bidding as it is now; what isn't possible now has no link."""
    bidding, terms = kept.bidding, kept.bidding.terms
    phase = phase_of(bidding, now_ms)
    state = {
        # Until the closer has been, its outcome isn't known: to others it is still open.
        "status": Phase.OPEN if phase is Phase.ENDED else phase,
        "outcome": _outcome_word(bidding),
        "currency": terms.currency,
        "start_price": money(terms.start_price, terms.currency),
        "price": None if bidding.price is None else money(bidding.price, terms.currency),
        "bid_count": bidding.bid_count,
        "reserve": _reserve_word(bidding),
        "starts_at_ms": terms.starts_at_ms,
        "ends_at_ms": bidding.ends_at_ms,
        "closed_at_ms": bidding.closed_at_ms,
        "version": bidding.version,
        "server_time_ms": now_ms,
    }
    if phase is Phase.OPEN:
        state["minimum"] = money(bidding.minimum, terms.currency)
    links = {
        "self": link(urls.bidding(kept.id)),
        "auction": link(kept.auction),
        "seller": link(terms.seller),
        "leader": link(bidding.leader) if bidding.leader else None,
        "bids": link(urls.bids_of(kept.id)),
        "place-bid": link(urls.bids) if phase is Phase.OPEN else None,
    }
    return resource(state, links)


def bidding_etag(kept: KeptBidding, now_ms: int) -> str:
    """Changes when anything but the server's time does; to be used as a weak validator."""
    return f"{kept.bidding.version}-{phase_of(kept.bidding, now_ms)}"


def bid_resource(kept: KeptBid, urls: Urls, *, embedded: Json | None = None) -> Json:
    """A bid as it was when it was taken."""
    return resource(_bid_state(kept), _bid_links(kept, urls), embedded)


def own_bid_resource(kept: KeptBid, urls: Urls) -> Json:
    """A bid with its maximum: for its bidder's eyes only."""
    state = _bid_state(kept) | {"maximum": money(kept.bid.maximum, kept.currency)}
    return resource(state, _bid_links(kept, urls))


def page_resource(items: list[Json], self_url: str, next_url: str | None) -> Json:
    """A page of bids."""
    links = {"self": link(self_url), "next": link(next_url) if next_url else None}
    return resource({}, links, {"bids": items})


def next_url(page: Page[KeptBid], first_url: str) -> str | None:
    """Where the next page is, given the URL of the first."""
    if page.next_before is None:
        return None
    return f"{first_url}{'&' if '?' in first_url else '?'}before={page.next_before}"


def money(amount_minor: int, currency: str) -> dict[str, str]:
    """An amount on the wire."""
    return Money(amount_minor, currency).to_wire()


def _bid_state(kept: KeptBid) -> Json:
    return {
        "outcome": kept.bid.standing,
        "price": money(kept.bid.price, kept.currency),
        "placed_at_ms": kept.bid.placed_at_ms,
        "sequence": kept.bid.sequence,
    }


def _bid_links(kept: KeptBid, urls: Urls) -> Json:
    return {
        "self": link(urls.bid(kept.id)),
        "bidding": link(urls.bidding(kept.bidding_id)),
        "auction": link(kept.auction),
        "seller": link(kept.seller),
        "bidder": link(kept.bid.bidder),
        "outbid": link(kept.bid.outbid) if kept.bid.outbid else None,
    }


def _outcome_word(bidding: Bidding) -> str | None:
    if bidding.outcome is None:
        return None
    return "sold" if bidding.outcome is Outcome.SOLD else "unsold"


def _reserve_word(bidding: Bidding) -> str:
    if bidding.terms.reserve is None:
        return "none"
    return "met" if bidding.reserve_met else "not_met"
