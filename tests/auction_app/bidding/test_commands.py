"""Buy now, retract, end early, edit, list again, second chances."""

import re

import pytest

from tests.auction_app.bidding.test_projection import deliver, refresh
from tests.auction_app.conftest import PUBLIC, Browser, World, as_program, password_of
from tests.auction_app.sale import filled_in, offer_again, sell


def key_in(page: str) -> str:
    match = re.search(r'name="key" value="([0-9a-f]{32})"', page)
    assert match, page
    return match[1]


def command(browser: Browser, item: str, name: str) -> str:
    """Ask, confirm, and read where it leads."""
    key = key_in(browser.get(f"{item}/{name}").text)
    return browser.follow(browser.post(f"{item}/{name}", {"key": key})).text


def test_buying_now_ends_the_auction_at_that_price(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item(buy_now="99.00")
    assert "Buy now for $99.00" in ada.get(item).text
    assert "$99.00" in ada.get(f"{item}/buy-now").text

    page = command(ada, item, "buy-now")

    assert "you bought it" in page
    assert "You bought it at the buy-now price" in page
    assert "Buy now for" not in page
    assert ada.client.get("/my/bids", headers=as_program()).get_json()["_embedded"]["auctions"][0][
        "standing"
    ] == ("bought_at_once")


@pytest.mark.parametrize(
    ("language", "said", "never"),
    [("en", "You bought it", "You have won"), ("de", "Sie haben es gekauft", "Sie haben gewonnen")],
)
def test_nobody_is_told_that_they_won_what_they_bought(
    world: World, language: str, said: str, never: str
) -> None:
    sam, ada = world.member("Sam"), world.member("Ada", language=language)
    item = sam.list_item(buy_now="99.00")
    command(ada, item, "buy-now")

    pages = [ada.get(page).text for page in ("/my/notices", item, "/my/bids", "/my/orders")]

    assert said in pages[0]
    assert "99" in pages[0]
    assert not any(never in page for page in pages)


def test_buy_now_is_gone_with_the_first_bid(world: World) -> None:
    sam, ada, bob = (world.member(name) for name in ("Sam", "Ada", "Bob"))
    item = sam.list_item(buy_now="99.00")
    asked = bob.get(f"{item}/buy-now").text
    ada.bid(item, "20")

    assert "Buy now for" not in bob.get(item).text
    answer = bob.post(f"{item}/buy-now", {"key": key_in(asked)})

    assert answer.status_code == 409
    assert "not possible any more" in answer.text


def test_a_purchase_whose_answer_was_lost_can_be_sent_again(world: World) -> None:
    item, ada = world.member("Sam").list_item(buy_now="99.00"), world.member("Ada")
    key = key_in(ada.get(f"{item}/buy-now").text)
    world.bids.loses_next_answer = True
    first = ada.post(f"{item}/buy-now", {"key": key})

    second = ada.post(f"{item}/buy-now", {"key": key})

    assert first.status_code == 503
    assert "does not answer" in first.text
    assert "you bought it" in ada.follow(second).text
    assert world.bids.calls.count("buy_now") == 1


def test_a_bidder_takes_bids_back_and_the_history_shows_it(world: World) -> None:
    sam, ada, bob = (world.member(name) for name in ("Sam", "Ada", "Bob"))
    item = sam.list_item()
    ada.bid(item, "20")
    bob.bid(item, "50")

    assert "taken back" in command(bob, item, "retract")
    refresh(world)

    page = ada.get(item).text
    assert "You are the highest bidder" in page
    assert "<s>" in page
    assert "$10.00" in page
    assert ada.client.get(item, headers=as_program()).get_json()["bid_count"] == 1


def test_who_has_no_bid_has_nothing_to_take_back(world: World) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")
    key = key_in(ada.get(f"{item}/retract").text)

    answer = ada.post(f"{item}/retract", {"key": key})

    assert answer.status_code == 409
    assert "no bid here" in answer.text


def test_a_seller_ends_an_auction_early_while_nobody_has_bid(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item()
    assert f"{item}/end" in sam.get(f"{item}/edit").text

    page = command(sam, item, "end")

    assert "called off" in page
    assert "Not sold" in page
    assert ada.get(f"{item}/end").status_code == 404
    assert "Brass desk lamp" not in ada.get("/search").text


def test_an_auction_with_bids_is_not_ended_early(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item()
    ada.bid(item, "20")
    assert f"{item}/end" not in sam.get(f"{item}/edit").text

    answer = sam.post(f"{item}/end", {"key": key_in(sam.get(f"{item}/end").text)})

    assert answer.status_code == 409
    assert "People have bid" in answer.text
    assert not world.bids.books[PUBLIC + item].cancelled


def test_nobody_buys_or_takes_back_at_their_own_auction(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item(buy_now="99.00")

    assert sam.get(f"{item}/buy-now").status_code == 404
    assert sam.get(f"{item}/retract").status_code == 404


def test_commands_are_refused_with_a_clear_word_while_bids_is_down(world: World) -> None:
    item, ada = world.member("Sam").list_item(buy_now="99.00"), world.member("Ada")
    key = key_in(ada.get(f"{item}/buy-now").text)
    world.bids.down = True

    answer = ada.post(f"{item}/buy-now", {"key": key})

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert "may or may not have arrived" in answer.text
    assert key_in(answer.text) == key
    assert "does not answer" in ada.get(item).text


def edit(browser: Browser, item: str, **form: str) -> str:
    return browser.follow(browser.post(f"{item}/edit", form)).text


def test_a_listing_can_be_rewritten_until_the_first_bid(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item()

    page = edit(sam, item, title="Lamp, mended", description="Works.", condition="worn")

    assert "<h1>Lamp, mended</h1>" in page
    assert "Worn" in page
    assert "mended" in world.browser().get("/search?q=mended").text
    assert world.announced()[-1][:2] == ("auctions", "update")
    bad = sam.post(f"{item}/edit", {"title": "", "description": "x"})
    assert bad.status_code == 422
    assert 'id="error-title"' in bad.text


def test_once_bids_exist_the_description_can_only_be_added_to(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item()
    ada.bid(item, "20")
    assert "everything else stays" in sam.get(f"{item}/edit").text

    page = edit(sam, item, title="Gold lamp", description="Gold!", addition="The bulb is new.")

    assert "<h1>Brass desk lamp</h1>" in page
    assert "From 1931, rewired." in page
    assert "The bulb is new." in page
    assert "Gold" not in page


def test_only_the_seller_edits(world: World) -> None:
    item, eve = world.member("Sam").list_item(), world.member("Eve")

    assert eve.get(f"{item}/edit").status_code == 404
    assert eve.post(f"{item}/edit", {"title": "x", "description": "x"}).status_code == 404
    assert eve.post(f"{item}/relist").status_code == 404


def test_an_unsold_item_is_listed_again_with_its_photos(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item(reserve="40.00", category="home")
    command(sam, item, "end")

    started = sam.post(f"{item}/relist")
    draft = started.headers["Location"].rsplit("/", 1)[0]
    again = sam.follow(sam.publish(draft))  # it ends in a week, unless one changes that

    assert "<h1>Brass desk lamp</h1>" in again.text
    photo = re.search(r'src="(/photos/[^"]+)"', again.text)
    assert photo
    assert sam.client.get(photo[1], buffered=True).status_code == 200


def test_amounts_of_a_listing_are_shown_again_as_their_seller_writes_them(world: World) -> None:
    sam = world.member("Sam", language="de")
    item = sam.list_item(
        currency="KWD", start_price="1.234", delivery="priced", postage_cost="0.500"
    )
    assert 'value="0,500"' in sam.get(f"{item}/edit").text
    command(sam, item, "end")

    draft = sam.post(f"{item}/relist").headers["Location"].rsplit("/", 1)[0]

    price = sam.get(f"{draft}/price").text
    assert re.findall(r'name="(start_price|postage_cost)"[^>]* value="([^"]*)"', price) == [
        ("start_price", "1,234"),
        ("postage_cost", "0,500"),
    ]


def sold(world: World) -> tuple[Browser, Browser, Browser, str]:
    """An auction that Bob won over Ada."""
    sam, ada, bob = (world.member(name) for name in ("Sam", "Ada", "Bob"))
    item = sam.list_item()
    ada.bid(item, "20")
    bob.bid(item, "50")
    bidding = world.bids.close(world.parts.urls.public_url + item)
    deliver(world, ("biddings", bidding.url))
    refresh(world)
    return sam, ada, bob, item


def offered(sam: Browser, item: str) -> str:
    assert sam.get(f"{item}/second-chances").text.count('name="bidder"') == 1
    return sam.follow(offer_again(sam, item)).text


def offer_of(world: World) -> str:
    from sqlalchemy import select

    from auction_app.db.tables import second_chances

    with world.parts.store.reading() as conn:
        return f"/second-chances/{conn.execute(select(second_chances.c.id)).scalar_one()}"


def test_a_loser_is_offered_the_item_and_buys_it(world: World) -> None:
    sam, ada, bob, item = sold(world)

    assert "Offered at $20.00" in offered(sam, item)
    offer = offer_of(world)
    assert "$20.00" in ada.get(offer).text
    assert bob.get(offer).status_code == 404
    assert sam.get(offer).status_code == 404

    answer = ada.follow(ada.post(offer, {"answer": "accept"})).text

    assert "it is yours" in answer
    assert "accepted" in sam.get(f"{item}/second-chances").text
    assert sum(topic == "orders" for topic, _, _ in world.announced()) == 2
    ada.post(offer, {"answer": "accept"})
    assert sum(topic == "orders" for topic, _, _ in world.announced()) == 2


def test_the_seller_sees_before_what_is_offered_and_offers_at_that_alone(world: World) -> None:
    sam, ada, _bob, item = sold(world)
    page = sam.get(f"{item}/second-chances").text
    assert re.findall(r">Offer at ([^<]+)</button>", page) == ["$20.00"]

    world.bids.shown_more_minor = 500
    answer = sam.post(f"{item}/second-chances", filled_in(page))

    assert answer.status_code == 409
    assert "the price is now $25.00" in answer.text
    assert "second chance" not in ada.get("/my/notices").text
    assert "Offered at $25.00" in sam.follow(offer_again(sam, item)).text


def test_without_the_price_nothing_is_offered_and_the_page_says_so(world: World) -> None:
    sam, _ada, _bob, item = sold(world)
    form = filled_in(sam.get(f"{item}/second-chances").text)
    assert sam.post(f"{item}/second-chances", form | {"price": "1e9"}).status_code == 400
    world.bids.down = True

    page = sam.get(f"{item}/second-chances").text

    assert "We cannot say right now at which price" in page
    assert 'name="bidder"' not in page
    assert sam.post(f"{item}/second-chances", form).status_code == 503
    assert "offer_second_chance" not in world.bids.calls


def test_an_offer_can_be_declined(world: World) -> None:
    sam, ada, _bob, item = sold(world)
    offered(sam, item)
    assert ada.post(offer_of(world)).status_code == 404  # neither yes nor no

    answer = ada.follow(ada.post(offer_of(world), {"answer": "decline"})).text

    assert "You have declined" in answer
    assert "declined" in sam.get(f"{item}/second-chances").text


def test_before_the_end_there_is_no_button_to_offer_it_with(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item()
    ada.bid(item, "20")

    page = sam.get(f"{item}/second-chances").text

    assert "The auction has not ended yet" in page
    assert 'name="bidder"' not in page


def test_who_has_left_is_offered_nothing(world: World) -> None:
    sale = sell(world)
    assert sale.bob.post("/account/delete", {"password": password_of("Bob")}).status_code == 303

    assert "Nobody else has bid" in sale.sam.get(f"{sale.item}/second-chances").text


def test_only_the_seller_offers_and_only_to_who_bid(world: World) -> None:
    sam, ada, _bob, item = sold(world)

    assert ada.get(f"{item}/second-chances").status_code == 404
    assert sam.post(f"{item}/second-chances", {"bidder": "Z99"}).status_code == 404
    assert "offer_second_chance" not in world.bids.calls
