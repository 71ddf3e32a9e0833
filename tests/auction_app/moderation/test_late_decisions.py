"""Decisions that come when something has ended, was decided before, or is decided at once."""

import dataclasses
import re
from collections.abc import Callable

import pytest

from auction_app.config import Config
from tests.auction_app.conftest import PUBLIC, World, path_of
from tests.auction_app.moderation.test_decisions import WHY, appeal_link, decide, news, told
from tests.auction_app.sale import cancel, close, offer_again, sell
from tests.auction_app.test_twice_at_once import sending
from tests.bids_service.commands.test_races import at_once

DAY_S = 24 * 3600


def ends_unsold(world: World, item: str) -> None:
    """What bids_service does with a bidding that was frozen for 30 days."""
    world.bids.books[PUBLIC + item].cancelled = True
    close(world, item)


def kinds(world: World) -> list[tuple[str, str]]:
    return [(kind, whom) for kind, whom, _ in told(world)]


def test_what_ended_while_it_was_frozen_is_shown_again_but_nobody_is_told_that_it_goes_on(
    world: World,
) -> None:
    sam, ada, mod = world.member("Sam"), world.member("Ada"), world.moderator("Mo")
    item = sam.list_item()
    ada.bid(item, "25")
    decide(world, mod, item, "hide")
    world.clock.pass_s(30 * DAY_S)
    ends_unsold(world, item)

    sam.sign_in("Sam")
    assert sam.post(appeal_link(world, "Sam"), {"text": "Real."}).status_code == 303
    mod.sign_in("Mo")
    decide(world, mod, item, "show", "It is real.")

    assert [what for what, _, _ in world.bids.decreed] == ["freeze"]
    assert ("bidding-resumed", world.customer_url("Ada")) not in kinds(world)
    assert ("decision-lifted", world.customer_url("Sam")) in kinds(world)
    assert world.browser().get(item).status_code == 200
    ada.sign_in("Ada")
    assert "Nothing bought or sold yet" in ada.get("/my/orders").text


def test_a_decision_that_stands_about_what_has_ended_ends_nothing_a_second_time(
    world: World,
) -> None:
    sam, ada, mod = world.member("Sam"), world.member("Ada"), world.moderator("Mo")
    item = sam.list_item()
    ada.bid(item, "25")
    decide(world, mod, item, "hide")
    sam.post(appeal_link(world, "Sam"), {"text": "Real."})
    ends_unsold(world, item)

    answer = mod.get("/moderation").text.split('href="/moderation/decisions/')[1].split('"')[0]
    mod.post(f"/moderation/decisions/{answer}", {"action": "uphold", "note": "It is not."})
    world.carry_out()

    assert [what for what, _, _ in world.bids.decreed] == ["freeze"]
    assert ("auction-ended", world.customer_url("Ada")) not in kinds(world)


def test_hiding_what_is_sold_tells_no_bidder_that_its_bidding_is_stopped(world: World) -> None:
    sale, mod = sell(world), world.moderator("Mo")

    decide(world, mod, sale.item, "hide")

    assert kinds(world) == [("item-removed", world.customer_url("Sam"))]
    assert world.bids.decreed == []
    assert "The bidding is stopped" not in news(sale.bob)


def test_what_was_ended_after_an_appeal_does_not_go_on_because_it_is_shown(world: World) -> None:
    sam, ada, mod = world.member("Sam"), world.member("Ada"), world.moderator("Mo")
    item = sam.list_item()
    ada.bid(item, "25")
    decide(world, mod, item, "hide")
    sam.post(appeal_link(world, "Sam"), {"text": "Real."})
    answer = mod.get("/moderation").text.split('href="/moderation/decisions/')[1].split('"')[0]
    mod.post(f"/moderation/decisions/{answer}", {"action": "uphold", "note": "It is not."})

    decide(world, mod, item, "show", "It is, after all.")

    assert [what for what, _, _ in world.bids.decreed] == ["freeze", "end"]
    assert ("bidding-resumed", world.customer_url("Ada")) not in kinds(world)


