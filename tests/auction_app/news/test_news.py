"""What is new: sales to a device, notices to an open page, each after a cursor."""

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from auction_app.db.tables import notices
from tests.auction_app.conftest import PUBLIC, Browser, World, as_program
from tests.auction_app.devices.test_devices import add_device, sell_more
from tests.auction_app.sale import sell


def ask(browser: Browser, **query: str) -> TestResponse:
    return browser.client.get("/me/events", query_string=query, headers=as_program())


def texts(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [event["data"]["text"] for event in answer.get_json()["events"]]


def test_an_open_page_hears_what_comes_after_it_was_made(world: World) -> None:
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ada.bid(item, "20")
    page_made = str(world.clock())
    world.clock.pass_s(60)

    bob.bid(item, "40")

    answer = ask(ada, after=page_made)
    (event,) = answer.get_json()["events"]
    assert event["event"] == "notice"
    assert event["data"] == {
        "text": "You have been outbid",
        "title": "Brass desk lamp",
        "url": PUBLIC + item,
        "unread": 1,
    }
    assert answer.get_json()["_links"]["customer"]["href"] == world.customer_url("Ada")
    assert answer.get_json()["cursor"] == event["id"]
    assert texts(ask(ada)) == []  # from now on
    assert texts(ask(bob, after=page_made)) == []


def test_news_is_told_in_the_readers_language(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada", language="de")
    ada.bid(item, "20")
    world.member("Bob").bid(item, "40")

    assert texts(ask(ada, after="0")) == ["Sie wurden überboten"]


def test_what_became_visible_late_is_not_missed(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")
    ada.bid(item, "20")
    world.member("Bob").bid(item, "40")
    now_ms, a_minute_ago_ms = world.clock(), world.clock() - 60_000
    with world.parts.begin() as act:
        act.conn.execute(update(notices).values(noted_at_ms=now_ms - 5_000))

    answer = ask(ada, after=f"{now_ms}-{a_minute_ago_ms}")
    assert texts(answer) == ["You have been outbid"]
    assert answer.get_json()["cursor"] == f"{now_ms}-{a_minute_ago_ms}"
    assert texts(ask(ada, after=str(now_ms))) == []  # a page that was made after it shows it


def test_what_was_read_is_no_news(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")
    ada.bid(item, "20")
    world.member("Bob").bid(item, "40")

    ada.post("/my/notices/read")

    assert texts(ask(ada, after="0")) == []


def test_each_piece_of_news_tells_the_world_whose_it_is_once(world: World) -> None:
    sale = sell(world)

    sold = ("notices", "update", world.customer_url("Sam"))
    assert world.announced().count(sold) == 3  # two bids and a sale
    assert world.announced().count(("notices", "update", world.customer_url("Ada"))) == 1
    assert world.announced().count(("notices", "update", world.customer_url("Bob"))) == 2
    assert sale.order


def test_a_device_hears_of_sales_with_the_cursor_of_each(world: World) -> None:
    sale = sell(world)
    token = add_device(sale.sam)
    headers = as_program(token)
    client = world.app.test_client()
    start = client.get("/me/events", headers=headers).get_json()["cursor"]
    order = sell_more(world, sale, sale.sam)

    answer = client.get(f"/me/events?after={start}", headers=headers).get_json()

    (event,) = answer["events"]
    assert (event["event"], event["data"]) == ("order", {"url": PUBLIC + order})
    assert client.get(f"/me/events?after={event['id']}", headers=headers).get_json()["events"] == []


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 16, "1-sam", "\u0661"])
def test_rubbish_is_no_cursor(world: World, after: str) -> None:
    sam = world.member("Sam")
    token = add_device(sam)

    assert ask(sam, after=after).status_code == 400
    answer = world.app.test_client().get(
        "/me/events", query_string={"after": after}, headers=as_program(token)
    )
    assert answer.status_code == 400


def test_who_is_nobody_hears_nothing(world: World) -> None:
    client = world.app.test_client()

    assert client.get("/me/events", headers=as_program()).status_code == 401
    assert (
        client.get("/me/events", headers=as_program("gavel_device_" + "0" * 64)).status_code == 401
    )
