"""The auction house: its item page, its search, its live streams, each beside its yardstick."""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from service_kit.clock import now_ms
from sqlalchemy import event

from auction_app.app import create_app
from auction_app.config import read
from auction_app.db.store import Store
from auction_app.listings.terms import CATEGORIES
from auction_app.search.query import SearchQuery
from auction_app.search.repository.find import find
from tests.bench.auction_house import (
    DAY_MS,
    NOW_MS,
    House,
    fill,
    members,
    open_house,
    put_item,
    sign_in,
)
from tests.bench.live_streams import streams
from tests.bench.load import load
from tests.bench.processes import empty_view
from tests.bench.rows import Row
from tests.environment import environment
from tests.postgres import cluster, find_initdb

_PAGE = Path(__file__).with_name("page.lua")
_FEW, _MANY = 1_000, 100_000
_SEARCHES = 300
_SORTS = ("ending", "newest", "price", "price_desc", "popular")


def item_page() -> list[Row]:
    """Pages of an item with 500 bids, for strangers and for members of whom every other one has
    bid on it, beside an empty view on the same server."""
    with tempfile.TemporaryDirectory() as folder:
        house = open_house(Path(folder))
        store = house.store()
        for bids in (5, 500):
            put_item(store, f"item{bids}", bids, ends_at_ms=now_ms() + DAY_MS)
        store.close()
        with house.web() as url, empty_view() as empty:
            cookies = Path(folder, "cookies")
            cookies.write_text("\n".join(sign_in(url, member) for member in members()))
            page = f"{url}/auctions/item500"
            _rate(page, cookies, seconds=1)
            rates = [(_rate(empty), _rate(page), _rate(page, cookies)) for _ in range(3)]
            counts = {
                bids: _queries(house, f"/auctions/item{bids}", sign_in(url, "bidder1"))
                for bids in (5, 500)
            }
    empty_rate, strangers, theirs = (statistics.median(it) for it in zip(*rates, strict=True))
    bar = 0.15 * empty_rate
    return [
        Row("auctions: item page, 500 bids, a stranger's", strangers, "pages/s", empty_rate, bar),
        Row("auctions: item page, 500 bids, a member's", theirs, "pages/s", empty_rate, bar),
        Row(
            "auctions: statements of a bidder's item page, 500 bids beside 5",
            counts[500],
            "statements",
            counts[5],
            counts[5],
            lower_is_better=True,
        ),
    ]


def search() -> list[Row]:
    """The slowest twentieth of searches over 100 000 listings beside 1 000, on both engines."""
    rows = []
    with _databases() as urls:
        for engine, url_of in urls.items():
            few, many = _p95s_ms([_stocked(url_of(count), count) for count in (_FEW, _MANY)])
            name = f"auctions: search over {_MANY} listings, p95, {engine}"
            rows.append(Row(name, many, "ms", few, 3 * few, lower_is_better=True))
    return rows


def _rate(url: str, cookies: Path | None = None, *, seconds: int = 3) -> float:
    seen = load(url, seconds=seconds, script=_PAGE, bodies=cookies)
    assert seen.refused == 0, f"{seen.refused} answers of {url} were no page"
    return seen.rate


def _queries(house: House, path: str, cookie: str) -> int:
    """Statements that a page sends to the database for a member."""
    with environment(house.environment(9)):
        app = create_app(read())
    sent: list[str] = []
    from sqlalchemy.engine import Engine

    def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        answer = app.test_client(use_cookies=False).get(path, headers={"Cookie": cookie})
        assert answer.status_code == 200
        assert "Bidder1" in answer.text
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len(sent)


@contextmanager
def _databases() -> Iterator[dict[str, Callable[[int], str]]]:
    import psycopg

    initdb = find_initdb()
    assert initdb, "needs PostgreSQL (initdb)"
    with tempfile.TemporaryDirectory() as folder, cluster(initdb) as postgres:

        def on_postgres(count: int) -> str:
            with psycopg.connect(postgres, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE search_{count}")
            return postgres.removesuffix("postgres") + f"search_{count}"

        yield {
            "SQLite": lambda count: f"sqlite:///{folder}/search-{count}.sqlite",
            "PostgreSQL": on_postgres,
        }


def _stocked(url: str, count: int) -> Store:
    with tempfile.TemporaryDirectory() as folder:
        store = open_house(Path(folder), url).store()
    fill(store, count)
    return store


def _p95s_ms(stores: list[Store]) -> list[float]:
    """Each search in every store, one after the other, so that both see the same machine."""
    queries = list(_mix())
    for query in queries[:20]:
        for store in stores:
            _search_ms(store, query)
    times = [[_search_ms(store, query) for store in stores] for query in queries]
    for store in stores:
        store.close()
    return [statistics.quantiles(column, n=20)[-1] for column in zip(*times, strict=True)]


def _mix() -> Iterator[SearchQuery]:
    """What people look for: common and rare words, alone and together, with and without choices,
    in every order."""
    chance = random.Random(11)
    for n in range(_SEARCHES):
        ranks = [int(5_000 ** chance.random()) for _ in range(chance.choice((0, 1, 1, 2)))]
        price = chance.randrange(1_000, 900_000) if n % 5 == 0 else None
        yield SearchQuery(
            words=tuple(f"word{rank}" for rank in ranks),
            category=chance.choice(CATEGORIES) if n % 3 == 0 else None,
            price_from=price,
            price_to=price + 100_000 if price else None,
            sort=_SORTS[n % len(_SORTS)],
        )


def _search_ms(store: Store, query: SearchQuery) -> float:
    """The middle of three: what the search costs, and not what else the machine was doing."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        with store.reading() as conn:
            find(conn, query, now_ms=NOW_MS, after=None, limit=24)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


MEASUREMENTS = (item_page, search, streams)
