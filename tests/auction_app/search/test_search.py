"""Home, categories, search, the watchlist."""

import re
from html import unescape

import pytest
from sqlalchemy import event

from auction_app.bidding.projection import keep_bidding
from auction_app.errors import BadInput
from auction_app.search.forms import read_query
from auction_app.search.index_search import index_search
from auction_app.search.query import SearchQuery
from auction_app.search.repository import entries
from auction_app.search.repository.find import find
from auction_app.search.views import home
from auction_app.search.words import fold, words_in
from tests.auction_app.conftest import START_MS, Browser, World, as_program, path_of
from tests.auction_app.search.shelf import Shelf

CURRENCIES = ("USD", "EUR")


def test_every_word_must_be_there_in_any_order_case_or_accent(shelf: Shelf) -> None:
    shelf.put("Brass desk LAMP")
    shelf.put("Lampshade, green", description="For a café")
    shelf.put("Blue vase")

    assert shelf.titles(q="lamp") == ["Brass desk LAMP", "Lampshade, green"]
    assert shelf.titles(q="lamp brass") == ["Brass desk LAMP"]
    assert shelf.titles(q="CAFE") == ["Lampshade, green"]
    assert shelf.titles(q="lamp vase") == []
    assert shelf.titles(q="a") == ["Lampshade, green"]
    assert shelf.titles(q="a caf") == ["Lampshade, green"]
    assert shelf.titles(q='"; DROP TABLE) OR * -') == []
    assert len(shelf.titles(q="")) == 3


def test_each_choice_narrows(shelf: Shelf) -> None:
    shelf.put("A", category="art", price="5.00", hours=0.5)
    shelf.put("B", category="books", condition="new", price="50.00", buy_now="90.00")
    shelf.put("C", category="books", condition="worn", price="20.00", currency="EUR", hours=200)

    assert shelf.titles(category="books") == ["B", "C"]
    assert shelf.titles(condition="new") == ["B"]
    assert shelf.titles(format="buy_now") == ["B"]
    assert shelf.titles(format="auction") == ["A", "C"]
    assert shelf.titles(currency="EUR") == ["C"]
    assert shelf.titles(price_from="10") == ["B"]
    assert shelf.titles(price_to="10") == ["A"]
    assert shelf.titles(price_from="10", price_to="30", currency="EUR") == ["C"]
    assert shelf.titles(within="1") == ["A"]
    assert shelf.titles(category="books", condition="new", format="auction") == []
    assert len(shelf.titles(category="nonsense", sort="nonsense")) == 3


def test_lists_come_in_the_order_asked_for(shelf: Shelf) -> None:
    shelf.put("A", price="20.00", hours=2)
    shelf.put("B", price="5.00", hours=3)
    shelf.put("C", price="10.00", hours=1)

    assert shelf.titles() == ["C", "A", "B"]
    assert shelf.titles(sort="newest") == ["C", "B", "A"]
    assert shelf.titles(sort="price") == ["B", "C", "A"]
    assert shelf.titles(sort="price_desc") == ["A", "C", "B"]


@pytest.mark.parametrize("sort", ["best", "ending", "newest", "price", "price_desc", "popular"])
def test_pages_follow_each_other_without_gap_or_repeat(shelf: Shelf, sort: str) -> None:
    expected = {
        shelf.put("Lamp", price=f"{n % 3 + 1}.00", hours=n % 4 + 1, category="home")
        for n in range(11)
    }
    for _ in range(5):
        shelf.put("Vase")
    query = SearchQuery(words=words_in("lamp"), category="home", sort=sort, price_from=1)

    seen: list[str] = []
    after = None
    while True:
        with shelf.world.parts.store.reading() as conn:
            page = find(conn, query, now_ms=START_MS + 1, after=after, limit=3)
        seen += [auction.id for auction in page.auctions]
        after = page.more
        if after is None:
            break

    assert len(seen) == len(set(seen))
    assert set(seen) == expected


