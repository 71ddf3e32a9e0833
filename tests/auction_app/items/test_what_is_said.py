"""What the item page says to each: prices, own terms, who sells, what came of it."""

import re

from service_kit.clock import utc

from auction_app.bidding.projection import keep_bidding
from tests.auction_app.conftest import Browser, World
from tests.auction_app.moderation.test_decisions import decide
from tests.auction_app.sale import Sale, cancel, close, offer_again, sell


def seen(browser: Browser, path: str) -> str:
    """The words of a page, without its marks."""
    main = browser.get(path).text.split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def close_below_reserve(world: World, item: str) -> None:
    """The bidding ends unsold, though somebody has bid."""
    book = world.bids.books[world.parts.urls.public_url + item]
    book.cancelled, book.reserve = True, "not_met"
    with world.parts.begin() as act:
        keep_bidding(act, world.bids.close(world.parts.urls.public_url + item))


def test_a_buy_now_price_is_seen_by_everybody_on_the_page_and_on_cards(world: World) -> None:
    item = world.member("Sam").list_item(buy_now="99")

    assert "Buy now for $99.00" in seen(world.browser(), item)
    assert "Buy now: $99.00" in seen(world.browser(), "/")
    ada = world.member("Ada")
    ada.bid(item, "20")
    assert "99.00" not in seen(ada, item)
    assert "Buy now" not in seen(ada, "/")


def test_a_seller_sees_the_own_reserve_and_buy_now_and_nobody_else_the_reserve(
    world: World,
) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item(reserve="55", buy_now="99")

    assert "Your reserve $55.00 (only you see this)" in seen(sam, item)
    assert "Buy-now price $99.00" in seen(sam, item)
    assert "55.00" not in ada.get(item).text
    ada.bid(item, "20")
    assert "Buy-now price $99.00 (no longer available)" in seen(sam, item)


def test_beside_the_seller_stands_what_speaks_for_them(world: World) -> None:
    sale = sell(world)
    assert "No feedback yet · 1 sale · Member since Sep 2026" in seen(sale.bob, sale.item)
    for person, status in ((sale.ada, "paid"), (sale.sam, "shipped"), (sale.ada, "received")):
        person.post(f"{sale.order}/steps", {"status": status})
    sale.ada.post(f"{sale.order}/feedback", {"rating": "good", "text": "Well packed."})

    assert "100 % positive (1) · 1 sale" in seen(world.browser(), sale.item)


def test_a_reserve_that_was_missed_is_said_the_same_everywhere(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item(reserve="55")
    ada.bid(item, "20")
    close_below_reserve(world, item)

    page = seen(ada, item)
    assert "Nobody won: it was not sold" in page
    assert "Highest bid $10.00" in page
    assert "Not sold: reserve not met" in page
    assert "Reserve Not met" in page
    assert "Reserve Not met yet" not in page
    listed = seen(ada, "/my/bids")
    assert "Not sold" in listed
    assert "Lost" not in listed.replace("Lost", "", 1)  # the filter of that name


def accept(sale: Sale) -> None:
    """Bob is offered what Ada did not take, and takes it."""
    offer_again(sale.sam, sale.item)
    offer = re.findall(r'href="(/second-chances/\w+)"', sale.bob.get(sale.item).text)[0]
    sale.bob.post(offer, {"answer": "accept"})


def test_an_item_page_shows_an_offer_to_whom_it_is_made_and_to_nobody_else(world: World) -> None:
    sale = sell(world)
    offer_again(sale.sam, sale.item)

    assert "See the offer" in seen(sale.bob, sale.item)
    for other in (sale.ada, sale.sam, world.browser()):
        assert "See the offer" not in seen(other, sale.item)


def test_who_bought_by_a_second_chance_is_told_so_and_not_that_they_lost(world: World) -> None:
    sale = sell(world)
    cancel(sale)
    accept(sale)

    page = seen(sale.bob, sale.item)
    assert "You bought it by a second chance" in page
    assert "You didn't win" not in page
    assert "Bought" in seen(sale.bob, "/my/bids")


def test_a_visitor_is_led_to_sign_in_in_order_to_watch(world: World) -> None:
    item = world.member("Sam").list_item()

    assert "Sign in to watch" in seen(world.browser(), item)
    close(world, item)
    assert "Sign in to watch" not in seen(world.browser(), item)


def test_of_what_the_house_has_stopped_no_page_tells_a_time_left(world: World) -> None:
    sam, mod = world.member("Sam"), world.moderator("Mo")
    item = sam.list_item()
    decide(world, mod, item, "hide")

    for who, path in ((sam, item), (mod, item), (sam, "/my/sales"), (mod, f"/moderation{item}")):
        assert "the bidding is stopped" in seen(who, path).lower()
        assert "data-ends-at-ms" not in who.get(path).text
    assert "At least" not in seen(sam, item)


def test_before_its_start_an_item_says_when_it_opens_and_not_how_long_it_runs(world: World) -> None:
    clock = world.clock
    starts, ends = (f"{utc(clock() + s * 1000):%Y-%m-%dT%H:%M:%S}" for s in (7200, 86_400))
    item = world.member("Sam").list_item(starts=starts, ends=ends)

    assert "Opens in 2 h" in seen(world.browser(), item)
    assert "Time left" not in seen(world.browser(), item)
    clock.pass_s(7201)
    assert "Time left 21 h 59 min" in seen(world.browser(), item)
