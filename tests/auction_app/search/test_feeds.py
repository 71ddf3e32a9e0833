"""What is new, as Atom; and all that runs, for search engines."""

from xml.etree import ElementTree

import pytest

from auction_app.search.views import sitemap
from tests.auction_app.conftest import PUBLIC, World
from tests.auction_app.search.shelf import Shelf

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(world: World, path: str) -> list[str]:
    answer = world.browser().get(path)
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.text)
    assert [feed.findtext(f"{ATOM}{name}") for name in ("id", "updated")] != [None, None]
    for entry in feed.iter(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "summary"):
            assert entry.findtext(f"{ATOM}{name}")
        assert entry.find(f"{ATOM}link").get("href") == entry.findtext(f"{ATOM}id")
    return [entry.findtext(f"{ATOM}title") or "" for entry in feed.iter(f"{ATOM}entry")]


def test_a_search_a_category_and_a_seller_have_feeds_of_what_is_new(world: World) -> None:
    shelf = Shelf(world)
    shelf.put("Old lamp", category="home", hours=1)
    shelf.put("Vase & <b>bowl</b> \x0b", category="home", hours=2)
    shelf.put("New lamp", category="art", price="90.00", hours=3)

    assert entries(world, "/feeds/search?q=lamps") == ["New lamp", "Old lamp"]
    assert entries(world, "/feeds/search?q=lamps&price_to=20&currency=USD") == ["Old lamp"]
    assert entries(world, "/feeds/search?q=unicorn") == []
    assert entries(world, "/feeds/categories/home") == ["Vase & <b>bowl</b> ", "Old lamp"]
    assert len(entries(world, f"/feeds/customers/{shelf.seller}")) == 3
    for path in ("/feeds/categories/none", "/feeds/customers/nobody"):
        assert world.browser().get(path).status_code == 404
    assert world.browser().get("/feeds/search?price_from=cheap").status_code == 400


@pytest.mark.parametrize("page", ["/search?q=lamp&category=home", "/categories/home", "SELLER"])
def test_a_page_names_its_feed(world: World, page: str) -> None:
    shelf = Shelf(world)
    shelf.put("Lamp", category="home")
    path = page.replace("SELLER", f"/customers/{shelf.seller}")

    shown = ElementTree.fromstring(_feed_link(world.browser().get(path).text))

    assert entries(world, shown.get("href") or "") == ["Lamp"]


def _feed_link(page: str) -> str:
    (line,) = [line for line in page.splitlines() if "application/atom+xml" in line]
    start = line.index('<link rel="alternate"')
    return line[start : line.index(">", start)] + "/>"


def test_the_sitemap_leads_to_everything_that_runs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "_PART", 2)
    shelf = Shelf(world)
    ids = {shelf.put("Lamp") for _ in range(5)}
    ended = shelf.put("Lamp", hours=0.1)
    world.clock.pass_s(600)

    def places(path: str) -> list[str]:
        answer = world.browser().get(path)
        assert answer.mimetype == "application/xml"
        return [it.text or "" for it in ElementTree.fromstring(answer.text).iter(f"{MAP}loc")]

    parts = places("/sitemap.xml")
    listed = [url for part in parts for url in places(part.removeprefix(PUBLIC))]

    assert len(listed) == len(set(listed))
    assert {f"{PUBLIC}/auctions/{id}" for id in ids} <= set(listed)
    assert f"{PUBLIC}/auctions/{ended}" not in listed
    assert f"{PUBLIC}/categories/home" in listed