def test_sqlite_reads_what_is_rare_and_walks_past_what_is_common(world: World) -> None:
    shelf = Shelf(world)
    for n in range(60):
        shelf.put("Lamp" if n else "Vase", price=f"{n + 1}.00")
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    def way_to(**arguments: str) -> str:
        query = read_query({"sort": "ending"} | arguments)
        sent.clear()
        with world.parts.store.reading() as conn:
            find(conn, query, now_ms=START_MS + 1, after=None, limit=5)
        (page,) = [statement for statement in sent if "AS place" in statement]
        return "words" if "MATCH" in page else "prices" if "search_entries AS" in page else "sort"

    event.listen(world.parts.store.engine, "before_cursor_execute", note)

    assert way_to(q="vase") == "words"
    assert way_to(q="lamp") == "sort"
    assert way_to(q="lamp", price_to="2") == "prices"
    assert way_to(q="vase", price_from="2") == "words"
    assert way_to() == "sort"

    # A part of so many words that looking for each of them costs more than reading all.
    shelf.put("Box", description=" ".join(f"lamp{a}{b}ox" for a in "bcdfgk" for b in "aeiouy"))
    assert way_to(q="lamp") == "words"


def test_what_has_ended_or_is_hidden_is_not_found(house: World, shelf: Shelf) -> None:
    gone = shelf.put("Lamp")
    shelf.put("Lamp that stays")
    with house.parts.begin() as act:
        entries.remove(act.conn, gone)

    assert shelf.titles(q="lamp") == ["Lamp that stays"]
    house.clock.pass_s(25 * 3600)
    assert "Lamp" not in house.browser().get("/search?q=lamp").text.split("<main")[1].split(
        "Results"
    )[1].replace("lamp", "")


def test_what_is_missing_from_the_search_is_put_in(house: World, shelf: Shelf) -> None:
    lost = shelf.put("Lamp")
    with house.parts.begin() as act:
        entries.remove(act.conn, lost)

    assert index_search(house.parts.store) == 1

    assert shelf.titles(q="lamp") == ["Lamp"]
    assert index_search(house.parts.store) == 0


def test_a_price_that_is_none_is_said(world: World) -> None:
    with pytest.raises(BadInput):
        read_query({"price_from": "cheap"})

    page = world.browser().get("/search?price_from=cheap")
    program = world.browser().get("/search?price_from=cheap", headers=as_program())

    assert page.status_code == 422
    assert 'id="error-price_from"' in page.text
    assert program.status_code == 400


def test_words_are_folded_alike_everywhere() -> None:
    assert fold("Café-Tasse, Straße № 2") == ("cafe", "tasse", "strasse", "no", "2")


def test_the_filters_stay_in_the_address_of_the_next_page(world: World) -> None:
    shelf = Shelf(world)
    for _ in range(25):
        shelf.put("Lamp", category="home")

    first = world.browser().get("/search?q=lamp&category=home", headers=as_program()).get_json()
    following = first["_links"]["next"]["href"]
    second = world.browser().get(path_of(following), headers=as_program()).get_json()

    assert len(first["_embedded"]["auctions"]) == 24
    assert "q=lamp" in following
    assert "category=home" in following
    assert len(second["_embedded"]["auctions"]) == 1
    assert 'rel="next"' in world.browser().get("/search?q=lamp&category=home").text


@pytest.mark.parametrize(
    "list_",
    [
        "/search?q=lamp&sort=newest",
        "/search?sort=price_desc&currency=USD&price_from=1",
        "/categories/home?sort=popular",
        "/customers/SELLER",
    ],
)
def test_more_leads_through_a_list_though_it_grows_meanwhile(world: World, list_: str) -> None:
    shelf, visitor = Shelf(world), world.browser()
    put = [shelf.put("Lamp", price=f"{n % 7 + 2}.00", category="home") for n in range(50)]
    more: str | None = list_.replace("SELLER", shelf.seller)

    shown: list[str] = []
    while more:
        page = visitor.get(more).text
        shown += re.findall(r'<a [^>]*href="/auctions/(item[0-9]+)"', page)
        link = re.search(r'href="([^"]+)" rel="next"', page)
        more = unescape(link[1]) if link else None
        shelf.put("Lamp", price="99.00", category="home")

    assert sorted(id for id in shown if id in put) == sorted(put)


def test_categories_have_pages_of_their_own(world: World) -> None:
    shelf = Shelf(world)
    shelf.put("Wardrobe", category="home")
    shelf.put("Oil painting", category="art")

    page = world.browser().get("/categories/art").text

    assert "Oil painting" in page
    assert "Wardrobe" not in page
    assert world.browser().get("/categories/nonsense").status_code == 404
    assert '/categories/art"' in world.browser().get("/").text


