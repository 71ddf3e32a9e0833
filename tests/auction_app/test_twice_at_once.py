"""Everything that is pressed twice at the same moment happens once, and nobody sees an error."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest

from auction_app.config import Config
from auction_app.house_pages.terms import terms_version
from tests.auction_app.accounts.two_factor import set_up
from tests.auction_app.bidding.test_commands import key_in
from tests.auction_app.conftest import (
    PUBLIC,
    Browser,
    World,
    email_of,
    password_of,
    path_of,
    ticket_in,
)
from tests.auction_app.sale import sell
from tests.bids_service.commands.test_races import at_once


@pytest.fixture
def world(make_world: Callable[..., World], config: Config, postgres_database: str) -> World:
    """On PostgreSQL: SQLite has one writer at a time anyway."""
    return make_world(dataclasses.replace(config, database_url=postgres_database))


def sending(browser: Browser, path: str, form: dict[str, Any]) -> Callable[[], int]:
    """Send a form over a connection of its own."""
    cookie = browser.client.get_cookie("gavel")
    assert cookie is not None
    client = browser.world.app.test_client()
    client.set_cookie("gavel", cookie.value)
    data = {"csrf_token": browser.token} | form
    return lambda: client.post(path, data=data).status_code


def twice(browser: Browser, path: str, form: dict[str, Any]) -> list[int]:
    """Press a button four times at the same moment."""
    return at_once([sending(browser, path, form) for _ in range(4)])


def test_a_bid_is_one_bid(world: World) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")

    assert twice(ada, f"{item}/bid", {"ticket": ticket_in(ada.review(item, "25"))}) == [303] * 4

    assert world.bids.books[PUBLIC + item].version == 2


def test_a_purchase_is_one_purchase(world: World) -> None:
    item, ada = world.member("Sam").list_item(buy_now="99.00"), world.member("Ada")
    key = key_in(ada.get(f"{item}/buy-now").text)

    assert twice(ada, f"{item}/buy-now", {"key": key}) == [303] * 4

    assert ada.get("/my/orders").text.count('href="/orders/') == 1


def test_a_step_is_one_step_and_feedback_is_said_once(world: World) -> None:
    sale = sell(world)
    said = {"rating": "good", "text": "Thanks"}
    for person, status in ((sale.ada, "paid"), (sale.sam, "shipped"), (sale.ada, "received")):
        person.get(sale.order)
        assert twice(person, f"{sale.order}/steps", {"status": status}) == [303] * 4

    assert twice(sale.ada, f"{sale.order}/feedback", said) == [303] * 4

    seller = path_of(world.customer_url("Sam"))
    assert world.browser().get(seller).text.count("Thanks") == 1


def test_a_request_is_made_once_and_answered_once(world: World) -> None:
    sale = sell(world)
    request = {"kind": "cancel", "reason": "Too big."}
    assert twice(sale.ada, f"{sale.order}/requests", request) == [303] * 4
    sale.sam.get(sale.order)
    accepted = sending(sale.sam, f"{sale.order}/answers", {"kind": "cancel", "answer": "accept"})
    declined = sending(sale.sam, f"{sale.order}/answers", {"kind": "cancel", "answer": "decline"})

    assert sorted(at_once([accepted, declined])) == [303, 409]


def test_a_message_is_written_once_and_reported_once(world: World) -> None:
    sale = sell(world)
    sale.ada.get(sale.order)
    assert twice(sale.ada, f"{sale.order}/messages", {"message": "Hello?"}) == [303] * 4
    written = re.findall(r'id="message-(\w+)"', sale.sam.get(sale.order).text)
    assert len(written) == 1
    report = {"reason": "other", "text": "Spam."}
    assert twice(sale.sam, f"/messages/{written[0]}/report", report) == [303] * 4

    assert world.moderator("Mo").get("/moderation").text.count("Spam.") == 1
    assert [topic for topic, _type, _url in world.announced()].count("messages") == 1


def test_of_paid_and_cancelled_at_once_both_hold_or_only_the_latter(world: World) -> None:
    sale = sell(world)
    sale.ada.post(f"{sale.order}/requests", {"kind": "cancel", "reason": "Too big."})
    sale.sam.get(sale.order)
    paid = sending(sale.ada, f"{sale.order}/steps", {"status": "paid"})
    cancelled = sending(sale.sam, f"{sale.order}/answers", {"kind": "cancel", "answer": "accept"})

    assert at_once([paid, cancelled]) in ([303, 303], [409, 303])


def test_what_is_said_about_an_item_is_said_once(world: World) -> None:
    item, ada = world.member("Sam").list_item(), world.member("Ada")
    ada.get(item)
    report = {"reason": "misleading", "text": "It is tin."}

    assert twice(ada, f"{item}/watch", {"watch": "1"}) == [303] * 4
    assert twice(ada, f"{item}/questions", {"question": "Is it old?"}) == [303] * 4
    assert twice(ada, f"{item}/report", report) == [303] * 4

    assert ada.get(item).text.count("Is it old?") == 1
    assert world.moderator("Mo").get("/moderation").text.count("It is tin.") == 1


def test_what_a_moderator_does_is_on_the_trail_once(world: World) -> None:
    item, mo = world.member("Sam").list_item(), world.moderator("Mo")
    form = {"action": "hide", "note": "A fake.", "key": key_in(mo.get(f"/moderation{item}").text)}

    assert twice(mo, f"/moderation{item}", form) == [303] * 4

    assert mo.get("/moderation/trail").text.count("A fake.") == 1


def test_a_code_opens_one_session_and_a_recovery_code_too(world: World) -> None:
    phone, codes = set_up(world.member("Ada"), "Ada")
    world.clock.pass_s(30)

    for code in (phone.code(), codes[0]):
        half = world.browser()
        half.sign_in("Ada")
        half.get("/sign-in/code")
        answers = twice(half, "/sign-in/code", {"code": code})
        assert sorted(answers) == [303, 422, 422, 422]


def test_a_page_of_the_house_is_written_once(world: World) -> None:
    mo = world.moderator("Mo")
    path = "/moderation/pages/imprint"
    mo.get(path)
    form = {"text_en": "Us", "text_de": "Wir", "note": "Named.", "made_of": "0", "go": "save"}

    assert twice(mo, path, form) == [303] * 4

    assert mo.get("/moderation/trail").text.count("Named.") == 1
    assert world.browser().get("/imprint/versions/2").status_code == 404


def test_an_account_is_made_and_deleted_once(world: World) -> None:
    stranger, kim = world.browser(), world.member("Kim")
    stranger.get("/sign-up")
    kim.get("/account/delete")
    form = {"name": "Zoe", "email": email_of("Zoe"), "password": password_of("Zoe")}
    form["terms"] = terms_version(world.parts.store)

    assert twice(stranger, "/sign-up", form) == [200] * 4
    deleted = twice(kim, "/account/delete", {"password": password_of("Kim")})

    assert world.browser().sign_in("Zoe").status_code == 303
    assert set(deleted) <= {303, 401}
    assert 303 in deleted
