"""No id of others opens anything: every address that holds one is in a list here, or it fails."""

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from auction_app.db.tables import metadata
from auction_app.web.house_pages import HOUSE_PAGES
from tests.auction_app.conftest import Browser, World, as_program
from tests.auction_app.tour import Tour, begin, paths, rules

pytestmark = pytest.mark.slow

ANYBODY = {
    "/announcements/<string:announcement_id>",
    "/auctions/<string:auction_id>",
    "/auctions/<string:auction_id>/end.ics",
    "/auctions/<string:auction_id>/history",
    "/auctions/<string:auction_id>/similar",
    "/categories/<string:category>",
    "/customers/<string:customer_id>",
    "/feeds/categories/<string:category>",
    "/feeds/customers/<string:customer_id>",
    "/language/<code>",
    *(f"/{name}" for name in HOUSE_PAGES),
    "/photos/<string:photo_id>-<int:size>.jpg",
    "/sitemaps/<int:first>",
}
"""What is public."""

FORGED = {
    "/appeals/<token>",
    "/confirm-address/<token>",
    "/reset-password/<token>",
    "/unsubscribe/<token>/<kind>",
    "/verify-email/<token>",
}
"""Whose id is signed, and ours only if the signature is."""

MEMBERS = {
    "/auctions/<string:auction_id>/bid",
    "/auctions/<string:auction_id>/bid/review",
    "/auctions/<string:auction_id>/questions",
    "/auctions/<string:auction_id>/report",
    "/auctions/<string:auction_id>/standing",
    "/auctions/<string:auction_id>/watch",
    "/customers/<string:customer_id>/follow",
    "/auctions/<string:auction_id>/buy-now",
    "/auctions/<string:auction_id>/retract",
    "/auctions/<string:auction_id>/my-offer",
    "/auctions/<string:auction_id>/my-order",
    "/my/bids/<string:auction_id>",
}
"""What any member may do with a public item, and does for themselves."""

WRITTEN = {"text_en": "x", "text_de": "x", "note": "x", "made_of": "0", "go": "save"}
OWNERS = {
    "/moderation/maintenance/<string:announcement_id>/end": {},
    "/account/devices/<string:device_id>/revoke": {},
    "/account/passkeys/<string:passkey_id>/remove": {"proof": "x"},
    "/account/sessions/<string:handle>/end": {},
    "/auctions/<string:auction_id>/edit": {"title": "Mine now", "description": "x"},
    "/auctions/<string:auction_id>/end": {"key": "0" * 32},
    "/auctions/<string:auction_id>/relist": {},
    "/auctions/<string:auction_id>/second-chances": {"bidder": "x"},
    "/decisions/<string:decision_id>": {"text": "x"},
    **{f"/moderation/pages/{name}": WRITTEN for name in HOUSE_PAGES},
    "/moderation/auctions/<string:auction_id>": {"action": "hide", "note": "x"},
    "/moderation/customers/<string:customer_id>": {"action": "ban", "note": "x"},
    "/moderation/decisions/<string:decision_id>": {"action": "lift", "note": "x"},
    "/messages/<string:message_id>": {},
    "/messages/<string:message_id>/report": {"reason": "other", "text": "x"},
    "/moderation/messages/<string:message_id>": {"action": "hide-message", "note": "x"},
    "/my/bid-results/<string:key>": {},
    "/my/searches/<string:search_id>/delete": {},
    "/orders/<string:order_id>": {},
    "/orders/<string:order_id>/address": {"name": "x", "street": "x", "city": "x", "country": "DE"},
    "/orders/<string:order_id>/postage": {"postage": "1.00"},
    "/orders/<string:order_id>/answers": {"kind": "cancel", "answer": "accept"},
    "/orders/<string:order_id>/feedback": {"rating": "bad", "text": "x"},
    "/orders/<string:order_id>/receipt": {},
    "/orders/<string:order_id>/receipt.pdf": {},
    "/orders/<string:order_id>/requests": {"kind": "cancel", "reason": "x"},
    "/orders/<string:order_id>/messages": {"message": "x"},
    "/orders/<string:order_id>/steps": {"status": "paid"},
    "/questions/<string:question_id>": {},
    "/questions/<string:question_id>/answer": {"answer": "x"},
    "/reminders/<string:reminder_id>": {},
    "/second-chances/<string:chance_id>": {"answer": "accept"},
    "/statements/<string:statement_id>": {},
    "/sell/<string:draft_id>/<string:step>": {"title": "Mine now"},
    "/sell/<string:draft_id>/discard": {},
    "/sell/<string:draft_id>/photos/change": {"remove": "x"},
    "/sell/<string:draft_id>/photos/waiting": {},
    "/sell/<string:draft_id>/preview": {},
    "/sell/<string:draft_id>/publish": {},
}
"""What is somebody's own, with a form that would do something there."""

