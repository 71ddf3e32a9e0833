"""What stands beside an item: a plot, items like it, what those were sold for, its end for a
calendar, and the way back."""

import re

import pytest

from auction_app.items.calendar_file import calendar_file
from auction_app.items.plot import EDGE, HEIGHT, WIDTH, plot
from auction_app.listings.repository import auctions
from tests.auction_app.conftest import PUBLIC, START_MS, Browser, World
from tests.auction_app.sale import close


def words(browser: Browser, path: str) -> str:
    main = browser.get(path).text.split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_a_plot_goes_in_steps_within_its_edges() -> None:
    drawn = plot([(0, 100), (50, 200), (100, 400)])
    assert drawn is not None
    assert drawn.points[0] == (EDGE, HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * 100 // 400)
    assert drawn.points[-1] == (WIDTH - EDGE, EDGE)
    assert re.fullmatch(r"M\d+ \d+(H\d+V\d+){2}", drawn.path)


@pytest.mark.parametrize("amounts", [[], [(0, 100)]])
def test_of_fewer_than_two_amounts_there_is_no_plot(amounts: list[tuple[int, int]]) -> None:
    assert plot(amounts) is None


def test_amounts_at_one_moment_or_of_one_height_are_drawn_too() -> None:
    drawn = plot([(7, 100), (7, 100)])
    assert drawn is not None
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in drawn.points)


def test_the_history_is_drawn_beside_its_table(world: World) -> None:
    sam, ada, bob = (world.member(name) for name in ("Sam", "Ada", "Bob"))
    item = sam.list_item()
    ada.bid(item, "20")
    assert '<svg viewBox="0 0 600 160"' not in sam.get(item).text
    bob.bid(item, "30")

    assert '<svg viewBox="0 0 600 160" role="img" aria-label="' in sam.get(item).text
    assert '<svg viewBox="0 0 600 160"' in sam.get(f"{item}/history").text


def test_items_of_the_kind_are_found_and_what_they_sold_for(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    lamp = sam.list_item(title="Brass desk lamp", category="home")
    like = sam.list_item(title="Green desk lamp", category="home")
    sam.list_item(title="Desk for children", category="toys")
    for title, amount in (("Old brass lamp", "50"), ("Tea pot", "60")):
        sold = sam.list_item(title=title, category="home", start_price=amount)
        ada.bid(sold, amount)
        close(world, sold)

    page = words(world.browser(), f"{lamp}/similar")
    assert "Green desk lamp" in page
    assert "Desk for children" not in page
    assert "Old brass lamp $50.00" in page
    assert "Tea pot" not in page
    assert f"{lamp}/similar" in world.browser().get(lamp).text
    assert like


def test_the_end_goes_into_a_calendar(world: World) -> None:
    item = world.member("Sam").list_item(title="Lamp, brass; old \\ rare")

    answer = world.browser().get(f"{item}/end.ics")

    assert answer.mimetype == "text/calendar"
    lines = answer.text.split("\r\n")
    assert "DTSTART:20261001T120000Z" in lines
    assert "SUMMARY:Ends: Lamp\\, brass\\; old \\\\ rare" in lines
    assert f"URL:{PUBLIC}{item}" in lines
    assert f"{item}/end.ics" in world.browser().get(item).text


def test_no_line_of_a_calendar_file_is_too_long_or_cuts_a_letter(world: World) -> None:
    item = world.member("Sam").list_item()
    with world.parts.store.reading() as conn:
        auction = auctions.by_id(conn, item.rsplit("/", 1)[-1])

    file = calendar_file(auction, PUBLIC, "Ü" * 200, now_ms=START_MS)

    lines = file.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "SUMMARY:" + "Ü" * 200 in file.replace("\r\n ", "")


def test_an_end_that_moved_says_so_and_shows_its_seconds(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item(soft_close="120")
    assert 'id="extended" hidden' in sam.get(item).text
    assert "12:00 PM UTC" in words(sam, item)
    world.bids.books[PUBLIC + item].ends_at_ms += 61_000
    ada.bid(item, "20")

    assert 'id="extended" hidden' not in sam.get(item).text
    assert "12:01:01 PM UTC Extended" in words(sam, item)


def test_the_way_back_leads_over_the_category(world: World) -> None:
    item = world.member("Sam").list_item(category="home")

    crumbs = re.findall(r'<ol class="crumbs">.*?</ol>', world.browser().get(item).text, re.DOTALL)
    assert re.findall(r'href="([^"]+)"', crumbs[0]) == ["/", "/categories/home"]
