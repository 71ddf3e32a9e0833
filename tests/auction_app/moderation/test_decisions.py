"""What moderators decide reaches bids_service, and those whom it concerns; they may appeal."""

import re
from html import unescape

import pytest

from tests.auction_app.conftest import (
    MAILER_TOKEN,
    PUBLIC,
    Browser,
    World,
    as_program,
    path_of,
)
from tests.auction_app.sale import close

WHY = "Rule 2: it is a fake."


def decide(world: World, mod: Browser, path: str, action: str, note: str = WHY) -> None:
    assert mod.post(f"/moderation{path}", {"action": action, "note": note}).status_code == 303
    world.carry_out()


def told(world: World) -> list[tuple[str, str, str]]:
    """(kind, whom, text) of every statement, as the mailer fetches them."""
    urls = [url for topic, _, url in world.announced() if topic == "statements"]
    found = []
    for url in urls:
        document = world.browser().client.get(path_of(url), headers=as_program(MAILER_TOKEN))
        said = document.get_json()
        found.append((said["kind"], said["_links"]["customer"]["href"], said["text"]))
    return found


def news(browser: Browser) -> str:
    return browser.get("/my/notices").text


def appeal_link(world: World, name: str) -> str:
    """The page in the last mail about a decision to that customer."""
    customer = world.customer_url(name)
    for topic, _, url in reversed(world.announced()):
        if topic == "statements":
            document = world.browser().client.get(path_of(url), headers=as_program(MAILER_TOKEN))
            links = document.get_json()["_links"]
            if links["customer"]["href"] == customer:
                return path_of(links["page"]["href"])
    raise AssertionError(f"{name} was told nothing")


def test_hiding_freezes_the_bidding_and_tells_all_whom_it_concerns(world: World) -> None:
    sam, ada, bea, rep = (world.member(name) for name in ("Sam", "Ada", "Bea", "Rep"))
    mod = world.moderator("Mo")
    item = sam.list_item()
    ada.bid(item, "25")
    bea.bid(item, "40")
    rep.post(f"{item}/report", {"reason": "counterfeit", "text": "Seen it in a shop."})

    decide(world, mod, item, "hide")

    assert world.bids.decreed == [("freeze", PUBLIC + item, None)]
    assert sorted(told(world)) == sorted(
        [
            ("bidding-stopped", world.customer_url("Ada"), WHY),
            ("bidding-stopped", world.customer_url("Bea"), WHY),
            ("item-removed", world.customer_url("Sam"), WHY),
            ("report-decided", world.customer_url("Rep"), WHY),
        ]
    )
    assert "We have removed your item" in news(sam)
    assert "The bidding is stopped" in news(bea)
    assert "Your report was looked at" in news(rep)
    assert "nobody has to pay" in bea.get("/my/bids").text


def test_a_leader_can_always_leave(world: World) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")
    ada.bid(item, "25")
    decide(world, world.moderator("Mo"), item, "hide")
    assert f'href="{item}/retract"' in ada.get("/my/bids").text

    page = ada.get(f"{item}/retract")
    assert page.status_code == 200
    key = page.text.split('name="key" value="')[1].split('"')[0]
    assert ada.follow(ada.post(f"{item}/retract", {"key": key})).status_code == 200

    assert world.bids.books[PUBLIC + item].leader is None


def test_what_is_shown_again_goes_on(world: World) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")
    ada.bid(item, "25")
    mod = world.moderator("Mo")
    decide(world, mod, item, "hide")

    decide(world, mod, item, "show", "It is real.")

    assert [what for what, _, _ in world.bids.decreed] == ["freeze", "resume"]
    assert ("decision-lifted", world.customer_url("Sam"), "It is real.") in told(world)
    assert ("bidding-resumed", world.customer_url("Ada"), "It is real.") in told(world)
    ada.bid(item, "30")
    assert world.bids.books[PUBLIC + item].leader_maximum == 3000


