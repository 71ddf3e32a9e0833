"""What is for sale, and how far each sale is: the web app's own library beside its processes."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from zoneinfo import ZoneInfo

from service_kit.money import Money
from sqlalchemy import delete, func, select

from accounting_service.model.entries import entries_of
from accounting_service.model.payment import Payment as Paid
from accounting_service.model.rates import rates
from auction_app.accounts.repository import customers
from auction_app.bidding.repository import biddings
from auction_app.bootstrap import House as Library
from auction_app.bootstrap import build
from auction_app.config import read
from auction_app.db.tables import attempts, provider_events
from auction_app.demo.load import ITEMS
from auction_app.demo.paint import HEIGHT, WIDTH
from auction_app.listings.model import Photo
from auction_app.listings.repository import auctions
from auction_app.orders.model import Order
from auction_app.orders.repository import orders
from auction_app.payments import repository as payments
from auction_app.payments.model import Payment
from auction_app.second_chances import repository as second_chances
from auction_app.selling.forms import ListingRules, read_listing
from auction_app.selling.list_auction import list_auction
from auction_app.web.fields import write_local_time
from auction_app.web.forms import PLAIN
from tests.environment import environment
from tests.system.house import House

_RULES = ListingRules(shortest_ms=0, longest_ms=31 * 24 * 3_600_000)
_DAY_S = 24 * 3600
_MOST = 1_000


@dataclass(frozen=True)
class Offered:
    """An item by its id, and by a title that no other has."""

    id: str
    title: str


@contextmanager
def open_market(house: House, chance: random.Random) -> Iterator["Market"]:
    """That of a house."""
    with environment(house.settings):
        library = build(read())
    try:
        yield Market(library, chance)
    finally:
        library.close()


class Market:
    """Lists items, and looks at what became of them."""

    def __init__(self, library: Library, chance: random.Random) -> None:
        self._library = library
        self._chance = chance
        self._numbers = count(1)

    def put_up(self, seller: str, *, ends_in_s: int | None) -> Offered:
        """An item at a random price that can be bought at once, or that ends so soon and has a
        reserve that nobody reaches."""
        number = next(self._numbers)
        self._let_them_do_as_much_as_they_like()
        item = Offered(f"chaositem{number:03}", f"Lamp no. {number}.")
        photo = Photo(id=f"{item.id}p", alt="A lamp", width=WIDTH, height=HEIGHT)
        self._library.files.share(f"{ITEMS[0].id}photo", photo.id)
        now_ms = self._library.clock()
        typed = self._typed(item, now_ms, ends_in_s)
        with self._library.store.reading() as conn:
            found = customers.by_email(conn, f"{seller.lower()}@example.org")
        assert found is not None
        with self._library.begin() as act:
            listing = read_listing(typed, PLAIN, _RULES, now_ms=now_ms)
            list_auction(act, listing, [photo], auction_id=item.id, seller=found[0])
        return item

    def order_of(self, item: Offered, buyer: str) -> Order | None:
        with self._library.store.reading() as conn:
            found = customers.by_email(conn, f"{buyer.lower()}@example.org")
            assert found is not None
            order_id = orders.latest_of(conn, found[0].id, item.id)
            return orders.by_id(conn, order_id) if order_id else None

    def payment_of(self, item: Offered, buyer: str) -> Payment | None:
        order = self.order_of(item, buyer)
        with self._library.store.reading() as conn:
            url = self._library.urls.order(order.id if order else "none")
            return payments.of_order(conn, url)

    def failed_looks(self, item: Offered, buyer: str) -> int:
        """How often its provider was asked in vain how far the payment of an order is."""
        payment = self.payment_of(item, buyer)
        assert payment is not None
        with self._library.store.reading() as conn:
            checkout = payments.open_checkout_of(conn, payment.id, made_after_ms=0)
        return checkout.failures if checkout else 0

    def taken_events(self) -> int:
        """How many of the provider's events were taken."""
        with self._library.store.reading() as conn:
            return int(conn.execute(select(func.count()).select_from(provider_events)).scalar_one())

    def has_address(self, item: Offered, buyer: str) -> bool:
        order = self.order_of(item, buyer)
        return order is not None and order.address is not None

    def answer_of(self, item: Offered, buyer: str, kind: str) -> str | None:
        """What was said to a request; "" while nothing was, None while nobody has asked."""
        order = self.order_of(item, buyer)
        asked = [it for it in order.requests if it.kind == kind] if order else []
        return (asked[0].answer or "") if asked else None

    def is_open(self, item: Offered) -> bool:
        """Whether bids_service has taken it up."""
        with self._library.store.reading() as conn:
            return auctions.by_id(conn, item.id).bidding is not None

    def ends_within(self, item: Offered, *, ms: int) -> bool:
        with self._library.store.reading() as conn:
            return auctions.by_id(conn, item.id).ends_at_ms <= self._library.clock() + ms

    def has_bid(self, item: Offered) -> bool:
        with self._library.store.reading() as conn:
            return bool(biddings.history(conn, item.id, limit=1))

    def ended_without_a_bid(self, item: Offered) -> bool:
        with self._library.store.reading() as conn:
            bidding = auctions.by_id(conn, item.id).bidding
        return bidding is not None and bidding.closed and bidding.bid_count == 0

    def is_closed(self, item: Offered) -> bool:
        with self._library.store.reading() as conn:
            bidding = auctions.by_id(conn, item.id).bidding
        return bidding is not None and bidding.closed

    def mask_of_bidder(self, item: Offered) -> str:
        with self._library.store.reading() as conn:
            return biddings.history(conn, item.id, limit=1)[0].masked_bidder

    def offer_of(self, item: Offered) -> str | None:
        """The id of the one offer of an item; None while there is none."""
        with self._library.store.reading() as conn:
            found = second_chances.of_auction(conn, item.id)
        assert len(found) < 2, "an offer was made twice"
        return found[0].id if found else None

    def offer_url(self, item: Offered) -> str | None:
        """Where bids_service has that offer."""
        with self._library.store.reading() as conn:
            return next((it.url for it in second_chances.of_auction(conn, item.id)), None)

    def payments(self) -> list[Payment]:
        """All that there are."""
        with self._library.store.reading() as conn:
            return [payment for payment, _ in payments.page(conn, after=None, limit=_MOST)]

    def due(self, table: str) -> dict[tuple[str, str], str]:
        """What the accounts must come to, by account and currency."""
        sums: Counter[tuple[str, str]] = Counter()
        for payment in self.payments():
            told = Paid(
                url="any",
                seller_url="any",
                amount=payment.amount,
                paid_at_ms=payment.paid_at_ms,
                refunded_at_ms=payment.refunded_at_ms,
            )
            for journal in entries_of(told, rates(table)):
                for one in journal.postings:
                    sums[one.account.value, one.currency] += one.amount_minor
        return {
            (name, currency): Money(sum_, currency).amount
            for (name, currency), sum_ in sums.items()
        }

    def _let_them_do_as_much_as_they_like(self) -> None:
        """Four people trade as much in minutes as hundreds do in days."""
        with self._library.begin() as act:
            act.conn.execute(delete(attempts))

    def _typed(self, item: Offered, now_ms: int, ends_in_s: int | None) -> Mapping[str, str]:
        price = self._chance.randint(200, 800_000)
        prices = (
            {"start_price": "1.00", "buy_now": f"{price / 100:.2f}"}
            if ends_in_s is None
            else {"start_price": f"{price / 100:.2f}", "reserve": "900000.00"}
        )
        ends_ms = now_ms + (ends_in_s or _DAY_S) * 1000
        return prices | {
            "title": item.title,
            "description": "As good as it looks.",
            "category": "home-lamps",
            "currency": self._chance.choice(("EUR", "USD")),
            "delivery": "priced",
            "postage_cost": "4.90",
            "ends": write_local_time(ends_ms, ZoneInfo("UTC")),
        }
