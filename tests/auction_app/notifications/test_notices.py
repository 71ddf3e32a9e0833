"""News on the site, how it goes out by mail, and the link that stops it."""

import re

import pytest

from auction_app.notifications.model import KINDS
from auction_app.watchlist.remind_watchers import remind_watchers
from tests.auction_app.accounts.test_account import contact
from tests.auction_app.conftest import (
    MAILER_TOKEN,
    PUBLIC,
    Browser,
    World,
    as_program,
    path_of,
)
from tests.auction_app.sale import close, offer_again, sell


def news(browser: Browser) -> list[str]:
    page = browser.get("/my/notices").text
    return re.findall(r"(?:New</span> |<div>)([^<]+)<br>", page)


def test_everybody_is_told_once_of_what_concerns_them(world: World) -> None:
    sale = sell(world)
    close(world, sale.item)  # heard a second time

    assert sorted(news(sale.sam)) == [
        "New bid on your item",
        "New bid on your item",
        "Your item is sold",
    ]
    assert news(sale.ada) == ["You have won"]
    assert sorted(news(sale.bob)) == ["You didn&#39;t win", "You have been outbid"]


def test_an_unsold_item_is_told_to_its_seller(world: World) -> None:
    sam = world.member("Sam")
    close(world, sam.list_item())

    assert news(sam) == ["Your item was not sold"]


def test_unread_news_are_counted_on_every_page_until_they_are_read(world: World) -> None:
    sale = sell(world)
    assert re.search(r'class="count">.*?1</span>', sale.ada.get("/").text)

    sale.ada.post("/my/notices/read")

    assert 'class="count"' not in sale.ada.get("/").text
    assert news(sale.ada) == ["You have won"]
    assert 'class="count"' in sale.bob.get("/").text


def test_every_kind_has_a_switch_that_the_mailer_reads(world: World) -> None:
    ada = world.member("Ada")
    assert set(contact(world, "Ada")["notices"].values()) == {"at_once"}

    ada.post("/account/notices", {"outbid": "daily", "lost": "off"})

    notices = contact(world, "Ada")["notices"]
    assert set(notices) == set(KINDS)
    assert (notices["outbid"], notices["lost"], notices["won"]) == ("daily", "off", "at_once")
    assert world.announced()[-1] == ("customers", "update", world.customer_url("Ada"))
    ada.post("/account/notices", {"outbid": "hourly"})
    assert contact(world, "Ada")["notices"] == notices


def unsubscribe_path(world: World, name: str, kind: str) -> str:
    template = contact(world, name)["_links"]["unsubscribe"]
    assert template["templated"] is True
    return path_of(template["href"].replace("{kind}", kind))


def test_one_click_from_a_mail_program_switches_one_kind_off(world: World) -> None:
    world.member("Ada")
    path = unsubscribe_path(world, "Ada", "outbid")
    form = {"List-Unsubscribe": "One-Click"}

    for _ in range(2):
        assert world.app.test_client().post(path, data=form).status_code == 200

    notices = contact(world, "Ada")["notices"]
    assert notices.pop("outbid") == "off"
    assert set(notices.values()) == {"at_once"}


def test_one_click_from_a_digest_switches_off_the_kinds_that_it_names(world: World) -> None:
    world.member("Ada")
    path = unsubscribe_path(world, "Ada", "outbid,won")
    asked = world.browser().get(path)
    assert f'action="{path}"' in asked.text

    assert world.app.test_client().post(path).status_code == 200

    notices = contact(world, "Ada")["notices"]
    assert {kind for kind, mode in notices.items() if mode == "off"} == {"outbid", "won"}


def test_following_the_link_asks_first(world: World) -> None:
    world.member("Ada")
    path = unsubscribe_path(world, "Ada", "won")

    page = world.browser().get(path)

    assert "No more of these mails?" in page.text
    assert contact(world, "Ada")["notices"]["won"] == "at_once"


@pytest.mark.parametrize("path", ["/unsubscribe/forged/outbid", "/unsubscribe/W10.AAAA/outbid"])
def test_a_forged_link_switches_nothing(world: World, path: str) -> None:
    assert world.app.test_client().post(path).status_code == 410
    assert world.app.test_client().get(path).status_code == 410


