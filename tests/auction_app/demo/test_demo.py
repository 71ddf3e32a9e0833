"""The demo loads once, through the app's own verbs."""

import pytest
from PIL import Image

from auction_app.accounts.published import ACCOUNTS
from auction_app.demo.load import ITEMS, load_demo
from auction_app.listings.model import LARGE, THUMBNAIL
from auction_app.listings.repository import auctions
from tests.auction_app.conftest import World

pytestmark = pytest.mark.slow


@pytest.fixture
def loaded(world: World) -> World:
    assert load_demo(world.parts) == ACCOUNTS
    return world


def test_it_is_announced_like_anything_else(loaded: World) -> None:
    topics = [(topic, type) for topic, type, _ in loaded.announced()]

    assert topics.count(("customers", "create")) == len(ACCOUNTS)
    assert topics.count(("auctions", "create")) == len(ITEMS)


def test_a_second_load_does_nothing(loaded: World) -> None:
    before = loaded.announced()

    assert load_demo(loaded.parts) == ()
    assert loaded.announced() == before


def test_what_is_painted_is_not_painted_again(world: World) -> None:
    photo = f"{ITEMS[0].id}photo"
    world.parts.files.write(photo, {LARGE: b"here", THUMBNAIL: b"already"})

    load_demo(world.parts)

    kept = world.photos / f"{photo}-{LARGE}.jpg"
    assert kept.read_bytes() == b"here"


def test_a_page_is_told_the_size_of_each_picture(loaded: World) -> None:
    for item in ITEMS:
        with Image.open(loaded.photos / f"{item.id}photo-{LARGE}.jpg") as picture:
            width, height = picture.size
        page = loaded.browser().get(f"/auctions/{item.id}").text
        assert f'width="{width}" height="{height}"' in page


def test_its_people_can_sign_in_and_its_items_run(loaded: World) -> None:
    browser = loaded.browser()

    answer = browser.post(
        "/sign-in", {"email": ACCOUNTS[2].email, "password": ACCOUNTS[2].password}
    )
    assert answer.status_code == 303
    home = browser.get("/").text
    for item in ITEMS:
        assert item.title in home
    assert "Review bid" in browser.get(f"/auctions/{ITEMS[0].id}").text


def test_a_newcomer_can_buy_something_at_once(loaded: World) -> None:
    at_once = [item for item in ITEMS if item.buy_now]

    assert at_once
    for item in at_once:
        with loaded.parts.store.reading() as conn:
            listed = auctions.by_id(conn, item.id)
        assert listed.terms.buy_now is not None
        assert listed.terms.buy_now.amount == item.buy_now
