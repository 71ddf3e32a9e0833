"""The ways in which web apps are broken most often, tried on every form and every id here."""

import re
from typing import Any

import pytest
from werkzeug.routing import Rule

from auction_app.storage import customers
from tests.auction_app.conftest import Browser, World, as_program, email_of, path_of, ticket_in
from tests.auction_app.sale import Sale, sell
from tests.auction_app.test_moderation import moderator

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
NO_TOKEN_NEEDED = {"/events", "/unsubscribe/<token>/<kind>"}


def forms(world: World) -> list[Rule]:
    return [rule for rule in world.app.url_map.iter_rules() if "POST" in (rule.methods or set())]


def filled(rule: Rule) -> str:
    """A path of the rule: its first choice where it offers some, x for everything else."""
    chosen = re.sub(r"""<any\(["']?([\w-]+)[^>]*>""", r"\1", rule.rule)
    return re.sub(r"<[^>]*>", "x", chosen)


def test_every_form_without_its_token_is_refused(world: World) -> None:
    ada = world.member("Ada")
    rules = [rule for rule in forms(world) if rule.rule not in NO_TOKEN_NEEDED]
    assert len(rules) > 25

    for rule in rules:
        answer = ada.client.post(filled(rule), data={"note": "x"})
        assert answer.status_code == 400, rule
        assert "This form is no longer good" in answer.text, rule


def test_every_form_refuses_nonsense_with_a_clear_word(world: World) -> None:
    ada = world.member("Ada")
    for rule in forms(world):
        for form in ({}, {"note": "\x00\x1b\u202e"}, {"action": SCRIPT, "status": SCRIPT}):
            answer = ada.post(filled(rule), dict(form))
            assert answer.status_code < 500, rule
            if not ada.client.get_cookie("gavel"):
                ada.sign_in("Ada")


def test_every_page_of_ones_own_is_closed_to_strangers(world: World) -> None:
    paths = [
        filled(rule)
        for rule in world.app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and rule.rule.startswith(("/my/", "/account", "/sell", "/moderation"))
    ]
    assert len(paths) > 12

    for path in paths:
        assert world.browser().get(path).status_code == 401, path


def open_door(sale: Sale, intruder: Browser) -> dict[str, int]:
    """What an intruder gets for the ids of others."""
    handle = re.findall(r"/account/sessions/(\w+)/end", phone(sale).get("/account/sessions").text)
    posts: dict[str, dict[str, str]] = {
        f"{sale.order}/steps": {"status": "paid"},
        f"{sale.order}/feedback": {"rating": "good", "text": "x"},
        f"/account/sessions/{handle[0]}/end": {},
    }
    answers = {path: intruder.post(path, form).status_code for path, form in posts.items()}
    return answers | {sale.order: intruder.get(sale.order).status_code}


def phone(sale: Sale) -> Browser:
    browser = sale.ada.world.browser()
    browser.sign_in("Ada")
    return browser


def test_the_ids_of_others_open_nothing(world: World) -> None:
    sale = sell(world)
    eve = world.member("Eve")
    draft = sale.sam.write_draft()
    item = sale.sam.list_item()
    asked = sale.ada.post(f"{item}/questions", {"question": "?"}).headers["Location"]
    question = "/questions/" + asked.rsplit("question-", 1)[1]

    assert set(open_door(sale, eve).values()) == {404}
    for path in (f"{draft}/item", f"{draft}/photos", f"{draft}/preview"):
        assert eve.get(path).status_code == 404, path
    assert eve.post(f"{draft}/item", {"title": "Mine now"}).status_code == 404
    assert eve.post(f"{draft}/publish").status_code == 404
    assert eve.post(f"{draft}/discard").status_code == 404
    assert eve.post(f"{question}/answer", {"answer": "x"}).status_code == 404
    assert eve.client.get(question, headers=as_program()).status_code == 404


def test_no_text_of_anybody_is_markup_anywhere(world: World) -> None:
    sale = sell(world)
    mod = moderator(world)
    sale.sam.post(f"{sale.order}/steps", {"status": "cancelled"})
    sale.sam.post(f"{sale.order}/feedback", {"rating": "bad", "text": SCRIPT})
    item = sale.sam.list_item(title=SCRIPT, description=SCRIPT, photo_description=SCRIPT)
    asked = sale.ada.post(f"{item}/questions", {"question": SCRIPT})
    question = asked.headers["Location"].rsplit("question-", 1)[1]
    sale.sam.post(f"/questions/{question}/answer", {"answer": SCRIPT})
    sale.ada.post(f"{item}/report", {"reason": "other", "text": SCRIPT})
    profile = {"name": SCRIPT[:60], "locale": "en", "time_zone": ""}
    sale.sam.post("/account/profile", profile)
    pages = [
        *(sale.ada.get(path) for path in (item, sale.order, "/my/notices", "/my/orders", "/")),
        *(sale.sam.get(path) for path in ("/account", "/my/sales", "/my/notices")),
        *(mod.get(path) for path in ("/moderation", f"/moderation{item}")),
        mod.get(path_of(world_url(world, "Ada"))),
    ]
    mod.post(f"/moderation{item}", {"action": "dismiss", "note": SCRIPT})
    pages.append(mod.get("/moderation/trail"))

    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    assert "&lt;script&gt;" in pages[0].text


def world_url(world: World, name: str) -> str:
    with world.parts.store.reading() as conn:
        found = customers.by_email(conn, email_of(name))
    assert found
    return world.parts.urls.customer(found[0].id)


def test_a_browser_shows_what_a_member_wrote_as_an_address_only_if_it_is_ours(
    world: World,
) -> None:
    sale = sell(world)

    for page in ("/my/notices", "/my/orders"):
        links = re.findall(r'href="([^"]*)"', sale.ada.get(page).text)
        assert all(re.match(r"/(?!/)|#", link) for link in links), links


def test_every_page_keeps_the_policy(world: World) -> None:
    sale = sell(world)
    paths = ("/", sale.item, sale.order, "/account", "/account/notices", "/rules", "/my/notices")

    for path in paths:
        answer = sale.ada.get(path)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script>|<style|\sstyle=|\son[a-z]+=", answer.text), path


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "/\\evil.test"])
def test_choosing_a_language_leads_nowhere_else(world: World, elsewhere: str) -> None:
    answer = world.app.test_client().get("/language/de", query_string={"next": elsewhere})

    assert answer.headers["Location"] == "/"


def test_a_planted_session_is_not_the_one_that_is_signed_in(world: World) -> None:
    world.browser().sign_up("Ada")
    planted = world.browser()
    planted.get("/sign-in")
    before: Any = planted.client.get_cookie("gavel")

    planted.sign_in("Ada")

    thief = world.browser()
    thief.client.set_cookie("gavel", before.value)
    assert thief.get("/account").status_code == 401


def test_bids_and_sign_ups_are_limited(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")
    codes = [ada.confirm(item, "x").status_code for _ in range(2)]
    assert codes == [400, 400]  # what is no bid of ours does not count
    ticket = ticket_in(ada.review(item, "25"))

    bids = [ada.confirm(item, ticket).status_code for _ in range(121)]
    sign_ups = [world.browser().sign_up(f"User{n}").status_code for n in range(59)]

    assert bids == [303] * 120 + [429]
    assert sign_ups == [200] * 58 + [429]  # Sam and Ada came from the same place
