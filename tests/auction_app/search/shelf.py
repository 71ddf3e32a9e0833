"""Listings put straight into the store, and looked up there."""

from service_kit.money import Money

from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.listings.terms import Details, Terms
from auction_app.search.forms import read_query
from auction_app.search.look_up import look_up
from auction_app.search.repository import entries
from tests.auction_app.conftest import START_MS, World, path_of

HOUR_MS = 3_600_000


class Shelf:
    """Puts listings straight into the store."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.seller = path_of(_seller(world)).rsplit("/", 1)[1]
        self.count = 0

    def put(self, title: str, *, price: str = "10.00", hours: float = 24, **changes: str) -> str:
        self.count += 1
        currency = changes.pop("currency", "USD")
        buy_now = changes.pop("buy_now", None)
        auction = Auction(
            id=f"item{self.count:08}",
            seller_id=self.seller,
            seller_name="Sam",
            title=title,
            description=changes.pop("description", "As it is."),
            terms=Terms(
                start_price=Money.parse({"amount": price, "currency": currency}),
                increments=((1, 5),),
                starts_at_ms=START_MS,
                ends_at_ms=START_MS + round(hours * HOUR_MS),
                buy_now=Money.parse({"amount": buy_now, "currency": currency}) if buy_now else None,
            ),
            created_at_ms=START_MS + self.count,
            photos=(),
            bidding=None,
            details=Details(
                category=changes.get("category", "other"),
                condition=changes.get("condition", "used"),
            ),
        )
        with self.world.parts.begin() as act:
            auctions.add(act.conn, auction)
            entries.put(act.conn, [auction])
        return auction.id

    def titles(self, **arguments: str) -> list[str]:
        query = read_query(arguments)
        with self.world.parts.store.reading() as conn:
            found = look_up(conn, query, now_ms=START_MS + 1, after=None, limit=50)
        return [auction.title for auction in found.page.auctions]


def _seller(world: World) -> str:
    world.browser().sign_up("Sam")
    return world.customer_url("Sam")
