"""People find what they mean, in the forms of words that they use."""

import pytest
from sqlalchemy import event

from auction_app.demo.load import ITEMS
from auction_app.listings.terms import CURRENCIES
from tests.auction_app.conftest import World
from tests.auction_app.search.asked import ASKED, TITLES
from tests.auction_app.search.shelf import Shelf

_ENOUGH = 57


@pytest.fixture
def stocked(shelf: Shelf) -> Shelf:
    for item in ITEMS:
        shelf.put(item.title, description=item.description, category=item.category)
    for title in TITLES:
        shelf.put(title)
    return shelf


def test_of_sixty_searches_nearly_all_find_it_among_the_first_three(stocked: Shelf) -> None:
    assert len(ASKED) == 60
    missed = {q: title for q, title in ASKED if title not in stocked.titles(q=q)[:3]}

    assert len(missed) <= len(ASKED) - _ENOUGH, missed


def test_what_fits_best_comes_first(shelf: Shelf) -> None:
    shelf.put("Shelf", description="Beside it stood a lamp.", hours=1)
    shelf.put("Schreibtischlampe", hours=2)
    shelf.put("Two lamps", hours=4)
    shelf.put("Lamp", hours=3)

    found = shelf.titles(q="Lampe")

    assert found == ["Lamp", "Two lamps", "Schreibtischlampe", "Shelf"]
    assert shelf.titles(q="lampe", sort="ending")[0] == "Shelf"


def test_a_word_behind_a_minus_must_not_be_there(shelf: Shelf) -> None:
    shelf.put("Green lamp")
    shelf.put("Blue lamp")
    shelf.put("Vase", description="Green. Café-Tasse")

    assert shelf.titles(q="lamp -green") == ["Blue lamp"]
    assert shelf.titles(q="lamps -Lampen") == []
    assert shelf.titles(q="-lamp") == ["Vase"]
    assert shelf.titles(q="café-tasse") == ["Vase"]
    assert shelf.titles(q="lamp -") == shelf.titles(q="lamp")


@pytest.mark.parametrize("typed", ["🎸", "❤️", "?!", "-", '"', "\u00ad", "- -"])
def test_what_holds_no_word_finds_nothing(shelf: Shelf, typed: str) -> None:
    shelf.put("Lamp 🎸")

    page = shelf.world.browser().get("/search", query_string={"q": typed}).text

    assert "Please type a word" in page
    assert "Lamp 🎸" not in page


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Desk\u00adlamp", "desklamp"),
        ("Desklamp", "desk\u00adlamp"),
        ("Desk\u200blamp", "desklamp"),
        ("青い花瓶", "花瓶"),
        ("青い花瓶", "花"),
        ("กีตาร์โปร่ง", "กีตาร์"),
        ("Лампа", "лампа"),
        ("Vase ❤️", "vase ❤"),
        ("ＬＡＭＰ", "lamp"),  # noqa: RUF001 - they are what it is about
        ("Schreibtisch mit Lampe", "Schreibtischlampe"),
        ("Desk lamp", "desklamp"),
    ],
)
def test_it_is_found_however_it_is_written(shelf: Shelf, title: str, typed: str) -> None:
    shelf.put(title)
    shelf.put("Something else")

    assert shelf.titles(q=typed) == [title]


def test_what_was_meant_is_said_and_found(shelf: Shelf) -> None:
    shelf.put("Green bicycle")
    shelf.put("Greek vase")

    page = shelf.world.browser().get("/search?q=grean+bycicle").text

    assert "Nothing was found for “grean bycicle”. Did you mean" in page
    assert 'href="/search?q=green+bicycle"' in page
    assert "Green bicycle" in page
    assert "Greek vase" not in page


def test_what_may_be_meant_is_counted_for_all_readings_as_near_at_once(shelf: Shelf) -> None:
    for title in ("Green bicycle", "Greek vase", "Grand piano", "Gran lamps", "Great icicle"):
        shelf.put(title)
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(" ".join(statement.split()))

    event.listen(shelf.world.parts.store.engine, "before_cursor_execute", note)

    assert shelf.titles(q="grean bycicle") == ["Green bicycle"]
    assert sum("AS place, count(*) AS matches" in statement for statement in sent) <= 4
    assert sum("search_stems.written FROM" in statement for statement in sent) == 2