@pytest.mark.parametrize("kinds", ["password_reset", "outbid,password_reset", "outbid,", ","])
def test_an_unknown_kind_is_a_dead_link(world: World, kinds: str) -> None:
    world.member("Ada")

    path = unsubscribe_path(world, "Ada", kinds)

    assert world.app.test_client().post(path).status_code == 410
    assert set(contact(world, "Ada")["notices"].values()) == {"at_once"}


def remind(world: World) -> int:
    with world.parts.begin() as act:
        return remind_watchers(act)


def test_watchers_are_reminded_once_within_the_last_hour(world: World) -> None:
    item = world.member("Sam").list_item(ends="2026-09-22T12:00:00")
    ada = world.member("Ada")
    ada.post(f"{item}/watch", {"watch": "1"})
    ends_at_ms = world.bids.books[PUBLIC + item].ends_at_ms
    world.clock.now_ms = ends_at_ms - 3_600_001
    assert remind(world) == 0
    world.clock.now_ms += 1

    assert remind(world) == 1
    assert remind(world) == 0

    topic, type, url = world.announced()[-1]
    assert (topic, type) == ("reminders", "create")
    client = world.app.test_client()
    document = client.get(path_of(url), headers=as_program(MAILER_TOKEN)).get_json()
    assert document["kind"] == "ending-soon"
    assert document["ends_at_ms"] == ends_at_ms
    assert document["_links"]["customer"]["href"] == world.customer_url("Ada")
    assert document["_links"]["auction"]["href"] == PUBLIC + item
    assert client.get(path_of(url), headers=as_program()).status_code == 404
    ada.sign_in("Ada")
    assert news(ada) == ["Ends soon"]


def test_a_notice_says_how_much_it_is_about(world: World) -> None:
    sale = sell(world)

    told = sale.ada.get("/my/notices", headers=as_program()).get_json()["_embedded"]["notices"]
    assert [(one["kind"], one["price"]["amount"]) for one in told] == [("won", "21.00")]
    assert "$21.00" in sale.ada.get("/my/notices").text
    outbid = sale.bob.get("/my/notices", headers=as_program()).get_json()["_embedded"]["notices"]
    assert {one["kind"]: one["price"]["amount"] for one in outbid} == {
        "lost": "21.00",
        "outbid": "21.00",
    }


def unread(browser: Browser) -> list[str]:
    page = browser.get("/my/notices", headers=as_program()).get_json()
    return [one["kind"] for one in page["_embedded"]["notices"] if not one["read"]]


def test_what_leads_to_a_page_is_read_once_that_is_looked_at(world: World) -> None:
    sale = sell(world)
    assert 'data-unread="2"' in sale.bob.get("/rules").text
    assert sale.bob.post("/my/notices/seen", {"path": "/elsewhere"}).status_code == 204
    assert sorted(unread(sale.bob)) == ["lost", "outbid"]

    sale.bob.post("/my/notices/seen", {"path": sale.item})

    assert unread(sale.bob) == []
    assert unread(sale.ada) == ["won"]
    assert "data-unread" not in sale.bob.get("/rules").text


def test_who_bid_on_what_was_not_sold_is_told_so(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item(reserve="55")
    ada.bid(item, "20")
    world.bids.books[world.parts.urls.public_url + item].cancelled = True
    close(world, item)

    assert news(ada) == ["You didn&#39;t win"]


def test_a_mail_leads_whoever_reads_it_to_their_own_order_and_offer(world: World) -> None:
    sale = sell(world)
    program = world.app.test_client()
    told = program.get(sale.item, headers=as_program(MAILER_TOKEN)).get_json()["_links"]
    order, offer = path_of(told["my-order"]["href"]), path_of(told["my-offer"]["href"])
    assert "my-order" not in program.get(sale.item, headers=as_program()).get_json()["_links"]

    assert sale.ada.get(order).headers["Location"] == sale.order
    assert sale.bob.get(order).headers["Location"] == sale.item
    offer_again(sale.sam, sale.item)
    assert sale.bob.get(offer).headers["Location"].startswith("/second-chances/")
    assert sale.ada.get(offer).headers["Location"] == sale.item
    assert world.browser().get(offer).status_code == 401
