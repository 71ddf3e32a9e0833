"""The bids service as a Python object."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from requests.adapters import BaseAdapter
from service_kit.backoff import backoff_s
from service_kit.errors import HttpFailure, UnexpectedStatus
from service_kit.http import Answer, HttpClient
from service_kit.money import Money

from bids_client.answers import document_of, is_same_host, possible, translated
from bids_client.documents import (
    Document,
    bid_from,
    bidding_from,
    offer_from,
    outcome_from,
    own_bid_from,
    placed_bid_from,
    shown_price_from,
)
from bids_client.entities import (
    Bid,
    Bidding,
    Decree,
    Offer,
    Outcome,
    OwnBid,
    PlacedBid,
    ShownPrice,
)
from bids_client.errors import BidsUnavailable
from bids_client.simulation import PlayedStep, Step, played_step_from

T = TypeVar("T")
Json = Mapping[str, Any]

_ATTEMPTS = 3


class BidsClient:
    """Talks to the bids service at `url` with a `token`, following the links it finds there.

    The service may have commands sent to another port of its host, if its root says so. The token
    is shown nowhere else.

    Every call raises a BidsError. A read blocks for at most `total_s` seconds, placing a bid for
    twice that, as it tries again what its key makes safe to try again. `transport` replaces the
    network (a requests adapter), as service_kit's WsgiTransport does for a service in the same
    process; `pause` waits between attempts. Share one between threads, or give each its own.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        total_s: float = 10.0,
        transport: BaseAdapter | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/") + "/"
        self._total_s = total_s
        self._token = token
        self._http = HttpClient({self._url: token}, total_s=total_s, transport=transport)
        self._pause = pause
        self._root: Document | None = None

    def __enter__(self) -> "BidsClient":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def place(self, auction: str, bidder: str, maximum: Money, idempotency_key: str) -> PlacedBid:
        """Bid up to `maximum` on the auction at a URL on behalf of the bidder at a URL.

        Safe to repeat with the same key (1 to 255 visible ASCII characters): it is one bid, and the
        answer is the same. Raises BidRefused, NotFound (no such auction), CallRefused,
        BidsUnavailable.
        """
        body = {"auction": auction, "bidder": bidder, "maximum": maximum.to_wire()}
        url, answer = self._send(lambda: self._root_link("place-bid"), body, idempotency_key)
        return placed_bid_from(document_of(url, answer))

    def place_later(self, auction: str, bidder: str, maximum: Money, idempotency_key: str) -> str:
        """The same bid, taken in at once and decided on in its turn; the URL of its outcome."""
        body = {"auction": auction, "bidder": bidder, "maximum": maximum.to_wire()}
        later = {"Prefer": "respond-async"}
        _, answer = self._send(lambda: self._root_link("place-bid"), body, idempotency_key, later)
        location = answer.headers.get("Location")
        if location is None:
            raise BidsUnavailable("a bid was taken in without saying where its outcome will be")
        return location

    def outcome(self, url: str) -> Outcome:
        """What became of a bid that was placed to be answered later."""
        return outcome_from(self._get(url))

    def buy_now(self, bidding: Bidding, bidder: str, idempotency_key: str) -> Bidding:
        """Buy at the buy-now price. Raises NotPossible when that is over, and as `place` does."""
        url = possible(bidding.links, "buy-now")
        return bidding_from(self._command(url, {"bidder": bidder}, idempotency_key))

    def retract(self, bidding: Bidding, bidder: str, idempotency_key: str) -> Bidding:
        """Take a bidder's bids back, as far as the rules let them go. Raises as `buy_now` does."""
        url = possible(bidding.links, "retract")
        return bidding_from(self._command(url, {"bidder": bidder}, idempotency_key))

    def cancel(
        self,
        bidding: Bidding,
        seller: str,
        idempotency_key: str,
        *,
        only_without_bids: bool = False,
    ) -> Bidding:
        """Call an auction off on behalf of its seller; `only_without_bids` leaves it to the service
        to refuse that, as `has_bids`, if a bid was first. Raises as `buy_now` does."""
        url = possible(bidding.links, "cancel")
        condition = {"only_without_bids": True} if only_without_bids else {}
        return bidding_from(self._command(url, {"seller": seller} | condition, idempotency_key))

    def decree(
        self, bidding: Bidding, what: Decree, idempotency_key: str, *, bidder: str | None = None
    ) -> Bidding:
        """What the house decides: `freeze` a bidding where it stands, `resume` it with the time
        given back, `end` it without a sale; or `bar` a `bidder`, whose bids are taken back, and
        `unbar` one. Raises as `buy_now` does."""
        url = possible(bidding.links, what)
        body = {} if bidder is None else {"bidder": bidder}
        return bidding_from(self._command(url, body, idempotency_key))

    def shown_prices(self, bidding: Bidding) -> list[ShownPrice]:
        """At what each bidder of a closed bidding can be offered its item, highest first. Raises
        NotPossible before the close."""
        shown = self._get(possible(bidding.links, "shown-prices"))
        return [shown_price_from(one) for one in shown.collection("bidders")]

    def offer_second_chance(
        self,
        bidding: Bidding,
        seller: str,
        bidder: str,
        idempotency_key: str,
        *,
        price: Money | None = None,
    ) -> Offer:
        """Offer the item to a bidder who didn't get it, perhaps only at the `price` that the
        seller was shown: at another it is refused as `price_changed`. Raises as `buy_now` does."""
        url = possible(bidding.links, "offer")
        seen = {} if price is None else {"price": price.to_wire()}
        body = {"seller": seller, "bidder": bidder} | seen
        return offer_from(self._command(url, body, idempotency_key))

    def offer(self, url: str) -> Offer:
        """The second chance at a URL, as it is now."""
        return offer_from(self._get(url))

    def accept(self, offer: Offer, idempotency_key: str) -> Offer:
        """Accept an offer on behalf of its bidder. Raises as `buy_now` does."""
        url = possible(offer.links, "accept")
        return offer_from(self._command(url, {"bidder": offer.bidder}, idempotency_key))

    def decline(self, offer: Offer, idempotency_key: str) -> Offer:
        """Decline an offer on behalf of its bidder. Raises as `buy_now` does."""
        url = possible(offer.links, "decline")
        return offer_from(self._command(url, {"bidder": offer.bidder}, idempotency_key))

    def bidding(self, url: str) -> Bidding:
        """The bidding at a URL, as it is now."""
        return bidding_from(self._get(url))

    def bidding_of(self, auction: str) -> Bidding:
        """The bidding of the auction at a URL. Raises NotFound while it has none."""
        answer = self._call("GET", self._root_link("bidding", auction=auction))
        found = answer.headers.get("Location")
        if answer.status != 303 or found is None:
            raise BidsUnavailable(f"a lookup was answered with {answer.status}")
        return self.bidding(found)

    def bid(self, url: str) -> Bid:
        """The bid at a URL."""
        return bid_from(self._get(url))

    def bids(self, bidding: Bidding) -> Iterator[Bid]:
        """The bids of a bidding that the public may know of, newest first, page by page."""
        return self._pages(bidding.bids_url, bid_from)

    def bids_of(self, bidder: str) -> Iterator[OwnBid]:
        """A bidder's own bids with their maxima, newest first, page by page."""
        return self._pages(self._root_link("bids", bidder=bidder), own_bid_from)

    def simulate(self, terms: Json, steps: Iterable[Step]) -> list[PlayedStep]:
        """How an auction would play out: what becomes of each step, in the order of time.

        `terms` are those of an auction's representation (with its reserve, if that is to count).
        Nothing is stored, so it may be repeated. Raises CallRefused when the terms contradict
        themselves.
        """
        body = {"terms": terms, "steps": [step.to_wire() for step in steps]}
        url = self._root_link("simulate")
        played = document_of(url, self._call("POST", url, json=body))
        return [played_step_from(step) for step in played.collection("steps")]

    def _pages(self, url: str, read: Callable[[Document], T]) -> Iterator[T]:
        page: str | None = url
        while page is not None:
            document = self._get(page)
            yield from [read(item) for item in document.collection("bids")]
            page = document.optional_link("next")

    def _root_link(self, relation: str, **variables: str) -> str:
        return self._known_root().link(relation, **variables)

    def _known_root(self) -> Document:
        if self._root is None:
            root = self._get(self._url)
            commands = root.optional_link("place-bid")
            if commands is not None and is_same_host(commands, self._url):
                self._http.introduce(commands, self._token)
            self._root = root
        return self._root

    def _get(self, url: str) -> Document:
        return document_of(url, self._call("GET", url))

    def _command(self, url: str, body: Json, idempotency_key: str) -> Document:
        def find() -> str:
            if not self._http.knows(url):
                self._known_root()
            return url

        return document_of(*self._send(find, body, idempotency_key))

    def _send(
        self,
        find: Callable[[], str],
        body: Json,
        idempotency_key: str,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[str, Answer]:
        """Where it was sent and what was answered; finding that is tried again as well."""
        sent = {"Idempotency-Key": idempotency_key} | dict(headers or {})

        def call() -> tuple[str, Answer]:
            url = find()
            return url, self._call("POST", url, json=body, headers=sent)

        return self._until_answered(call)

    def _until_answered(self, call: Callable[[], T]) -> T:
        """Try again what got no answer, a few times, while there is time left."""
        started_s = time.monotonic()
        for failures in range(1, _ATTEMPTS):
            try:
                return call()
            except BidsUnavailable as error:
                pause_s = max(backoff_s(failures, first_s=0.1), error.retry_after_s or 0)
                if time.monotonic() - started_s + pause_s > self._total_s:
                    raise
                self._pause(pause_s)
        return call()

    def _call(
        self,
        method: str,
        url: str,
        *,
        json: Json | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        try:
            return self._http.send(method, url, json=json, headers=headers)
        except UnexpectedStatus as error:
            raise translated(error) from error
        except HttpFailure as error:
            raise BidsUnavailable(str(error)) from error
