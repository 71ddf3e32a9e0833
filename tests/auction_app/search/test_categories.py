"""Categories have subcategories, and what is in one of these is in both."""

import pytest

from auction_app.listings.categories import EVERY_CATEGORY, TREE, top_of, within
from auction_app.search.query import fold_one
from tests.auction_app.conftest import World, as_program
from tests.auction_app.search.shelf import Shelf


def test_a_category_finds_what_is_in_its_subcategories(shelf: Shelf) -> None:
    shelf.put("Desk lamp", category="home-lamps", hours=1)
    shelf.put("Oak table", category="home-furniture", hours=2)
    shelf.put("Old listing", category="home", hours=3)
    shelf.put("Lamp of a car", category="vehicles-parts", hours=4)

    assert shelf.titles(category="home") == ["Desk lamp", "Oak table", "Old listing"]
    assert shelf.titles(category="home-lamps") == ["Desk lamp"]
    assert shelf.titles(category="vehicles-parts", q="lamp") == ["Lamp of a car"]
    assert shelf.titles(category="home-garden") == []

    page = shelf.world.browser().get("/categories/home").text
    for said in ("3 items", ">Home and garden (3)<", ">Lamps (1)<", ">Furniture (1)<"):
        assert said in page
    assert ">Home and garden: Garden (0)</option>" in page


@pytest.mark.parametrize(
    ("language", "crumbs"), [("en", ["Home and garden", "Lamps"]), ("de", ["Haus", "Lampen"])]
)
def test_one_lists_in_a_subcategory_and_finds_back_from_the_item(
    world: World, language: str, crumbs: list[str]
) -> None:
    sam, ada = (world.member(name, language=language) for name in ("Sam", "Ada"))
    assert 'value="home-lamps"' in sam.get(f"{sam.write_draft()}/item").text
    item = sam.list_by_wizard(category="home-lamps")

    page = ada.get(item).text
    trail = page[page.index('class="crumbs"') :].split("</nav>")[0]

    assert 'href="/categories/home"' in trail
    assert 'href="/categories/home-lamps"' in trail
    assert all(crumb in trail for crumb in crumbs)
    told = world.browser().client.get(item, headers=as_program()).get_json()
    assert told["category"] == "home-lamps"
    for path in (
        "/categories/home-lamps",
        "/feeds/categories/home-lamps",
        "/feeds/categories/home",
    ):
        assert "Brass desk lamp" in ada.get(path).text
    assert ada.get("/categories/home-nothing").status_code == 404


def test_each_subcategory_is_of_one_category_and_a_word_of_its_own_in_the_index() -> None:
    assert {top_of(one) for one in EVERY_CATEGORY} == set(TREE)
    assert sum(len(within(top)) for top in TREE) == len(EVERY_CATEGORY)
    assert len({fold_one(one) for one in EVERY_CATEGORY}) == len(EVERY_CATEGORY)
    assert max(map(len, EVERY_CATEGORY)) <= 24  # the column has room for so many
