"""Postage is data: a seller names it, and whoever would pay it sees what it comes to."""

import re

import pytest

from tests.auction_app.conftest import Browser, World, as_program
from tests.auction_app.sale import close

PRICED = {"delivery": "priced", "postage_cost": "4.90"}


def words(browser: Browser, path: str) -> str:
    return in_words(browser.get(path).text)


def in_words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1]).split())


def test_the_most_one_would_pay_has_the_postage_in_it(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_by_wizard(**PRICED, buy_now="99")

    assert "Delivery $4.90 postage" in words(ada, item)
    assert "$4.90 postage" in words(world.browser(), "/")
    review = in_words(ada.review(item, "30").text)
    assert "The most you would pay $34.90" in review
    assert "the most you would pay is $34.90, postage included" in review
    assert "You pay $103.90" in words(ada, f"{item}/buy-now")


def test_an_order_says_what_it_comes_to(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_by_wizard(**PRICED, location="Leipzig", payment="Bank transfer")
    ada.bid(item, "30")
    close(world, item)
    order = re.findall(r'href="(/orders/\w+)"', ada.get("/my/orders").text)[0]

    assert "Price $10.00 Postage $4.90 Total $14.90" in words(ada, order)
    assert "Payment methods Bank transfer" in words(ada, order)
    assert "$14.90" in words(ada, "/my/orders")
    told = ada.get(order, headers=as_program()).get_json()
    assert told["total"] == {"amount": "14.90", "currency": "USD"}
    assert "Leipzig" in words(ada, item)
    assert "Bank transfer" in words(ada, item)


@pytest.mark.parametrize(
    ("delivery", "cost", "said"),
    [
        ("free", "7", "Free postage"),
        ("collection", "7", "Collection only"),
        ("priced", "0", "Free postage"),
        ("priced", "$0.00", "Free postage"),
    ],
)
def test_what_costs_nothing_more_is_said_so(
    world: World, delivery: str, cost: str, said: str
) -> None:
    item = world.member("Sam").list_by_wizard(delivery=delivery, postage_cost=cost)
    review = in_words(world.member("Ada").review(item, "30").text)

    assert said in review
    assert "The most you would pay $30.00" in review


def test_where_postage_is_not_named_no_sum_is_promised(world: World) -> None:
    item = world.member("Sam").list_item()
    review = in_words(world.member("Ada").review(item, "30").text)

    assert "Postage to be agreed" in review
    assert "is $30.00 and the postage" in review
    document = world.browser().get(item, headers=as_program()).get_json()
    assert (document["delivery"], document["postage_cost"]) == ("ask", None)


@pytest.mark.parametrize("cost", ["", "abc", "1.234", "-1"])
def test_what_is_sent_at_a_price_needs_one(world: World, cost: str) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft(delivery="priced", postage_cost=cost)

    assert sam.publish(draft).status_code == 422
    assert 'id="error-postage_cost"' in sam.get(f"{draft}/price?check=1").text


def test_postage_may_change_until_the_first_bid_and_is_taken_along(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_by_wizard(**PRICED, location="Leipzig", payment="Cash")
    form = {"title": "Lamp", "description": "Brass.", "location": "Bonn"}
    assert sam.post(f"{item}/edit", form | {"delivery": "priced"}).status_code == 422
    sam.post(f"{item}/edit", form | {"delivery": "priced", "postage_cost": "6,50"})

    assert "$6.50 postage" in words(sam, item)
    close(world, item)
    draft = sam.post(f"{item}/relist").headers["Location"].rsplit("/", 1)[0]
    assert 'value="6.50"' in sam.get(f"{draft}/price").text
    assert 'value="Bonn"' in sam.get(f"{draft}/item").text