ASKED_OF_STRANGERS = {401, 404}


def with_ids(world: World, method: str) -> list[str]:
    """Rules with an id, one for each of a rule's fixed choices."""
    found = []
    for rule in rules(world, method):
        if "<any(" in rule.rule:
            head, _, choices = rule.rule.partition("<any(")
            found += [head + word.strip("'\" ") for word in choices.split(")")[0].split(",")]
        elif "<" in rule.rule:
            found.append(rule.rule)
    return found


def test_every_address_with_an_id_is_thought_of(world: World) -> None:
    every = {*with_ids(world, "GET"), *with_ids(world, "POST")}

    assert every == ANYBODY | FORGED | MEMBERS | set(OWNERS)


def ask(browser: Browser, method: str, path: str, rule: str) -> list[TestResponse]:
    """As a page and as a program, or as a form with its token."""
    if method == "POST":
        return [browser.post(path, dict(OWNERS.get(rule, {})))]
    return [browser.get(path), browser.client.get(path, headers=as_program())]


def everything(world: World) -> dict[str, list[Any]]:
    """What the database holds, but for who was where and how often."""
    with world.parts.store.reading() as conn:
        return {
            table.name: sorted(map(str, conn.execute(select(table))))
            for table in metadata.sorted_tables
            if table.name != "attempts"
        }


def test_what_is_somebodys_own_is_closed_to_everybody_else_and_stays_as_it_is(
    world: World,
) -> None:
    tour, eve = begin(world), world.member("Eve")
    stranger = world.browser()
    stranger.get("/sign-in")
    before = everything(world)

    for method in ("GET", "POST"):
        for rule in set(with_ids(world, method)) & set(OWNERS):
            (path,) = paths(rule, tour)
            for answer in ask(eve, method, path, rule):
                assert answer.status_code == 404, (method, rule)
            for answer in ask(stranger, method, path, rule):
                assert answer.status_code in ASKED_OF_STRANGERS, (method, rule)

    assert everything(world) == before


def test_each_of_these_opens_to_its_owner(world: World) -> None:
    """Or the test above would say nothing: what is never there is a 404 for everybody."""
    tour = begin(world)
    owners = (*tour.people, tour.sale.bob)

    for rule in set(with_ids(world, "GET")) & set(OWNERS):
        if rule.startswith(("/reminders", "/statements")):
            continue  # for the mailer alone
        (path,) = paths(rule, tour)
        assert any(owner.client.get(path).status_code in {200, 204, 303} for owner in owners), rule


def test_a_forged_token_opens_nothing(world: World) -> None:
    tour = begin(world)
    before = everything(world)

    for method in ("GET", "POST"):
        for rule in set(with_ids(world, method)) & FORGED:
            (path,) = paths(rule, tour)
            for browser in (tour.sale.ada, world.browser()):
                for answer in ask(browser, method, path, rule):
                    assert answer.status_code in {401, 410}, (method, rule)

    assert everything(world) == before


def test_what_members_may_do_is_closed_to_strangers(world: World) -> None:
    tour: Tour = begin(world)

    for method in ("GET", "POST"):
        for rule in set(with_ids(world, method)) & MEMBERS:
            (path,) = paths(rule, tour)
            for answer in ask(world.browser(), method, path, rule):
                assert answer.status_code == 401, (method, rule)
