"""The seller offers the item to a bidder who didn't get it (docs/bidding.md B14)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bids_service.engine.bidding import Bidding, Outcome, PlacedBid
from bids_service.engine.decision import Accepted, BiddingEvent, Decision, Kind, Reason, Refused
from bids_service.engine.offer import Offer, OfferStatus
from bids_service.engine.shown_price import shown_prices

OFFER_DAYS_MS = 60 * 24 * 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondChance:
    """`seller` offers to the bidder `to`, perhaps only at the `price` that the seller was shown,
    in minor units of `currency`."""

    seller: str
    to: str
    price: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer:
    """`bidder` accepts or declines the offer of a number."""

    number: int
    bidder: str
    accept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireOffer:
    """The clock runs out on the offer of a number."""

    number: int


def offer_second_chance(
    bidding: Bidding,
    history: Sequence[PlacedBid],
    offers: Sequence[Offer],
    command: SecondChance,
    now_ms: int,
) -> Decision:
    """Offer at the highest price that the public history shows of that bidder, up to 60 days after
    the close: a maximum stays its bidder's secret (P8)."""
    reason = _why_refused(bidding, offers, command, now_ms)
    if reason is not None:
        return Refused(reason)
    price = shown_prices(bidding.terms, history).get(command.to)
    if price is None:
        return Refused(Reason.NO_BID)
    shown = (command.price, command.currency)
    if shown not in {(None, None), (price, bidding.terms.currency)}:
        return Refused(Reason.PRICE_CHANGED, price=price)
    assert bidding.closed_at_ms is not None
    offer = Offer(
        number=len(offers) + 1,
        bidder=command.to,
        price=price,
        expires_at_ms=bidding.closed_at_ms + OFFER_DAYS_MS,
    )
    offered = BiddingEvent(Kind.SECOND_CHANCE_OFFERED, command.to, offer.price)
    return Accepted(bidding=bidding, events=(offered,), offer=offer)


def end_offer(
    bidding: Bidding, offers: Sequence[Offer], command: AnswerOffer | ExpireOffer, now_ms: int
) -> Decision:
    """Accept or decline in time, or expire. The same end again changes nothing."""
    offer = next((offer for offer in offers if offer.number == command.number), None)
    if offer is None:
        return Refused(Reason.NO_OFFER)
    if isinstance(command, ExpireOffer):
        return _expired(bidding, offer, now_ms)
    return _answered(bidding, offer, command, now_ms)


def _answered(bidding: Bidding, offer: Offer, command: AnswerOffer, now_ms: int) -> Decision:
    if offer.bidder != command.bidder:
        return Refused(Reason.NO_OFFER)
    answer = OfferStatus.ACCEPTED if command.accept else OfferStatus.DECLINED
    if offer.status is answer:
        return Accepted(bidding=bidding, offer=offer)
    if not offer.is_open(now_ms):
        return Refused(Reason.TOO_LATE)
    return _ended(bidding, offer, answer)


def _expired(bidding: Bidding, offer: Offer, now_ms: int) -> Decision:
    if offer.status is not OfferStatus.OPEN:
        return Accepted(bidding=bidding, offer=offer)
    if now_ms < offer.expires_at_ms:
        return Refused(Reason.NOT_DUE)
    return _ended(bidding, offer, OfferStatus.EXPIRED)


def _why_refused(
    bidding: Bidding, offers: Sequence[Offer], command: SecondChance, now_ms: int
) -> Reason | None:
    if command.seller != bidding.terms.seller:
        return Reason.NOT_SELLER
    if bidding.closed_at_ms is None:
        return Reason.NOT_CLOSED
    if now_ms >= bidding.closed_at_ms + OFFER_DAYS_MS:
        return Reason.TOO_LATE
    if bidding.outcome is Outcome.SOLD and bidding.leader == command.to:
        return Reason.WINNER
    return Reason.ALREADY_OFFERED if any(offer.binds(now_ms) for offer in offers) else None


def _ended(bidding: Bidding, offer: Offer, status: OfferStatus) -> Accepted:
    ended = BiddingEvent(Kind.SECOND_CHANCE_ENDED, offer.bidder)
    return Accepted(bidding=bidding, events=(ended,), offer=replace(offer, status=status))
