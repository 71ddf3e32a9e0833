"""Two that store the same at once, each of whom has seen that it isn't there yet: one of them does,
the other finds it done, and neither fails. SQLite has one writer at a time; PostgreSQL has many."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Table, UniqueConstraint, delete, event, func, select, text

from auction_app.alerts.tell_seekers import tell_seekers
from auction_app.bidding.repository import outages
from auction_app.config import Config
from auction_app.db.ids import new_id
from auction_app.db.tables import metadata, search_entries
from auction_app.orders.remind_buyers import remind_buyers
from auction_app.orders.repository import orders
from auction_app.orders.settle_sale import make_order
from auction_app.search.index_search import index_search
from auction_app.watchlist.remind_watchers import remind_watchers
from tests.auction_app.conftest import Browser, World, path_of
from tests.auction_app.members import by_email, let_in
from tests.auction_app.sale import Sale, sell
from tests.waiting import wait_for

WEEK_S = 7 * 86_400


@pytest.fixture
def world(make_world: Callable[..., World], config: Config, postgres_database: str) -> World:
    return make_world(dataclasses.replace(config, database_url=postgres_database))


@contextmanager
def meeting(world: World, table: str) -> Iterator[Callable[[], object]]:
    """Two transactions come to their INSERT into a table before either makes it, unless one of them
    waits for what the other has locked, or is over: `over` says so."""
    engine, here, over = world.parts.store.engine, set[int](), list[int]()

    def meet(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith((f"INSERT INTO {table} ", f'INSERT INTO "{table}" ')):
            return
        here.add(threading.get_ident())
        wait_for(lambda: len(here) == 2 or over or _somebody_waits(world), what="both")

    event.listen(engine, "before_cursor_execute", meet)
    try:
        yield lambda: over.append(1)
    finally:
        event.remove(engine, "before_cursor_execute", meet)
    assert here, f"nobody has stored anything in {table}"


def both(world: World, table: str, one: Callable[[], object], other: Callable[[], object]) -> None:
    """Do both at once; raises what either raises."""
    with meeting(world, table) as over, ThreadPoolExecutor(2) as pool:

        def done(what: Callable[[], object]) -> None:
            try:
                what()
            finally:
                over()

        for running in [pool.submit(done, what) for what in (one, other)]:
            running.result(60)


def _somebody_waits(world: World) -> bool:
    with world.parts.store.engine.connect() as conn:
        return bool(conn.execute(text("SELECT 1 FROM pg_locks WHERE NOT granted")).first())


def count(world: World, table: str) -> int:
    with world.parts.store.reading() as conn:
        return int(
            conn.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one()
        )


def again(world: World, name: str) -> Browser:
    """Another browser of somebody's."""
    browser = world.browser()
    customer = by_email(world.parts, f"{name.lower()}@example.org")
    browser.token = let_in(world.app, world.parts, browser.client, customer.id)
    return browser


def told_of(world: World) -> Callable[[], object]:
    """Ada has saved a search, and something matches it."""
    sam, ada = world.member("Sam"), world.member("Ada")
    assert ada.post("/my/searches", {"q": "lamp"}).status_code == 303
    sam.list_item(title="Brass desk lamp")
    return lambda: tell_seekers(world.parts.store)


def watched(world: World) -> Callable[[], object]:
    """Ada watches what ends soon."""
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item()
    assert ada.post(f"{item}/watch", {"watch": "1"}).status_code == 303
    world.clock.now_ms = world.bids.books[world.parts.urls.public_url + item].ends_at_ms - 1

    def remind() -> None:
        with world.parts.begin() as act:
            remind_watchers(act)

    return remind


def unpaid(world: World) -> Callable[[], object]:
    """Ada has not paid, and it is time to say so."""
    sell(world)
    world.clock.pass_s(WEEK_S)

    def remind() -> None:
        with world.parts.begin() as act:
            remind_buyers(act, unpaid_after_ms=WEEK_S * 1000)

    return remind


def unlisted(world: World) -> Callable[[], object]:
    """Something that runs can't be found."""
    world.member("Sam").list_item()
    with world.parts.begin() as act:
        act.conn.execute(delete(search_entries))
    return lambda: index_search(world.parts.store)


def sold(world: World) -> Callable[[], object]:
    """Another sale is told of, whose order nobody has made."""
    sale = sell(world)
    with world.parts.store.reading() as conn:
        order = orders.by_id(conn, sale.order.rsplit("/", 1)[1])
    assert order is not None

    def settle() -> None:
        with world.parts.begin() as act:
            new = dataclasses.replace(order, id=new_id())
            make_order(act, new, sold_by="http://bids.test/biddings/x", at_ms=act.now_ms)

    return settle