def test_a_closed_account_loses_its_auctions_and_its_bids(world: World) -> None:
    sam, ada, bea = world.member("Sam"), world.member("Ada"), world.member("Bea")
    mod = world.moderator("Mo")
    own, others = sam.list_item(), ada.list_item()
    bea.bid(own, "25")
    bea.bid(others, "25")
    sam.bid(others, "40")

    decide(world, mod, path_of(world.customer_url("Sam")), "ban")

    assert sorted(world.bids.decreed, key=str) == sorted(
        [
            ("freeze", PUBLIC + own, None),
            ("bar", PUBLIC + others, world.customer_url("Sam")),
        ],
        key=str,
    )
    assert world.bids.books[PUBLIC + others].leader == world.customer_url("Bea")
    assert world.browser().get(own).status_code == 410
    assert own not in world.browser().get("/search?q=lamp").text
    kinds = sorted((kind, whom) for kind, whom, _ in told(world))
    assert kinds == sorted(
        [
            ("account-closed", world.customer_url("Sam")),
            ("bidding-stopped", world.customer_url("Bea")),
            ("bids-removed", world.customer_url("Ada")),
            ("bids-removed", world.customer_url("Bea")),
        ]
    )


def test_a_closed_account_appeals_without_signing_in_and_is_opened_again(world: World) -> None:
    sam, bea = world.member("Sam"), world.member("Bea")
    mod = world.moderator("Mo")
    item = sam.list_item()
    bea.bid(item, "25")
    decide(world, mod, path_of(world.customer_url("Sam")), "ban")
    refused = world.browser().sign_in("Sam")
    assert refused.status_code == 403
    assert "See why, and appeal." in refused.text

    guest = world.browser()
    link = appeal_link(world, "Sam")
    assert WHY in guest.get(link).text
    assert guest.post(link, {"text": "It was my brother."}).status_code == 303
    assert "An appeal is being looked at" in guest.get(link).text
    assert guest.post(link, {"text": "Again."}).status_code == 409

    queue = mod.get("/moderation").text
    assert "It was my brother." in queue
    answer = queue.split('href="/moderation/decisions/')[1].split('"')[0]
    form = {"action": "lift", "note": "We were wrong."}
    assert mod.post(f"/moderation/decisions/{answer}", form).status_code == 303
    world.carry_out()

    assert world.browser().sign_in("Sam").status_code == 303
    assert world.browser().get(item).status_code == 200
    assert world.bids.decreed[-1] == ("resume", PUBLIC + item, None)
    assert ("decision-lifted", world.customer_url("Sam"), "We were wrong.") in told(world)


def test_a_decision_that_stands_ends_what_it_froze(world: World) -> None:
    sam, bea = world.member("Sam"), world.member("Bea")
    mod = world.moderator("Mo")
    item = sam.list_item()
    bea.bid(item, "25")
    decide(world, mod, item, "hide")
    link = appeal_link(world, "Sam")
    sam.post(link, {"text": "It is real."})

    answer = mod.get("/moderation").text.split('href="/moderation/decisions/')[1].split('"')[0]
    mod.post(f"/moderation/decisions/{answer}", {"action": "uphold", "note": "It is not."})
    world.carry_out()

    assert world.bids.decreed[-1] == ("end", PUBLIC + item, None)
    assert ("appeal-rejected", world.customer_url("Sam"), "It is not.") in told(world)
    assert ("auction-ended", world.customer_url("Bea"), WHY) in told(world)
    assert "It stands after an appeal" in sam.get(link).text
    assert (
        mod.post(f"/moderation/decisions/{answer}", {"action": "lift", "note": "No."}).status_code
        == 409
    )


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_an_appeal_needs_its_words(world: World, text: str) -> None:
    sam = world.member("Sam")
    item = sam.list_item()
    decide(world, world.moderator("Mo"), item, "hide")
    assert sam.post(appeal_link(world, "Sam"), {"text": text}).status_code == 422


def test_nobody_else_sees_a_decision_or_appeals_against_it(world: World) -> None:
    sam, eve = world.member("Sam"), world.member("Eve")
    item = sam.list_item()
    mod = world.moderator("Mo")
    decide(world, mod, item, "hide")
    path = (
        "/decisions/"
        + mod.get(f"/moderation{item}").text.split('href="/moderation/decisions/')[1].split('"')[0]
    )
    assert sam.get(path).status_code == 200
    assert eve.get(path).status_code == 404
    assert world.browser().get(path).status_code == 401
    assert eve.post(path, {"text": "Hm."}).status_code == 404
    assert eve.post(f"/moderation{path}", {"action": "lift", "note": "x"}).status_code == 404
    link = appeal_link(world, "Sam")
    assert world.browser().get(link[:-3] + "abc").status_code == 410


