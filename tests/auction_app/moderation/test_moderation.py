"""Moderators: the queue, what they can do, and the trail that nobody edits."""

import re

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError

from auction_app.db.tables import audit_trail
from tests.auction_app.conftest import Browser, World, as_program, path_of, ticket_in

NOTE = {"note": "Rule 2."}


def reported(world: World, seller: Browser) -> str:
    item = seller.list_item()
    form = {"reason": "counterfeit", "text": "Seen it in a shop."}
    world.member("Ada").post(f"{item}/report", form)
    return item


def test_for_everybody_else_there_is_no_moderation(world: World) -> None:
    sam = world.member("Sam")
    item = reported(world, sam)
    customer = path_of(world.customer_url("Ada"))

    for path in ("", item, customer, "/trail"):
        assert sam.get(f"/moderation{path}").status_code == 404
        assert world.browser().get(f"/moderation{path}").status_code == 401
    for path in (item, customer):
        assert sam.post(f"/moderation{path}", NOTE | {"action": "ban"}).status_code == 404
    assert "Moderate" not in sam.get(item).text


def test_a_report_waits_in_the_queue_until_it_is_settled(world: World) -> None:
    item = reported(world, world.member("Sam"))
    mod = world.moderator("Mod")
    assert "Seen it in a shop." in mod.get("/moderation").text

    mod.post(f"/moderation{item}", NOTE | {"action": "dismiss"})

    assert "No open reports" in mod.get("/moderation").text
    trail = mod.get("/moderation/trail").text
    assert "Leave it as it is" in trail
    assert "Rule 2." in trail
    assert "Mod" in trail


def test_a_bid_that_was_reviewed_before_its_item_was_hidden_is_not_placed(world: World) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")
    ticket = ticket_in(ada.review(item, "25"))
    world.moderator("Mod").post(f"/moderation{item}", NOTE | {"action": "hide"})

    assert ada.confirm(item, ticket).status_code == 410

    assert "place" not in world.bids.calls


def test_a_hidden_item_is_gone_for_all_but_its_seller_and_moderators(world: World) -> None:
    sam, bob = world.member("Sam"), world.member("Bob")
    item = reported(world, sam)
    mod = world.moderator("Mod")

    mod.post(f"/moderation{item}", NOTE | {"action": "hide"})

    assert bob.get(item).status_code == 410
    assert "This item was removed" in bob.get(item).text
    assert bob.client.get(item, headers=as_program()).status_code == 410
    assert bob.review(item, "25").status_code == 410
    assert bob.get(f"{item}/report").status_code == 410
    assert bob.post(f"{item}/questions", {"question": "?"}).status_code == 410
    seller = path_of(world.customer_url("Sam"))
    for path in ("/", "/search?q=lamp", seller):
        assert item not in bob.get(path).text
    assert "The house has hidden this item" in sam.get(item).text
    assert "Hidden by the house" in sam.get("/my/sales").text
    mod.post(f"/moderation{item}", NOTE | {"action": "show"})
    assert bob.get(item).status_code == 200


@pytest.mark.parametrize("path", ["/my/bids", "/my/watchlist"])
def test_a_hidden_item_is_shown_as_removed_to_who_had_to_do_with_it(
    world: World, path: str
) -> None:
    sam, bob = world.member("Sam"), world.member("Bob")
    item = sam.list_item()
    bob.bid(item, "25")
    bob.post(f"{item}/watch", {"watch": "1"})
    assert f'href="{item}"' in bob.get(path).text

    world.moderator("Mod").post(f"/moderation{item}", NOTE | {"action": "hide"})

    page = bob.get(path).text
    assert "This item was removed by the house." in page
    assert f'href="{item}"' not in page
    listed = bob.client.get(path, headers=as_program()).get_json()["_embedded"]["auctions"]
    assert [auction["removed"] for auction in listed] == [True]
    sales = sam.get("/my/sales").text
    assert f'href="{item}"' in sales
    assert "was removed" not in sales


def test_an_auction_is_ended_without_a_sale_even_with_bids(world: World) -> None:
    sam, bob = world.member("Sam"), world.member("Bob")
    item = reported(world, sam)
    bob.bid(item, "25")
    mod = world.moderator("Mod")
    world.bids.down = True
    assert mod.post(f"/moderation{item}", NOTE | {"action": "end"}).status_code == 303
    assert world.carry_out() == 0
    world.bids.down = False
    world.clock.pass_s(2)

    assert world.carry_out() == 1

    assert "End the auction" in mod.get("/moderation/trail").text
    assert bob.review(item, "40").status_code == 422
    assert "Nothing bought or sold yet" in bob.get("/my/orders").text


def test_a_closed_account_is_signed_out_and_stays_out_until_it_is_opened(world: World) -> None:
    sam = world.member("Sam")
    item = reported(world, sam)
    mod = world.moderator("Mod")

    mod.post(f"/moderation{item}", NOTE | {"action": "ban"})

    assert sam.get("/account").status_code == 401
    assert world.browser().sign_in("Sam").status_code == 403
    assert world.browser().sign_in("Sam", password="guess").status_code == 422
    customer = path_of(world.customer_url("Sam"))
    mod.post(f"/moderation{customer}", NOTE | {"action": "unban"})
    assert world.browser().sign_in("Sam").status_code == 303


@pytest.mark.parametrize("form", [NOTE, {"action": "hide"}, NOTE | {"action": "explode"}])
def test_an_act_needs_its_reason(world: World, form: dict[str, str]) -> None:
    item = reported(world, world.member("Sam"))
    mod = world.moderator("Mod")

    assert mod.post(f"/moderation{item}", form).status_code == 422
    assert "Nothing yet." in mod.get("/moderation/trail").text


def test_nobody_edits_the_trail_not_even_the_database_owner(world: World) -> None:
    item = reported(world, world.member("Sam"))
    mod = world.moderator("Mod")
    mod.post(f"/moderation{item}", NOTE | {"action": "dismiss"})

    for statement in (
        update(audit_trail).values(note="x"),
        delete(audit_trail),
        text("DELETE FROM audit_trail"),
    ):
        with (
            pytest.raises(DatabaseError, match="only ever added to"),
            world.parts.begin() as act,
        ):
            act.conn.execute(statement)
    assert "Rule 2." in mod.get("/moderation/trail").text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"reason": "other"},
        {"reason": "x", "text": "y"},
        {"reason": "other", "text": "x" * 1001},
    ],
)
def test_a_report_needs_a_reason_and_words(world: World, form: dict[str, str]) -> None:
    item = world.member("Sam").list_item()

    assert world.member("Ada").post(f"{item}/report", form).status_code == 422


def test_a_report_is_taken_from_members_only(world: World) -> None:
    item = world.member("Sam").list_item()
    form = {"reason": "counterfeit", "text": "Seen it in a shop."}

    assert world.browser().get(f"{item}/report").status_code == 401
    assert world.browser().post(f"{item}/report", form).status_code == 401
    ada = world.member("Ada")
    assert "Somebody will look at it" in ada.follow(ada.post(f"{item}/report", form)).text
    assert re.search("Report this item", ada.get(item).text)