def test_a_banned_leader_whose_auction_ended_first_buys_nothing(world: World) -> None:
    sam, ada, bea = world.member("Sam"), world.member("Ada"), world.member("Bea")
    item = sam.list_item()
    ada.bid(item, "50")
    bea.bid(item, "50")  # a tie: Ada leads, for she was first
    world.bids.down = True
    decide(world, world.moderator("Mo"), path_of(world.customer_url("Ada")), "ban")
    world.bids.down = False

    close(world, item)
    world.clock.pass_s(120)
    world.carry_out()

    assert "Cancelled" in sam.get("/my/orders").text
    (order,) = re.findall(r'href="(/orders/\w+)"', sam.get("/my/orders").text)[:1]
    assert "account is closed, so nobody will pay." in sam.get(order).text
    assert 'name="bidder"' in sam.get(f"{item}/second-chances").text


def test_nobody_buys_from_a_closed_account_by_a_second_chance(world: World) -> None:
    sale, mod = sell(world), world.moderator("Mo")
    cancel(sale)
    offer_again(sale.sam, sale.item)
    offer = sale.bob.follow(sale.bob.get(f"{sale.item}/my-offer"))
    assert offer.status_code == 200

    decide(world, mod, path_of(world.customer_url("Sam")), "ban")
    sale.bob.post(offer.request.path, {"answer": "accept"})

    assert "Nothing bought or sold yet" in sale.bob.get("/my/orders").text


def test_a_closed_account_is_offered_no_second_chance(world: World) -> None:
    sale, mod = sell(world), world.moderator("Mo")
    decide(world, mod, path_of(world.customer_url("Bob")), "ban")
    assert 'name="bidder"' not in sale.sam.get(f"{sale.item}/second-chances").text


def test_a_closed_account_lists_nothing_that_it_had_prepared(world: World) -> None:
    sam, mod = world.member("Sam"), world.moderator("Mo")
    draft = sam.write_draft(title="Prepared lamp")
    decide(world, mod, path_of(world.customer_url("Sam")), "ban")

    sam.publish(draft)

    assert world.browser().get(draft.replace("/sell/", "/auctions/")).status_code == 404
    assert "Prepared lamp" not in world.browser().get("/search").text


def test_what_was_decided_meanwhile_is_not_decided_again(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    first, second = world.moderator("Mo"), world.moderator("Mia")
    item = sam.list_item()
    ada.bid(item, "25")
    second.get(f"/moderation{item}")
    decide(world, first, item, "hide")

    decide(world, second, item, "hide", "Me too.")

    assert [what for what, _, _ in world.bids.decreed] == ["freeze"]
    assert kinds(world).count(("item-removed", world.customer_url("Sam"))) == 1


class TestAtOnce:
    """On PostgreSQL: SQLite has one writer at a time anyway."""

    @pytest.fixture
    def world(
        self, make_world: Callable[..., World], config: Config, postgres_database: str
    ) -> World:
        return make_world(dataclasses.replace(config, database_url=postgres_database))

    @pytest.mark.parametrize(("action", "what"), [("hide", "freeze"), ("end", "end")])
    def test_two_moderators_decide_once(self, world: World, action: str, what: str) -> None:
        sam, ada = world.member("Sam"), world.member("Ada")
        mods = [world.moderator("Mo"), world.moderator("Mia")]
        item = sam.list_item()
        ada.bid(item, "25")
        for mod in mods:
            mod.get(f"/moderation{item}")
        form = {"action": action, "note": WHY}

        answers = at_once([sending(mod, f"/moderation{item}", form) for mod in mods * 2])
        world.carry_out()

        assert set(answers) <= {303, 409}
        assert [done for done, _, _ in world.bids.decreed] == [what]
        assert len(kinds(world)) == 2

    def test_two_moderators_close_and_open_an_account_once(self, world: World) -> None:
        sam, ada = world.member("Sam"), world.member("Ada")
        mods = [world.moderator("Mo"), world.moderator("Mia")]
        item = sam.list_item()
        ada.bid(item, "25")
        path = "/moderation" + path_of(world.customer_url("Sam"))
        for mod in mods:
            mod.get(path)

        for action in ("ban", "unban"):
            form = {"action": action, "note": WHY}
            answers = at_once([sending(mod, path, form) for mod in mods * 2])
            assert set(answers) <= {303, 409}
        world.carry_out()

        assert [done for done, _, _ in world.bids.decreed] == ["freeze", "resume"]
        assert kinds(world).count(("account-closed", world.customer_url("Sam"))) == 1
        assert kinds(world).count(("decision-lifted", world.customer_url("Sam"))) == 1
