"""The auction house: its item page, its search, its live streams, each beside its yardstick."""

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import requests
from service_kit.clock import now_ms
from sqlalchemy import event

from auction_app.app import create_app
from auction_app.config import read
from auction_app.db.store import Store
from auction_app.listings.categories import CATEGORIES
from auction_app.search.look_up import look_up
from auction_app.search.query import SORTS, SearchQuery
from auction_app.search.words import words_in
from tests.bench.auction_house import (
    DAY_MS,
    NOW_MS,
    House,
    fill,
    members,
    open_house,
    put_item,
    sign_in,
    word,
)
from tests.bench.databases import ENGINES, Engine
from tests.bench.live_streams import streams
from tests.bench.load import load
from tests.bench.measuring import TURN_S, Measurement, Turns, measures, measures_each
from tests.bench.processes import empty_view
from tests.bench.rows import Bar, Pair
from tests.environment import environment

_PAGE = Path(__file__).with_name("page.lua")
_FEW, _MANY = 1_000, 100_000
_LASTS_MS = 3 * DAY_MS + 1_800_000  # so that for half an hour the page tells one time left
_SEARCHES = 300


def _bars_of_pages(engine: str) -> tuple[Bar, ...]:
    item = "auctions: item page, 500 bids"
    shares = {
        f"{item}, a stranger's": 0.15,
        f"{item}, a member's": 0.15,
        f"{item}, a member's copy (304)": 0.3,
        "auctions: home, a member's": 0.1,
        "auctions: my bids, a member's": 0.1,
    }
    return tuple(Bar(f"{what}, {engine}", "pages/s", share) for what, share in shares.items())


@measures_each(ENGINES, _bars_of_pages)
def pages(engine: Engine) -> Turns:
    """Pages for strangers, and for members of whom every other one has bid on the item, beside an
    empty view with as many processes."""
    with engine() as database, tempfile.TemporaryDirectory() as folder:
        house = _with_items(Path(folder), 500, url=database())
        with house.web() as url, empty_view() as empty:
            page, known = f"{url}/auctions/item500", [sign_in(url, it) for it in members()]
            cookies, copies = Path(folder, "cookies"), Path(folder, "copies")
            cookies.write_text("\n".join(known))
            copies.write_text("\n".join(f"{it}\t{_copy(page, it)}" for it in known))
            _rate(page, cookies)  # warm
            while True:
                view = _rate(empty)
                yield (
                    Pair(_rate(page), view),
                    Pair(_rate(page, cookies), view),
                    Pair(_rate(page, copies), view),
                    Pair(_rate(f"{url}/", cookies), view),
                    Pair(_rate(f"{url}/my/bids", cookies), view),
                )


@measures(
    Bar(
        "auctions: statements of a bidder's item page, 500 bids beside 5",
        "statements",
        1,
        lower_is_better=True,
    ),
    turns=1,
)
def statements() -> Turns:
    """What a page asks of the database."""
    with tempfile.TemporaryDirectory() as folder:
        house = _with_items(Path(folder), 5, 500)
        with house.web() as url:
            cookie = sign_in(url, "bidder1")
            few, many = (_queries(house, f"/auctions/item{bids}", cookie) for bids in (5, 500))
        yield (Pair(many, few),)


@measures_each(
    ENGINES,
    lambda engine: (
        Bar(
            f"auctions: search over {_MANY} listings, p95, {engine}",
            "ms",
            3,
            lower_is_better=True,
        ),
    ),
)
def search(engine: Engine) -> Turns:
    """The slowest twentieth of searches over 100 000 listings beside 1 000."""
    with engine() as database, ExitStack() as stack:
        stores = [stack.enter_context(closing(_stocked(database(), it))) for it in (_MANY, _FEW)]
        queries = list(_mix())
        while True:
            yield (Pair(*_p95s_ms(queries, stores)),)


def _with_items(folder: Path, *bids: int, url: str | None = None) -> House:
    """A house with an item each that has so many bids."""
    house = open_house(folder, url)
    store = house.store()
    for count in bids:
        put_item(store, f"item{count}", count, ends_at_ms=now_ms() + _LASTS_MS)
    store.close()
    return house


def _rate(url: str, cookies: Path | None = None) -> float:
    seen = load(url, seconds=TURN_S, script=_PAGE, bodies=cookies)
    assert seen.refused == 0, f"{seen.refused} answers of {url} were no page"
    return seen.rate


def _copy(url: str, cookie: str) -> str:
    """The ETag of the page that a browser gets, and keeps: each process has it alike."""
    browser = {"Accept": "text/html", "Accept-Language": "en", "Cookie": cookie}
    tag = requests.get(url, headers=browser, timeout=20).headers["ETag"]
    for _ in range(8):
        again = requests.get(url, headers=browser | {"If-None-Match": tag}, timeout=20)
        assert again.status_code == 304, "the page has changed meanwhile"
    return tag


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


def _stocked(url: str, count: int) -> Store:
    with tempfile.TemporaryDirectory() as folder:
        store = open_house(Path(folder), url).store()
    fill(store, count)
    return store


def _p95s_ms(queries: list[SearchQuery], stores: list[Store]) -> list[float]:
    """Each search in every store, one after the other, so that both see the same machine."""
    times = [[_search_ms(store, query) for store in stores] for query in queries]
    return [statistics.quantiles(column, n=20)[-1] for column in zip(*times, strict=True)]


def _mix() -> Iterator[SearchQuery]:
    """What people look for: common and rare words, alone and together, in part and misspelt, with
    and without choices, in every order."""
    chance = random.Random(11)
    for n in range(_SEARCHES):
        ranks = [int(5_000 ** chance.random()) for _ in range(chance.choice((0, 1, 1, 2)))]
        words = [word(rank) for rank in ranks]
        if n % 10 == 0 and words:
            words[0] = words[0][:3] + "x" + words[0][3:]
        price = chance.randrange(1_000, 900_000) if n % 5 == 0 else None
        yield SearchQuery(
            words=words_in(" ".join(words)),
            category=chance.choice(CATEGORIES) if n % 3 == 0 else None,
            price_from=price,
            price_to=price + 100_000 if price else None,
            sort=SORTS[n % len(SORTS)],
        )


def _search_ms(store: Store, query: SearchQuery) -> float:
    started = time.perf_counter()
    with store.reading() as conn:
        look_up(conn, query, now_ms=NOW_MS, after=None, limit=24)
    return (time.perf_counter() - started) * 1000


MEASUREMENTS: list[Measurement] = [*pages, statements, *search, streams]
