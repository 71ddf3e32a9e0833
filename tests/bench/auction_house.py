"""The auction web app as the Procfile starts it, with a house full of listings."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import requests
from honcho.environ import parse_procfile
from service_kit import database
from service_kit.money import Money
from service_kit.schema import migrate
from sqlalchemy import insert

from auction_app.accounts.passwords import Passwords
from auction_app.bidding.model import Bid
from auction_app.bidding.repository import biddings
from auction_app.db.store import Store
from auction_app.db.tables import auctions as auctions_table
from auction_app.db.tables import customers
from auction_app.house_pages.terms import terms_version
from auction_app.listings.categories import CATEGORIES
from auction_app.listings.increments import default_increments
from auction_app.listings.model import Auction, Bidding, Photo
from auction_app.listings.repository import auctions
from auction_app.listings.repository.rows import read_with_rows, select_auctions
from auction_app.listings.terms import CONDITIONS, Terms
from auction_app.outcomes import build_outcomes
from auction_app.search.repository import entries as search_index
from auction_app.urls import Urls
from tests.bench.processes import ROOT, process
from tests.bench.stocking import stocking
from tests.sockets import free_port

BIDDERS = 10
_PASSWORD = "password of the bench"
_PROCFILE = parse_procfile((ROOT / "Procfile").read_text()).processes
NOW_MS = 1_790_000_000_000
SELLER = "benchseller"
ITEM = "benchitem"
DAY_MS = 86_400_000
_WORDS = 60_000
_AT_ONCE = 2_000
_SYLLABLES = tuple(f"{c}{v}" for c in "bdfglmnr" for v in "aeiou")
Row = dict[str, object]


@dataclass
class House:
    """A migrated database, and the app over it."""

    folder: Path
    database_url: str

    def store(self) -> Store:
        """The store, opened in this process."""
        engine, urls = database.connect(self.database_url), Urls("http://bench.test")
        return Store(engine, urls, lambda: NOW_MS, outcomes=build_outcomes())

    @contextmanager
    def web(self) -> Iterator[str]:
        """The Procfile's `auctions`; yields its URL."""
        port = free_port()
        command = ["sh", "-c", f"exec {_PROCFILE['auctions']}"]
        with process(command, port=port, environment=self.environment(port)):
            yield f"http://127.0.0.1:{port}"

    def environment(self, port: int) -> dict[str, str]:
        """The app's settings."""
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        return {
            "PORT_AUCTIONS": str(port),
            "AUCTIONS_DATABASE_URL": self.database_url,
            "AUCTIONS_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "AUCTIONS_SECRET_KEY": "secret key of the bench",
            "AUCTIONS_TOKENS": "bids:auctions:read_terms:token-of-the-bids-service",
            "AUCTIONS_PHOTOS_URL": (self.folder / "photos").as_uri(),
            "AUCTIONS_BUS_URL": "http://127.0.0.1:9",
            "AUCTIONS_BUS_TOKEN": "token-of-the-bus-itself",
            "AUCTIONS_WEBHOOK_UUID": "auctions",
            "AUCTIONS_WEBHOOK_SECRET": secret,
            "AUCTIONS_BIDS_URL": "http://127.0.0.1:9",
            "AUCTIONS_BIDS_TOKEN": "token-for-the-bids-service",
            "AUCTIONS_LIVE_URL": "http://127.0.0.1:9",
        }


def open_house(folder: Path, url: str | None = None) -> House:
    """A migrated house with a seller, ten bidders and as many who only look; on SQLite unless a
    URL is given."""
    house = House(folder, url or f"sqlite:///{folder}/auctions.sqlite")
    migrate("auction_app", house.database_url)
    store = house.store()
    password_hash, accepted = Passwords().hash(_PASSWORD), terms_version(store)
    with store.begin() as act:
        for id in (SELLER, *members()):
            act.conn.execute(
                insert(customers).values(
                    id=id,
                    name=id.capitalize(),
                    email=f"{id}@example.org",
                    email_key=f"{id}@example.org",
                    password_hash=password_hash,
                    locale="en",
                    created_at_ms=NOW_MS,
                    email_verified_at_ms=NOW_MS,
                    terms_version=accepted,
                    terms_accepted_at_ms=NOW_MS,
                )
            )
    store.close()
    return house


def members() -> list[str]:
    """The bidders, each followed by one who only looks."""
    return [f"{kind}{n}" for n in range(BIDDERS) for kind in ("bidder", "looker")]


