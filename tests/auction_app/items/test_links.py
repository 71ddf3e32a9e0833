"""An auction's links say what its caller can do now, and nothing else."""

import pytest
from werkzeug.test import TestResponse

from tests.auction_app.conftest import BIDS_TOKEN, PUBLIC, Browser, World, as_program, path_of
from tests.auction_app.sale import close, sell

ALWAYS = {"self", "seller", "photos", "bidding"}
OF_SELLERS = {"edit", "end-early", "relist", "second-chances"}
OF_BIDDERS = {"place-bid", "buy-now", "retract", "ask", "watch", "unwatch", "report"}


def links(browser: Browser, item: str) -> set[str]:
    document = browser.client.get(item, headers=as_program()).get_json()
    return set(document["_links"]) - ALWAYS


def test_a_seller_may_end_early_until_somebody_bids_and_list_again_afterwards(
    world: World,
) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item()

    assert links(sam, item) == {"edit", "end-early"}
    ada.bid(item, "25")
    assert links(sam, item) == {"edit"}
    close(world, item)
    assert links(sam, item) == {"relist", "second-chances", "order"}


def test_a_bidder_may_bid_while_it_runs_and_take_back_what_was_bid(world: World) -> None:
    sam, ada, bob = world.member("Sam"), world.member("Ada"), world.member("Bob")
    item = sam.list_item(buy_now="90")

    assert links(ada, item) == {"place-bid", "buy-now", "ask", "watch", "report"}
    ada.bid(item, "25")
    ada.post(f"{item}/watch", {"watch": "1"})
    assert links(ada, item) == {"place-bid", "retract", "ask", "unwatch", "report"}
    assert links(bob, item) == {"place-bid", "ask", "watch", "report"}
    close(world, item)
    assert links(ada, item) == {"unwatch", "report", "order"}
    assert links(bob, item) == {"watch", "report"}


def test_before_bids_service_has_told_of_it_the_terms_say_what_is_possible(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    now = sam.list_item(buy_now="90")
    later = sam.list_item(buy_now="90", starts="2026-09-22T12:00:00")

    assert {"place-bid", "buy-now"} <= links(ada, now)
    assert links(ada, later) == {"ask", "watch", "report"}
    assert links(sam, later) == {"edit", "end-early"}


def test_time_that_is_up_is_up_though_the_bidding_has_not_said_so(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item(ends="2026-09-22T00:00:00")
    ada.bid(item, "25")
    world.clock.pass_s(24 * 3600)

    assert links(ada, item) == {"watch", "report"}
    assert links(sam, item) == {"relist"}


def test_who_is_not_verified_not_signed_in_or_a_program_has_nothing_to_bid_with(
    world: World,
) -> None:
    item = world.member("Sam").list_item()
    new = world.browser()
    new.sign_up("New")
    new.sign_in("New")

    assert links(new, item) == {"watch", "report"}
    assert links(world.browser(), item) == set()
    with_token = world.app.test_client().get(item, headers=as_program(BIDS_TOKEN)).get_json()
    assert set(with_token["_links"]) <= ALWAYS


def test_a_hidden_item_can_only_be_looked_at(world: World) -> None:
    sam = world.member("Sam")
    item, mod = sam.list_item(), world.moderator("Mo")
    mod.post(f"/moderation{item}", {"action": "hide", "note": "Rule 2."})

    assert links(mod, item) == set()


@pytest.mark.parametrize("who", ["Sam", "Ada", "Bob"])
def test_every_link_leads_somewhere(world: World, who: str) -> None:
    sale = sell(world)
    running = sale.sam.list_item(buy_now="90")
    browser = {"Sam": sale.sam, "Ada": sale.ada, "Bob": sale.bob}[who]
    for item in (sale.item, running):
        document = browser.client.get(item, headers=as_program()).get_json()
        for relation in links(browser, item):
            href = document["_links"][relation]["href"]
            assert href.startswith(PUBLIC)
            answer = _asked(browser, path_of(href))
            assert answer.status_code in {200, 303, 422}, (relation, answer.status_code)


def _asked(browser: Browser, path: str) -> TestResponse:
    """The page of a link; where a form has none of its own, what an empty form gets."""
    answer = browser.get(path)
    return browser.post(path) if answer.status_code == 405 else answer