def test_a_sale_that_was_due_before_the_freeze_came_asks_nobody_to_pay_until_it_is_lifted(
    world: World,
) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    mod = world.moderator("Mo")
    item = sam.list_item()
    ada.bid(item, "25")
    mod.post(f"/moderation{item}", {"action": "hide", "note": WHY})
    close(world, item)
    world.carry_out()
    assert "Nothing bought or sold yet" in ada.get("/my/orders").text

    decide(world, mod, item, "show", "It is real.")

    assert "Nothing bought or sold yet" not in ada.get("/my/orders").text


def test_banning_a_seller_cancels_what_nobody_has_paid(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item()
    ada.bid(item, "25")
    close(world, item)
    assert "Nothing bought or sold yet" not in ada.get("/my/orders").text

    decide(world, world.moderator("Mo"), path_of(world.customer_url("Sam")), "ban")

    assert "Cancelled" in ada.get("/my/orders").text
    (order,) = re.findall(r'href="(/orders/\w+)"', ada.get("/my/orders").text)[:1]
    why = "We have closed the seller's account. Please don't pay any more."
    assert why in unescape(ada.get(order).text)
    steps = ada.get(order, headers={"Accept": "application/hal+json"}).get_json(force=True)["steps"]
    assert [one["because"] for one in steps] == [None, "seller-closed"]


def test_an_item_stays_hidden_while_another_decision_holds(world: World) -> None:
    sam, mod = world.member("Sam"), world.moderator("Mo")
    item = sam.list_item()
    decide(world, mod, item, "hide")
    decide(world, mod, item, "ban")

    decide(world, mod, item, "unban")
    assert world.browser().get(item).status_code == 410
    decide(world, mod, item, "show")
    assert world.browser().get(item).status_code == 200


def test_what_is_decided_while_bids_service_is_away_is_done_once_and_in_order(
    world: World,
) -> None:
    item, mod = world.member("Sam").list_item(), world.moderator("Mo")
    world.bids.down = True
    decide(world, mod, item, "hide")
    decide(world, mod, item, "show")
    decide(world, mod, item, "hide")
    assert world.bids.decreed == []

    world.bids.down = False
    world.clock.pass_s(60)
    world.carry_out()
    world.carry_out()

    assert [what for what, _, _ in world.bids.decreed] == ["freeze", "resume", "freeze"]


def test_an_item_that_bids_service_has_not_heard_of_is_frozen_once_it_has(world: World) -> None:
    item, mod = world.member("Sam").list_item(), world.moderator("Mo")
    book = world.bids.books.pop(PUBLIC + item)
    decide(world, mod, item, "hide")
    world.bids.books[PUBLIC + item] = book
    world.clock.pass_s(5)
    world.carry_out()
    assert world.bids.decreed == [("freeze", PUBLIC + item, None)]


def test_the_form_shows_item_photos_reports_and_the_sellers_past(world: World) -> None:
    sam, rep, mod = world.member("Sam"), world.member("Rep"), world.moderator("Mo")
    earlier, item = sam.list_item(), sam.list_item()
    decide(world, mod, earlier, "hide", "An earlier fake.")
    rep.post(f"{item}/report", {"reason": "counterfeit", "text": "Seen it in a shop."})

    page = mod.get(f"/moderation{item}").text

    for shown in ("Seen it in a shop.", "An earlier fake.", "/photos/", "Sam"):
        assert shown in page


def test_the_menu_counts_what_waits_for_moderators_and_shows_it_to_no_one_else(
    world: World,
) -> None:
    sam, rep, mod = world.member("Sam"), world.member("Rep"), world.moderator("Mo")
    item = sam.list_item()
    assert 'class="count"' not in mod.get("/search").text
    rep.post(f"{item}/report", {"reason": "counterfeit", "text": "Seen it in a shop."})
    assert 'class="count"' in mod.get("/search").text
    assert 'class="count"' not in rep.get("/search").text
    decide(world, mod, item, "dismiss", "It is fine.")
    assert 'class="count"' not in mod.get("/search").text
    assert ("report-decided", world.customer_url("Rep"), "It is fine.") in told(world)