def test_home_shows_what_ends_soon_is_popular_and_new_each_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "PAGE", 1)
    sam, ada = world.member("Sam"), world.member("Ada")
    titles = ["Ends soon", "Wanted", "Fresh"]
    items = [
        sam.list_item(title=title, ends=f"2026-10-0{day}T12:00:00")
        for day, title in enumerate(titles, start=1)
    ]
    assert 'id="popular"' not in ada.get("/").text

    for item in items[:2]:
        ada.bid(item, "25")

    page = ada.get("/").text
    sections = re.findall(r'<h2 id="(ending|popular|new)"|(Ends soon|Wanted|Fresh)</h3>', page)
    assert [section or title for section, title in sections] == [
        *("ending", "Ends soon"),
        *("popular", "Wanted"),
        *("new", "Fresh"),
    ]


def test_the_search_follows_the_price(world: World) -> None:
    sam, ada, bob = (world.member(name) for name in ("Sam", "Ada", "Bob"))
    item = sam.list_item()
    ada.bid(item, "50")
    bob.bid(item, "40")

    found = "/search?price_from=40&price_to=41"

    assert "Brass desk lamp" in world.browser().get("/search").text
    assert "Brass desk lamp" not in world.browser().get("/search?price_to=39").text
    assert "Brass desk lamp" in world.browser().get(found).text


def watch(browser: Browser, item: str, on: str) -> None:
    assert browser.post(f"{item}/watch", {"watch": on}).status_code == 303


def test_a_watched_item_is_on_the_watchlist_until_it_is_taken_off(world: World) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")
    assert "Brass desk lamp" not in ada.get("/my/watchlist").text

    watch(ada, item, "1")
    watch(ada, item, "1")

    assert "Brass desk lamp" in ada.get("/my/watchlist").text
    listed = ada.client.get("/my/watchlist", headers=as_program()).get_json()
    assert path_of(listed["_embedded"]["auctions"][0]["_links"]["self"]["href"]) == item
    assert "Stop watching" in ada.get(item).text
    watch(ada, item, "0")
    assert "Brass desk lamp" not in ada.get("/my/watchlist").text


def test_watching_needs_an_account_and_an_item(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")

    assert world.browser().post(f"{item}/watch", {"watch": "1"}).status_code == 401
    assert ada.post("/auctions/nothing/watch", {"watch": "1"}).status_code == 404


def test_my_bids_and_sales_are_shown_by_where_they_stand(world: World) -> None:
    sam, ada, bob = (world.member(name) for name in ("Sam", "Ada", "Bob"))
    sold, open_, unsold = (sam.list_item(title=title) for title in ("Sold", "Runs", "Stays"))
    for item in (sold, open_):
        ada.bid(item, "20")
        bob.bid(item, "50")
    for item in (sold, unsold):
        told = world.bids.close(world.parts.urls.public_url + item)
        with world.parts.begin() as act:
            keep_bidding(act, told)

    def titles(browser: Browser, path: str) -> set[str]:
        listed = browser.client.get(path, headers=as_program()).get_json()["_embedded"]["auctions"]
        return {auction["title"] for auction in listed}

    assert titles(bob, "/my/bids?state=winning") == {"Runs"}
    assert titles(bob, "/my/bids?state=won") == {"Sold"}
    assert titles(ada, "/my/bids?state=outbid") == {"Runs"}
    assert titles(ada, "/my/bids?state=lost") == {"Sold"}
    assert titles(ada, "/my/bids") == {"Sold", "Runs"}
    assert titles(sam, "/my/sales?state=open") == {"Runs"}
    assert titles(sam, "/my/sales?state=sold") == {"Sold"}
    assert titles(sam, "/my/sales?state=unsold") == {"Stays"}
    assert 'aria-current="page"' in sam.get("/my/sales?state=sold").text


def test_drafts_are_among_my_sales(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft(title="Half a lamp")

    assert f"{draft}/item" in sam.get("/my/sales").text


def test_the_history_is_a_fragment_of_its_own(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item()
    ada.bid(item, "20")

    fragment = world.browser().get(f"{item}/history").text

    assert "<html" not in fragment
    assert "$10.00" in fragment
    assert 'data-version="2"' in fragment


def test_one_searches_by_one_field_and_what_was_chosen_is_folded_and_counted(world: World) -> None:
    Shelf(world).put("Brass lamp")
    browser = world.browser()

    page = browser.get("/search?q=lamp&condition=used&price_to=50&currency=USD").text
    assert page.count('name="q"') == 1
    assert "<details>" in page
    assert "Filters and order (3)" in page
    assert browser.get("/help").text.count('name="q"') == 1
    unclear = browser.get("/search?price_from=ten").text
    assert "<details open>" in unclear