def sign_in(url: str, member: str) -> str:
    """What a member's browser sends as Cookie once it is signed in and has seen a page."""
    with requests.Session() as browser:
        browser.headers["Accept"] = "text/html"  # a page: its forms begin the session's CSRF token
        form = {"email": f"{member}@example.org", "password": _PASSWORD}
        page = browser.get(f"{url}/sign-in", timeout=20).text
        (token,) = set(re.findall(r'name="csrf_token" value="([^"]+)"', page))
        seen = browser.post(f"{url}/sign-in", form | {"csrf_token": token}, timeout=20)
        assert seen.ok, seen.status_code
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)


def put_item(store: Store, auction_id: str, bid_count: int, *, ends_at_ms: int) -> None:
    """A listing with a photo and that many bids by the bidders."""
    price = Money(1_000 + 50 * bid_count, "USD")
    bidding = Bidding(
        url=f"http://bids.test/biddings/{auction_id}",
        status="open",
        outcome=None,
        price=price,
        minimum=Money(price.amount_minor + 50, "USD"),
        bid_count=bid_count,
        reserve="none",
        ends_at_ms=ends_at_ms,
        version=bid_count,
        leader_id="bidder1",
    )
    with store.begin() as act:
        auctions.add(act.conn, _item(auction_id, ends_at_ms))
        biddings.keep(act.conn, auction_id, bidding, now_ms=NOW_MS)
        for n in range(bid_count):
            biddings.keep_bid(
                act.conn,
                Bid(
                    url=f"http://bids.test/bids/{auction_id}-{n}",
                    auction_id=auction_id,
                    bidder_id=f"bidder{n % BIDDERS}",
                    outcome="leading",
                    price=Money(1_000 + 50 * n, "USD"),
                    placed_at_ms=NOW_MS + n,
                    sequence=n + 1,
                ),
            )


def fill(store: Store, count: int) -> None:
    """Listings whose words are as common as in any language, the n-th in every n-th text, and of
    which the more are seen the more is listed."""
    chance = random.Random(7)
    weights = [1 / (n + 1) for n in range(_WORDS)]
    weighing = list(accumulate(weights))
    engine = store.engine
    for start in stocking(f"{count} listings", range(0, count, _AT_ONCE)):
        listed = []
        for number in range(start + 1, min(start + _AT_ONCE, count) + 1):
            said = [word(n) for n in chance.choices(range(_WORDS), cum_weights=weighing, k=12)]
            category, condition = chance.choice(CATEGORIES), chance.choice(CONDITIONS)
            price, ends = chance.randrange(100, 100_000), NOW_MS + chance.randrange(DAY_MS * 30)
            listed.append(_row(f"item{number}", " ".join(said), category, condition, price, ends))
        with engine.begin() as conn:
            conn.execute(insert(auctions_table), listed)
            found = select_auctions().where(auctions_table.c.id.in_([row["id"] for row in listed]))
            search_index.put(conn, [auction for auction, _ in read_with_rows(conn, found)])
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql("VACUUM ANALYZE")


def word(rank: int) -> str:
    """A word of that rank, that sounds like one and has parts in common with others."""
    parts = [_SYLLABLES[rank % 40]]
    while rank := rank // 40:
        parts.append(_SYLLABLES[rank % 40])
    return "".join(parts) + _SYLLABLES[-1]


def _item(auction_id: str, ends_at_ms: int) -> Auction:
    return Auction(
        id=auction_id,
        seller_id=SELLER,
        seller_name="Sam",
        title="Brass desk lamp with green shade",
        description="From the reading room of a town library. " * 10,
        terms=Terms(
            start_price=Money(1_000, "USD"),
            increments=default_increments("USD"),
            starts_at_ms=NOW_MS - DAY_MS,
            ends_at_ms=ends_at_ms,
        ),
        created_at_ms=NOW_MS,
        photos=(Photo(id=f"photo{auction_id}", alt="A brass lamp", width=1600, height=1200),),
        bidding=None,
    )


def _row(id: str, words: str, category: str, condition: str, price: int, ends: int) -> Row:
    return {
        "id": id,
        "seller_id": SELLER,
        "title": words[:80],
        "description": words,
        "currency": "USD",
        "start_price_minor": price,
        "increments": [[1, 5]],
        "starts_at_ms": NOW_MS - DAY_MS,
        "ends_at_ms": ends,
        "created_at_ms": NOW_MS,
        "current_ends_at_ms": ends,
        "category": category,
        "condition": condition,
    }
