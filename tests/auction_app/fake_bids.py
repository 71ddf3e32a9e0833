"""bids_service at the seam, in memory: proxy bidding with a flat increment, refusals, outages."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from bids_client import (
    Bid,
    Bidding,
    BidRefused,
    BidsUnavailable,
    Decree,
    NotFound,
    NotPossible,
    Offer,
    OwnBid,
    PlacedBid,
    PlayedStep,
    ShownPrice,
    Step,
)
from service_kit.money import Money

HOST = "http://bids.test"
Outcome = Literal["leading", "outbid", "raised"]


@dataclass
class Book:
    """What the fake knows of one auction."""

    auction_url: str
    seller_url: str
    start: Money
    ends_at_ms: int
    bids: list[OwnBid] = field(default_factory=list)
    leader: str | None = None
    leader_maximum: int = 0
    price: int | None = None
    closed: bool = False
    version: int = 1
    buy_now: Money | None = None
    bought: bool = False
    """At once, a millisecond before the end."""
    cancelled: bool = False
    reserve: Literal["none", "met", "not_met"] = "none"
    frozen: bool = False
    barred: set[str] = field(default_factory=set)


class FakeBids:
    """Open the bidding of an auction with `open`; take the service down with `down = True`."""

    STEP = 100

    def __init__(self) -> None:
        self.books: dict[str, Book] = {}
        self.answers: dict[str, PlacedBid] = {}
        self.offers: dict[str, Offer] = {}
        self.calls: list[str] = []
        self.decreed: list[tuple[str, str, str | None]] = []
        self.down = False
        self.placed_from_ms = 1_000_000
        self.loses_next_answer = False
        self.shown_more_minor = 0

    def open(
        self,
        auction_url: str,
        *,
        seller_url: str = "",
        start: Money,
        ends_at_ms: int,
        buy_now: Money | None = None,
    ) -> None:
        book = Book(auction_url, seller_url, start, ends_at_ms, buy_now=buy_now)
        self.books[auction_url] = book

    def close(self, auction_url: str) -> Bidding:
        book = self.books[auction_url]
        book.closed, book.version = True, book.version + 1
        return self._bidding(book)

    def buy_now(self, bidding: Bidding, bidder: str, idempotency_key: str) -> Bidding:
        self._answer("buy_now")
        book = self._by_url(bidding.url)
        if not bidding.can("buy-now") or book.buy_now is None:
            raise NotPossible("no link")
        book.leader, book.price, book.closed = bidder, book.buy_now.amount_minor, True
        book.bought = True
        book.version += 1
        if self.loses_next_answer:
            self.loses_next_answer = False
            raise BidsUnavailable("reset")
        return self._bidding(book)

    def retract(self, bidding: Bidding, bidder: str, idempotency_key: str) -> Bidding:
        self._answer("retract")
        book = self._by_url(bidding.url)
        if not any(bid.bidder == bidder for bid in book.bids):
            raise BidRefused(409, {"reason": "no_bid"})
        book.bids = [bid for bid in book.bids if bid.bidder != bidder]
        best = max(book.bids, key=lambda bid: bid.maximum.amount_minor, default=None)
        book.leader = best.bidder if best else None
        book.price = book.start.amount_minor if best else None
        book.version += 1
        return self._bidding(book)

    def cancel(
        self,
        bidding: Bidding,
        seller: str,
        idempotency_key: str,
        *,
        only_without_bids: bool = False,
    ) -> Bidding:
        self._answer("cancel")
        book = self._by_url(bidding.url)
        if only_without_bids and book.bids:
            raise BidRefused(409, {"reason": "has_bids"})
        book.closed, book.cancelled, book.version = True, True, book.version + 1
        return self._bidding(book)

    def decree(
        self, bidding: Bidding, what: Decree, idempotency_key: str, *, bidder: str | None = None
    ) -> Bidding:
        self._answer(what)
        self.decreed.append((what, bidding.auction, bidder))
        book = self._by_url(bidding.url)
        book.version += 1
        if what in {"freeze", "resume"}:
            book.frozen = what == "freeze"
        elif what == "end":
            book.closed, book.cancelled = True, True
        elif bidder is not None and what == "bar":
            book.barred.add(bidder)
            self._forget(book, bidder)
        else:
            book.barred.discard(bidder or "")
        return self._bidding(book)

    def _forget(self, book: Book, bidder: str) -> None:
        book.bids = [bid for bid in book.bids if bid.bidder != bidder]
        best = max(book.bids, key=lambda bid: bid.maximum.amount_minor, default=None)
        book.leader = best.bidder if best else None
        book.leader_maximum = best.maximum.amount_minor if best else 0
        book.price = book.start.amount_minor if best else None

    def shown_prices(self, bidding: Bidding) -> list[ShownPrice]:
        self._answer("shown_prices")
        book = self._by_url(bidding.url)
        bidders = {bid.bidder for bid in book.bids}
        return [ShownPrice(bidder=one, price=self._shown_price(book, one)) for one in bidders]

    def _shown_price(self, book: Book, bidder: str) -> Money:
        """Of its own the fake shows what was bid, and adds what a test says it rose by."""
        best = max(bid.maximum.amount_minor for bid in book.bids if bid.bidder == bidder)
        return Money(best + self.shown_more_minor, book.start.currency)

    def offer_second_chance(
        self,
        bidding: Bidding,
        seller: str,
        bidder: str,
        idempotency_key: str,
        *,
        price: Money | None = None,
    ) -> Offer:
        self._answer("offer_second_chance")
        book = self._by_url(bidding.url)
        if not book.closed:
            raise NotPossible("no link")
        shown = self._shown_price(book, bidder)
        if price not in {None, shown}:
            raise BidRefused(409, {"reason": "price_changed", "price": shown.to_wire()})
        offer = Offer(
            url=f"{HOST}/offers/{len(self.offers) + 1}",
            price=shown,
            status="open",
            expires_at_ms=book.ends_at_ms + 60 * 86_400_000,
            bidding_url=bidding.url,
            auction=book.auction_url,
            seller=seller,
            bidder=bidder,
        )
        return self.offers.setdefault(offer.url, offer)

    def offer(self, url: str) -> Offer:
        self._answer("offer")
        return self.offers[url]

    def accept(self, offer: Offer, idempotency_key: str) -> Offer:
        return self._end(offer, "accepted")

    def decline(self, offer: Offer, idempotency_key: str) -> Offer:
        return self._end(offer, "declined")

    def _end(self, offer: Offer, status: Literal["accepted", "declined"]) -> Offer:
        self._answer(status)
        if self.offers[offer.url].status != "open":
            raise NotPossible("no link")
        self.offers[offer.url] = replace(offer, status=status)
        return self.offers[offer.url]

    def place(self, auction: str, bidder: str, maximum: Money, idempotency_key: str) -> PlacedBid:
        self._answer("place")
        if idempotency_key not in self.answers:
            self.answers[idempotency_key] = self._place(auction, bidder, maximum)
        if self.loses_next_answer:
            self.loses_next_answer = False
            raise BidsUnavailable("reset")
        return self.answers[idempotency_key]

    def bidding(self, url: str) -> Bidding:
        self._answer("bidding")
        return self._bidding(self._by_url(url))

    def bidding_of(self, auction_url: str) -> Bidding:
        self._answer("bidding_of")
        if auction_url not in self.books:
            raise NotFound(404, {"title": "No bidding"})
        return self._bidding(self.books[auction_url])

    def bid(self, url: str) -> Bid:
        self._answer("bid")
        return next(
            _public(bid) for book in self.books.values() for bid in book.bids if bid.url == url
        )

    def bids(self, bidding: Bidding) -> Iterator[Bid]:
        self._answer("bids")
        every = reversed(self._by_url(bidding.url).bids)
        return iter([_public(bid) for bid in every if bid.outcome != "raised"])

    def bids_of(self, bidder: str) -> Iterator[OwnBid]:
        self._answer("bids_of")
        every = [bid for book in self.books.values() for bid in book.bids]
        own = [bid for bid in reversed(every) if bid.bidder == bidder]
        closed = {book.auction_url for book in self.books.values() if book.closed}
        return iter([replace(bid, can_retract=bid.auction not in closed) for bid in own])

    def simulate(self, terms: Mapping[str, Any], steps: Iterable[Step]) -> list[PlayedStep]:
        self._answer("simulate")
        start = Money.parse(terms["start_price"])
        book = Book("", "", start, terms["ends_at_ms"])
        return [self._play(book, step) for step in steps]

    def _play(self, book: Book, step: Step) -> PlayedStep:
        if step.do == "place-bid" and step.bidder and step.maximum:
            self._decide(book, step.bidder, step.maximum.amount_minor)
        book.closed = step.do == "close"
        return PlayedStep(
            accepted=True,
            reason=None,
            happened=(),
            price=None if book.price is None else Money(book.price, book.start.currency),
            leader=book.leader,
            minimum=None if book.closed else self._minimum(book),
            buy_now=None,
            reserve="none",
            bid_count=0,
            ends_at_ms=book.ends_at_ms,
            outcome=_outcome(book),
            offer=None,
        )

    def _answer(self, call: str) -> None:
        self.calls.append(call)
        if self.down:
            raise BidsUnavailable("refused")

    def _by_url(self, url: str) -> Book:
        for book in self.books.values():
            if self._bidding(book).url == url:
                return book
        raise NotFound(404, {"title": "No bidding"})

    def _place(self, auction: str, bidder: str, maximum: Money) -> PlacedBid:
        if auction not in self.books:
            raise NotFound(404, {"reason": "unknown_auction"})
        book = self.books[auction]
        minimum = self._minimum(book)
        if book.closed:
            raise BidRefused(409, {"reason": "ended"})
        if book.frozen:
            raise BidRefused(409, {"reason": "frozen"})
        if bidder in book.barred:
            raise BidRefused(409, {"reason": "barred"})
        if bidder == book.seller_url:
            raise BidRefused(409, {"reason": "seller"})
        if maximum.amount_minor < minimum.amount_minor:
            raise BidRefused(409, {"reason": "below_minimum", "minimum": minimum.to_wire()})
        outcome, outbid = self._decide(book, bidder, maximum.amount_minor)
        book.version += 1
        bid = OwnBid(
            url=f"{HOST}/bids/{len(self.answers) + 1}",
            bidding_url=self._bidding(book).url,
            auction=auction,
            seller=book.seller_url,
            bidder=bidder,
            outbid=outbid,
            outcome=outcome,
            price=Money(book.price or 0, book.start.currency),
            placed_at_ms=self.placed_from_ms + len(self.answers),
            sequence=len(book.bids) + 1,
            masked_bidder=_mask(auction, bidder),
            maximum=maximum,
        )
        book.bids.append(bid)
        return PlacedBid(**vars(_public(bid)), bidding=self._bidding(book))

    def _decide(self, book: Book, bidder: str, maximum: int) -> tuple[Outcome, str | None]:
        if book.leader is None:
            book.leader, book.leader_maximum = bidder, maximum
            book.price = book.start.amount_minor
            return "leading", None
        if book.leader == bidder:
            if maximum <= book.leader_maximum:
                raise BidRefused(409, {"reason": "not_higher_than_own_maximum"})
            book.leader_maximum = maximum
            return "raised", None
        if maximum > book.leader_maximum:
            outbid = book.leader
            book.price = min(maximum, book.leader_maximum + self.STEP)
            book.leader, book.leader_maximum = bidder, maximum
            return "leading", outbid
        book.price = min(book.leader_maximum, maximum + self.STEP)
        return "outbid", bidder

    def _minimum(self, book: Book) -> Money:
        minor = book.start.amount_minor if book.price is None else book.price + self.STEP
        return Money(minor, book.start.currency)

    def _bidding(self, book: Book) -> Bidding:
        currency = book.start.currency
        can_buy = bool(book.buy_now and not book.bids and not book.closed)
        return Bidding(
            url=f"{HOST}/biddings/{book.auction_url.rsplit('/', 1)[-1]}",
            auction=book.auction_url,
            seller=book.seller_url,
            leader=book.leader,
            currency=currency,
            start_price=book.start,
            bids_url=f"{HOST}/bids-of",
            status="closed" if book.closed else "frozen" if book.frozen else "open",
            outcome=_outcome(book),
            buy_now=book.buy_now if can_buy else None,
            links=_links(book, can_buy),
            price=None if book.price is None else Money(book.price, currency),
            minimum=None if book.closed or book.frozen else self._minimum(book),
            bid_count=sum(bid.outcome != "raised" for bid in book.bids),
            reserve=book.reserve,
            starts_at_ms=0,
            ends_at_ms=book.ends_at_ms,
            closed_at_ms=book.ends_at_ms - book.bought if book.closed else None,
            version=book.version,
            server_time_ms=2_000_000,
        )


def _public(bid: OwnBid) -> Bid:
    return Bid(**{field.name: getattr(bid, field.name) for field in fields(Bid)})


def _mask(auction: str, bidder: str) -> str:
    return hashlib.sha256(f"{auction} {bidder}".encode()).hexdigest()[:10]


def _links(book: Book, can_buy: bool) -> dict[str, str]:
    possible = {
        "place-bid": not book.closed and not book.frozen,
        "buy-now": can_buy and not book.frozen,
        "retract": bool(book.bids) and not book.closed,
        "cancel": not book.closed and not book.frozen,
        "freeze": not book.closed and not book.frozen,
        "resume": book.frozen and not book.closed,
        "end": not book.closed,
        "bar": not book.closed,
        "unbar": not book.closed,
        "offer": bool(book.bids) and book.closed,
    }
    return {relation: f"{HOST}/{relation}" for relation, now in possible.items() if now}


def _outcome(book: Book) -> Literal["sold", "unsold"] | None:
    if not book.closed:
        return None
    return "sold" if book.leader and not book.cancelled else "unsold"
