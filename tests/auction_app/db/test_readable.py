"""A row that is spoilt in its cells takes down no list, and says which one it is."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select, text

from auction_app.bidding.refresh_projection import refresh_projection
from auction_app.bidding.repository import stale
from auction_app.db import readable
from auction_app.factors.model import AppFactor
from auction_app.factors.repository import app_factors, changes
from auction_app.search.index_search import index_search
from auction_app.search.query import SearchQuery
from auction_app.search.repository import entries
from auction_app.search.repository.find import find
from tests.auction_app.conftest import World
from tests.auction_app.sale import sell
from tests.auction_app.tour import begin

Said = Callable[[], list[str]]

SPOILT = [
    ("currency", "ZZZ"),
    ("increments", "{"),
    ("increments", "null"),
    ("increments", '[["1", 5]]'),
    ("start_price_minor", "much"),
    ("ends_at_ms", "soon"),
    ("postage_minor", 9 * 10**18),
]


def spoil(folder: Path, table: str, column: str, value: object, key: str, of: str = "id") -> None:
    """As a hand at the database does it: past the app."""
    with sqlite3.connect(folder / "auctions.sqlite") as connection:
        statement = f"UPDATE {table} SET {column} = ? WHERE {of} = ?"
        assert connection.execute(statement, (value, key)).rowcount == 1
    connection.close()


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Said:
    """What the log says: to whom that goes depends on whether a test has set up logs before."""
    return lambda: [*caplog.messages, *capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(("column", "value"), SPOILT)
def test_a_spoilt_listing_is_in_no_list_and_leaves_the_others_there(
    world: World, tmp_path: Path, column: str, value: object, said: Said
) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    sound, spoilt = sam.list_item(title="Sound lamp"), sam.list_item(title="Spoilt lamp")
    for item in (sound, spoilt):
        ada.post(f"{item}/watch", {"watch": "1"})
        ada.bid(item, "12")
    spoil(tmp_path, "auctions", column, value, spoilt.rsplit("/", 1)[1])
    if column == "postage_minor":
        spoil(tmp_path, "auctions", "delivery", "priced", spoilt.rsplit("/", 1)[1])
    for browser, path in (
        (world.browser(), "/"),
        (world.browser(), "/search?q=lamp"),
        (sam, "/my/sales"),
        (ada, "/my/watchlist"),
        (ada, "/my/bids"),
    ):
        page = browser.get(path)
        assert page.status_code == 200, path
        assert "Sound lamp" in page.text, path
        assert "Spoilt lamp" not in page.text, path
    assert ada.get(spoilt).status_code == 404
    assert ada.get(sound).status_code == 200
    (told,) = [it for it in said() if "row unreadable" in it]
    assert spoilt.rsplit("/", 1)[1] in told
    assert "auctions" in told


@pytest.mark.parametrize(
    ("table", "column", "value", "of"),
    [
        ("orders", "status", "lost", "id"),
        ("orders", "currency", "ZZZ", "id"),
        ("orders", "price_minor", "much", "id"),
        ("order_steps", "status", "lost", "order_id"),
    ],
)
def test_a_spoilt_order_takes_nothing_else_with_it(
    world: World, tmp_path: Path, table: str, column: str, value: str, of: str
) -> None:
    sale = sell(world)
    spoil(tmp_path, table, column, value, sale.order.rsplit("/", 1)[1], of)
    assert sale.ada.get("/my/orders").status_code == 200
    assert sale.ada.get(sale.order).status_code == 404


@pytest.mark.parametrize(
    ("column", "value"), [("from_ms", "soon"), ("words", "{"), ("words", '{"en": 1}')]
)
def test_spoilt_maintenance_hides_no_other(
    world: World, tmp_path: Path, column: str, value: str
) -> None:
    moderator = world.moderator("Mo")
    for day, words in (("01", "We move."), ("02", "We rest.")):
        planned = {"zone": "UTC", "starts": f"2026-12-{day}T12:00", "until": f"2026-12-{day}T13:00"}
        said = {"words_en": words, "words_de": words}
        moderator.post("/moderation/maintenance", planned | said)
    with world.parts.store.reading() as conn:
        first = text("SELECT id FROM announcements ORDER BY from_ms LIMIT 1")
        id = conn.execute(first).scalar_one()
    spoil(tmp_path, "announcements", column, value, id)
    page = world.browser().get("/rules")
    assert page.status_code == 200
    assert "We rest." in page.text


def test_jobs_go_on_past_a_spoilt_listing(world: World, tmp_path: Path) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    spoilt, sound = sam.list_item(), sam.list_item()
    with world.parts.begin() as act:
        for item in (spoilt, sound):
            entries.remove(act.conn, item.rsplit("/", 1)[1])
            stale.notice(act.conn, "auction", f"http://auctions.test{item}", now_ms=act.now_ms)
    ada.bid(sound, "12")
    spoil(tmp_path, "auctions", "currency", "ZZZ", spoilt.rsplit("/", 1)[1])
    assert index_search(world.parts.store) == 1
    assert refresh_projection(world.parts.store, world.parts.gateway, {}) == 2
    with world.parts.store.reading() as conn:
        left = conn.execute(text("SELECT url, failures FROM stale_entities")).all()
    assert [tuple(it) for it in left] == [(f"http://auctions.test{spoilt}", 1)]


def test_a_page_is_filled_with_what_comes_after_the_spoilt_ones() -> None:
    table = Table(
        "things", MetaData(), Column("id", String, primary_key=True), Column("number", Integer)
    )
    engine = create_engine("sqlite://")
    table.create(engine)

    def read(rows: object) -> list[str]:
        return [it for it, _ in readable.each(table, rows, lambda row: row.id)]  # type: ignore[arg-type]

    with engine.begin() as conn:
        for id, number in zip("abcdef", (1, "x", "y", "z", 5, 6), strict=True):
            statement = text("INSERT INTO things VALUES (:id, :number)")
            conn.execute(statement, {"id": id, "number": number})
        page = select(table).order_by(table.c.id)
        assert readable.filled(conn, page.limit(2), read) == ["a", "e"]
        assert readable.filled(conn, page.limit(3), read) == ["a", "e", "f"]
        assert readable.filled(conn, page, read) == ["a", "e", "f"]
        assert readable.filled(conn, page.where(table.c.id > "x"), read) == []
    engine.dispose()


@contextmanager
def spoilt(world: World, table: str, column: str, value: object) -> Iterator[None]:
    """A column as a hand at the database leaves it, for a while."""
    with world.parts.store.begin() as act:
        query = text(f"SELECT rowid, {column} FROM {table}")
        rows = act.conn.execute(query).all()
        assert rows
        put = text(f"UPDATE {table} SET {column} = :value WHERE rowid = :row")
        act.conn.execute(put, [{"value": value, "row": row} for row, _ in rows])
    yield
    with world.parts.store.begin() as act:
        act.conn.execute(put, [{"value": was, "row": row} for row, was in rows])


# Every table that dataclasses are read from as they are called, and a page that shows it.
_WORDS_OF_MEMBERS = [
    ("questions", "asked_at_ms", "soon", "Ada", "/auctions/{auction_id}", 200),
    ("questions", "answered_at_ms", b"\xff", "Ada", "/questions/{question_id}", 404),
    ("order_messages", "at_ms", "soon", "Ada", "/orders/{order_id}", 200),
    ("order_messages", "removed_at_ms", "soon", "Ada", "/messages/{message_id}", 404),
    ("order_messages", "at_ms", "soon", "Ada", "/account/export", 200),
    ("order_requests", "at_ms", "soon", "Ada", "/orders/{order_id}", 404),
    ("order_requests", "kind", "lost", "Ada", "/my/orders", 200),
    ("order_steps", "at_ms", "soon", "Ada", "/my/orders", 200),
    ("message_reports", "reason", "lost", "Mo", "/moderation", 200),
    ("message_reports", "at_ms", "soon", "Mo", "/moderation/messages/{message_id}", 404),
    ("reports", "reason", "lost", "Mo", "/moderation", 200),
    ("reports", "at_ms", "soon", "Mo", "/moderation/auctions/{auction_id}", 200),
    ("decisions", "action", "lost", "Sam", "/decisions/{decision_id}", 404),
    ("decisions", "at_ms", "soon", "Mo", "/moderation/customers/{customer_id}", 200),
    ("decisions", "lifted_at_ms", "soon", "Mo", "/moderation/decisions/{decision_id}", 404),
    ("statements", "kind", "lost", "Sam", "/account/export", 200),
    ("sign_in_changes", "at_ms", "soon", "Ada", "/account/export", 200),
    ("sign_in_changes", "what", "lost", "Ada", "/account/export", 200),
    ("passkeys", "created_at_ms", "soon", "Ada", "/account/two-factor", 200),
    ("passkeys", "last_used_at_ms", "soon", "Ada", "/account/passkeys/{passkey_id}/remove", 404),
    ("app_factors", "since_ms", "soon", "Ada", "/account/two-factor", 200),
    ("devices", "added_at_ms", "soon", "Sam", "/account/devices", 200),
    ("sessions", "created_at_ms", "soon", "Ada", "/account/sessions", 200),
    ("sessions", "proved_by", "lost", "Ada", "/account/sessions", 200),
    ("sessions", "created_at_ms", b"\xff", "Ada", "/account/export", 200),
    ("draft_photos", "width", "soon", "Sam", "/sell/{draft_id}/preview", 200),
    ("draft_photos", "height", b"\xff", "Sam", "/sell/{draft_id}/preview", 200),
    ("orders", "status", "lost", "Ada", "/my/bids", 200),
    ("search_entries", "ends_at_ms", "soon", "Ada", "/search", 200),
    ("search_entries", "ends_at_ms", b"\xff", "Ada", "/categories/other", 200),
    ("search_entries", "listed_at_ms", "soon", "Ada", "/feeds/search", 200),
    ("house_pages", "at_ms", "soon", "Ada", "/help", 200),
    ("house_pages", "version", "soon", "Mo", "/moderation/pages/help", 200),
    ("house_pages", "at_ms", "soon", "Mo", "/help/versions/1", 404),
    ("customers", "created_at_ms", "soon", "Ada", "/auctions/{auction_id}", 200),
    ("customers", "created_at_ms", b"\xff", "Ada", "/customers/{customer_id}", 200),
    ("customers", "email_verified_at_ms", b"\xff", "Ada", "/account/export", 200),
    ("auctions", "category", "lost", "Ada", "/auctions/{auction_id}", 404),
    ("auctions", "condition", b"\xff", "Ada", "/auctions/{auction_id}", 404),
    ("auctions", "returns", "", "Ada", "/auctions/{auction_id}", 404),
]


def test_whatever_cell_is_spoilt_no_page_with_others_on_it_is(world: World) -> None:
    tour = begin(world)
    asked = {"reason": "other", "text": "Is it?"}
    assert tour.sale.bob.post(f"{tour.unsold}/report", asked).status_code == 303
    page = {"text_en": "# Help", "text_de": "# Hilfe", "note": "New", "made_of": "0", "go": "save"}
    assert tour.mo.post("/moderation/pages/help", page).status_code == 303
    ada = world.customer_url("Ada").rsplit("/", 1)[1]
    with world.parts.begin() as act:
        changes.note(act.conn, ada, "passkey-added", now_ms=act.now_ms)
        factor = AppFactor(customer_id=ada, sealed_secret="x", since_ms=act.now_ms, last_step=1)
        app_factors.add(act.conn, factor)
    people = {"Sam": tour.sale.sam, "Ada": tour.sale.ada, "Mo": tour.mo}
    for table, column, value, who, path, expected in _WORDS_OF_MEMBERS:
        with spoilt(world, table, column, value):
            answer = people[who].get(path.format(**tour.ids))
        assert answer.status_code == expected, (table, column, path)


def test_a_spoilt_entry_of_the_trail_hides_no_other(world: World) -> None:
    mo, item = world.moderator("Mo"), world.member("Sam").list_item()
    mo.post(f"/moderation{item}", {"action": "hide", "note": "Because."})
    with world.parts.store.begin() as act:
        add = text(
            "INSERT INTO audit_trail (at_ms, actor_id, action, subject, note)"
            " SELECT :at_ms, actor_id, :action, subject, :note FROM audit_trail LIMIT 1"
        )
        for at_ms, action, note in (
            ("soon", "hide", "Lost."),
            (7, "lost", "Known."),
            (8, b"x", ""),
        ):
            act.conn.execute(add, {"at_ms": at_ms, "action": action, "note": note})
    page = mo.get("/moderation/trail")
    assert page.status_code == 200
    assert "Because." in page.text
    assert "Known." in page.text
    assert "Lost." not in page.text


@pytest.mark.parametrize("sort", ["newest", "ending", "price", "price_desc", "popular"])
def test_a_page_of_the_search_is_filled_with_what_comes_after_the_spoilt_ones(
    world: World, sort: str
) -> None:
    sam = world.member("Sam")
    items = [sam.list_item(title=f"Lamp {number}") for number in range(5)]
    columns = {"newest": "listed_at_ms", "ending": "ends_at_ms", "popular": "interest"}
    with world.parts.store.begin() as act:
        for number in (0, 3):
            spoil_entry = text(
                f"UPDATE search_entries SET {columns.get(sort, 'price')} = 'soon'"
                " WHERE auction_id = :id"
            )
            act.conn.execute(spoil_entry, {"id": items[number].rsplit("/", 1)[1]})
    with world.parts.store.reading() as conn:
        query, now_ms = SearchQuery(sort=sort), world.clock()
        first = find(conn, query, now_ms=now_ms, after=None, limit=2)
        rest = find(conn, query, now_ms=now_ms, after=first.more, limit=2)
    found = [auction.title for auction in (*first.auctions, *rest.auctions)]
    assert sorted(found) == ["Lamp 1", "Lamp 2", "Lamp 4"]
    assert rest.more is None


def test_a_spoilt_version_of_a_page_leaves_what_it_said_before(world: World) -> None:
    mo = world.moderator("Mo")
    page = {"text_de": "# Hilfe", "note": "New", "go": "save"}
    for words, made_of in (("# Older words", "0"), ("# Newer words", "1")):
        mo.post("/moderation/pages/help", page | {"text_en": words, "made_of": made_of})
    with world.parts.store.begin() as act:
        lost = text("DELETE FROM house_pages WHERE version = 2 AND language = 'de'")
        act.conn.execute(lost)
    assert "Older words" in world.browser().get("/help").text


def test_a_second_factor_is_asked_for_however_its_row_is_spoilt(world: World) -> None:
    ada = world.member("Ada")
    id = world.customer_url("Ada").rsplit("/", 1)[1]
    with world.parts.begin() as act:
        factor = AppFactor(customer_id=id, sealed_secret="x", since_ms=act.now_ms, last_step=1)
        app_factors.add(act.conn, factor)
    for column in ("since_ms", "last_step"):
        with spoilt(world, "app_factors", column, "soon"):
            answer = world.browser().sign_in("Ada")
            assert answer.headers["Location"].startswith("/sign-in/code"), column
    assert ada.get("/account").status_code == 200


def test_what_was_decided_after_a_spoilt_decree_waits_with_it(world: World) -> None:
    mo, sam = world.moderator("Mo"), world.member("Sam")
    spoilt_one, sound = sam.list_item(), sam.list_item()
    for item, action in ((spoilt_one, "hide"), (spoilt_one, "show"), (sound, "hide")):
        mo.post(f"/moderation{item}", {"action": action, "note": "Because."})
    with world.parts.store.begin() as act:
        first = text("UPDATE decrees SET what = 'lost' WHERE number = 1")
        act.conn.execute(first)
    assert world.carry_out() == 1