def silent(world: World) -> Callable[[], object]:
    """bids_service does not answer."""

    def note() -> None:
        with world.parts.begin() as act:
            outages.begin(act.conn, outages.BIDS, now_ms=act.now_ms)

    return note


JOBS = {
    "alerts": (told_of, 1),
    "reminders": (watched, 1),
    "order_reminders": (unpaid, 1),
    "search_entries": (unlisted, 1),
    "orders": (sold, 2),
    "outages": (silent, 1),
}


@pytest.mark.parametrize("table", JOBS)
def test_two_workers_that_do_the_same_at_once_do_it_once(world: World, table: str) -> None:
    prepare, rows = JOBS[table]
    work = prepare(world)

    told = len(world.announced())
    both(world, table, work, work)

    assert count(world, table) == rows
    if table in {"alerts", "reminders", "order_reminders"}:
        topics = [topic for topic, *_ in world.announced()[told:]]
        assert topics.count("notices") == 1, topics


FORMS: dict[str, Callable[[World, Sale], tuple[str, str, dict[str, str]]]] = {
    "watches": lambda _, sale: ("Bob", f"{sale.item}/watch", {"watch": "1"}),
    "follows": lambda world, _: (
        "Bob",
        f"{path_of(world.customer_url('Sam'))}/follow",
        {"follow": "1"},
    ),
    "reports": lambda _, sale: ("Bob", f"{sale.item}/report", {"reason": "other", "text": "Look."}),
    "order_requests": lambda _, sale: (
        "Ada",
        f"{sale.order}/requests",
        {"kind": "cancel", "reason": "The wrong lamp."},
    ),
    "order_addresses": lambda _, sale: (
        "Ada",
        f"{sale.order}/address",
        {"name": "A. Buyer", "street": "12 Mill Lane", "city": "Leeds", "country": "GB"},
    ),
    "addresses": lambda _, sale: (
        "Ada",
        f"{sale.order}/address",
        {"name": "A. Buyer", "street": "12 Mill Lane", "city": "Leeds", "country": "GB"},
    ),
    "order_messages": lambda _, sale: ("Ada", f"{sale.order}/messages", {"message": "Hello."}),
    "order_steps": lambda _, sale: (
        "Sam",
        f"{sale.order}/steps",
        {"status": "paid", "carrier": "", "number": ""},
    ),
    "notice_preferences": lambda *_: ("Ada", "/account/notices", {"outbid": "daily"}),
}
"""Who sends which form, which must be one act when it is sent twice at once."""


@pytest.mark.parametrize("table", FORMS)
def test_a_form_that_is_sent_twice_at_once_is_one_act(world: World, table: str) -> None:
    sale = sell(world)
    world.app.testing = False  # an error is what a customer would see
    who, path, form = FORMS[table](world, sale)
    before = count(world, table)
    answers: list[int] = []

    def send(browser: Browser) -> Callable[[], object]:
        return lambda: answers.append(browser.post(path, form).status_code)

    both(world, table, send(again(world, who)), send(again(world, who)))

    assert answers == [303, 303]
    assert count(world, table) == before + 1


ELSEWHERE = {
    "app_factors": "locks the account",
    "recovery_codes": "locks the account; each is random",
    "passkeys": "a savepoint",
    "passkey_challenges": "each is random",
    "sessions": "each is random",
    "devices": "each is random",
    "customers": "a savepoint",
    "house_pages": "a savepoint",
    "auctions": "locks the account",
    "photos": "of an auction that is new",
    "second_chances": "locks the auction",
    "biddings": "locks the auction",
    "bids": "locks the auction",
    "participations": "on conflict",
    "stale_entities": "on conflict",
    "placed_tickets": "locks the account",
    "notices": "on conflict",
    "order_parcels": "locks the order",
    "payments": "on conflict",
    "checkouts": "locks the payment",
    "provider_events": "on conflict",
    "feedback": "locks the order",
    "message_reports": "on conflict",
    "decrees": "each is random",
    "audit_trail": "locks the account that it is about",
    "unannounced_listings": "on conflict",
    "search_stems": "on conflict",
    "search_forms": "on conflict",
    "held_topics": "on conflict",
}
"""How no two store the same there at once."""


def test_every_table_in_which_something_may_be_once_only_is_known() -> None:
    found = {table.name for table in metadata.tables.values() if _has_keys(table)}

    assert found <= {*JOBS, *FORMS, *ELSEWHERE}


def _has_keys(table: Table) -> bool:
    """Whether more than an id that was drawn for it is unique."""
    unique = [it for it in table.constraints if isinstance(it, UniqueConstraint)]
    unique_indexes = [it for it in table.indexes if it.unique]
    keys = [column.name for column in table.primary_key]
    return bool(unique or unique_indexes or keys not in (["id"], ["number"]))