def test_a_search_says_how_much_there_is_also_under_each_choice(shelf: Shelf) -> None:
    for n in range(3):
        shelf.put("Lamp", category="home", condition="new" if n else "used")
    shelf.put("Lamp", category="art", currency="EUR", buy_now="90.00")
    shelf.put("Vase", category="art")

    page = shelf.world.browser().get("/search?q=lamp&category=home").text

    assert "3 items" in page
    for choice in (
        "Home and garden (3)",
        "Art (1)",
        "Books (0)",
        "Unused (2)",
        "Used (1)",
        "EUR (0)",
        "Bids only (3)",
        "With buy-now (0)",
    ):
        assert f">{choice}</option>" in page


def test_counting_ends_somewhere(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auction_app.search.repository.tally.MOST", 3)
    for n in range(5):
        shelf.put("Lamp", category="home" if n else "art", hours=n + 1)

    page = shelf.world.browser().get("/search?q=lamp").text

    assert "More than 3 items" in page
    assert ">Art (1+)</option>" in page
    assert ">Books</option>" in page


@pytest.mark.parametrize(
    ("zone", "language", "currency"),
    [
        ("Europe/Berlin", "en-US", "EUR"),
        (None, "de", "EUR"),
        (None, "de-CH,de;q=0.8", "CHF"),
        (None, "en-GB", "GBP"),
        (None, "en", "USD"),
        ("Asia/Tokyo", "de", "JPY"),
        ("Africa/Lagos", "en-GB", "GBP"),
    ],
)
def test_prices_are_those_of_where_the_visitor_is(
    world: World, zone: str | None, language: str, currency: str
) -> None:
    shelf = Shelf(world)
    for its in ("USD", "EUR", "GBP", "CHF"):
        shelf.put(f"Lamp in {its}", price="100.00", currency=its)
    shelf.put("Lamp in JPY", price="100", currency="JPY")
    visitor = world.browser()
    if zone:
        visitor.client.set_cookie("gavel_zone", zone)
    said = {"Accept-Language": language, "Accept": "text/html"}

    for asked in ("price_from=50&price_to=300", "sort=price"):
        page = visitor.get(f"/search?{asked}", headers=said).text
        titles = [f"Lamp in {its}" for its in CURRENCIES if f"Lamp in {its}<" in page]
        assert titles == [f"Lamp in {currency}"]
        assert f'<option value="{currency}" selected>' in page
    chosen = visitor.get("/search?sort=price&currency=USD", headers=said).text
    assert "Lamp in USD<" in chosen
    assert "Lamp in EUR<" not in chosen


def test_an_empty_page_leads_on(shelf: Shelf) -> None:
    shelf.put("Green lamp", category="home")
    shelf.put("Blue vase", price="500.00")

    page = shelf.world.browser().get("/search?q=green+vase&category=art").text
    priced = shelf.world.browser().get("/search?q=vase&price_to=10").text
    elsewhere = shelf.world.browser().get("/search?q=vase&sort=price&currency=EUR").text

    assert "No auctions found." in page
    assert "/categories/home" in page
    assert 'href="/search?q=vase">Without filters: 1 item' in priced
    assert "currency=USD" in elsewhere
    page = shelf.world.browser().get("/search?q=green+vase").text
    assert 'href="/search?q=vase">Without “green”: 1 item' in page
    assert 'href="/search?q=green">Without “vase”: 1 item' in page


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("green bike", "Green touring bicycle, 56 cm"),
        ("bicycles", "Kinderfahrrad, 16 Zoll, rot"),
        ("fahrrad", "Green touring bicycle, 56 cm"),
        ("headphones", "Kopfhörer mit Kabel"),
        ("couches", "Sofa, two seats"),
    ],
)
def test_a_thing_is_found_by_what_else_it_is_called(shelf: Shelf, typed: str, title: str) -> None:
    shelf.put(title)
    shelf.put("Brass desk lamp")

    assert shelf.titles(q=typed) == [title]
    assert shelf.titles(q=f"lamp -{typed.rsplit(maxsplit=1)[-1]}") == ["Brass desk lamp"]


def test_what_is_called_as_it_was_typed_comes_first(shelf: Shelf) -> None:
    shelf.put("Fahrrad", hours=1)
    shelf.put("Bicycle", hours=2)

    assert shelf.titles(q="bicycle") == ["Bicycle", "Fahrrad"]
