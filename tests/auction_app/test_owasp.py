"""The ways in which web apps are broken most often, tried on every form and every id here."""

import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

import auction_app
from tests.auction_app.conftest import World, ticket_in
from tests.auction_app.sale import offer_again, sell
from tests.auction_app.tour import Tour, begin, look_everywhere

pytestmark = pytest.mark.slow

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


ONE_LINE = re.compile(r'<input [^>]*name="([\w-]+)"[^>]*>')
NO_TEXT = re.compile(r'type="(hidden|checkbox|radio|file|datetime-local|submit)"')
PARAGRAPHS = re.compile(r'<textarea [^>]*name="([\w-]+)"')
NEVER_SHOWN = {"password", "old_password", "new_password", "proof"}


def fields_of(page: str) -> set[str]:
    """The text fields of a page's forms; one for each photo is one."""
    lines = {match[1] for match in ONE_LINE.finditer(page) if not NO_TEXT.search(match[0])}
    return {re.sub("^alt-.*", "alt", name) for name in lines | set(PARAGRAPHS.findall(page))}


def write_everywhere(tour: Tour) -> set[str]:
    """Put the script into every text field; returns the fields."""
    sam, ada, mo, sale = tour.sale.sam, tour.sale.ada, tour.mo, tour.sale
    ada.post(f"{sale.order}/requests", {"kind": "cancel", "reason": SCRIPT})
    sam.post(f"{sale.order}/answers", {"kind": "cancel", "answer": "accept"})
    sam.post(f"{sale.order}/feedback", {"rating": "bad", "text": SCRIPT})
    ada.post(f"{sale.order}/messages", {"message": SCRIPT})
    written = re.findall(r'id="message-(\w+)"', sam.get(sale.order).text)[-1]
    sam.post(f"/messages/{written}/report", {"reason": "other", "text": SCRIPT})
    tour.ids["message_id"] = written
    sam.post(f"/questions/{tour.ids['question_id']}/answer", {"answer": SCRIPT})
    listing = {"title": SCRIPT, "description": SCRIPT, "postage": SCRIPT}
    listing |= {"location": SCRIPT[:80], "payment": SCRIPT[:80]}
    prices = {"start_price": SCRIPT, "reserve": SCRIPT, "buy_now": SCRIPT, "ends": SCRIPT}
    prices |= {"delivery": "priced", "postage_cost": SCRIPT}
    item = sam.list_by_wizard(**listing, photo_description=SCRIPT)
    draft = sam.write_draft(**listing, **prices, photo_description=SCRIPT)
    sam.post(f"{tour.unsold}/edit", {"addition": SCRIPT})
    ada.post(f"{item}/questions", {"question": SCRIPT})
    ada.post(f"{item}/report", {"reason": "other", "text": SCRIPT})
    sam.post("/account/profile", {"name": SCRIPT[:60], "locale": "en", "time_zone": ""})
    mo.post(f"/moderation{item}", {"action": "dismiss", "note": SCRIPT})
    planned = {"zone": "UTC", "starts": "2026-11-01T12:00", "until": "2026-11-01T13:00"}
    mo.post("/moderation/maintenance", planned | {"words_en": SCRIPT, "words_de": SCRIPT})
    mo.post("/moderation/pages/help", {"text_en": SCRIPT, "text_de": SCRIPT, "note": SCRIPT})
    sam.post("/account/two-factor/off", {"proof": SCRIPT})
    tour.ids |= {"auction_id": item.rsplit("/", 1)[1], "draft_id": draft.rsplit("/", 1)[1]}
    written = {"text_en": SCRIPT, "text_de": SCRIPT}
    mo.post("/moderation/pages/help", written | {"note": SCRIPT, "made_of": "0", "go": "save"})
    searched = {name: SCRIPT for name in ("q", "price_from", "price_to")}
    shown_at_once = [
        ada.review(item, SCRIPT),
        ada.client.get("/search", query_string=searched),
        ada.post("/account/address", {"email": SCRIPT, "password": SCRIPT}),
        ada.post(f"/questions/{tour.ids['question_id']}/answer", {"answer": SCRIPT}),
    ]
    for answer in shown_at_once:
        assert harmless(answer.text)
    own = {"name", "text", "answer", "addition", "question", "note", "maximum", "email", "alt"}
    own |= {"words_en", "words_de", "text_en", "text_de", "proof", "message"}
    return own | set(written) | set(listing) | {*prices} - {"ends", "delivery"} | set(searched)


def harmless(page: str) -> bool:
    return "<script>alert" not in page and "<img src=x" not in page


def test_no_text_of_anybody_is_markup_anywhere(world: World) -> None:
    tour = begin(world, words=SCRIPT)
    tried = write_everywhere(tour) | NEVER_SHOWN
    shown, fields = 0, set()

    for path, answer in look_everywhere(world, tour):
        if answer.mimetype == "text/html":
            assert harmless(answer.text), path
            shown += "&lt;script&gt;" in answer.text
            fields |= fields_of(answer.text)

    assert shown > 15
    assert fields - tried == set()
    assert len(fields) > 12


def test_every_answer_keeps_the_policy(world: World) -> None:
    for path, answer in look_everywhere(world, begin(world)):
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, path
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        if answer.mimetype == "text/html":
            assert not re.search(r"<script>|<style|\sstyle=|\son[a-z]+=", answer.text), path


def test_a_browser_shows_what_a_member_wrote_as_an_address_only_if_it_is_ours(
    world: World,
) -> None:
    sale = sell(world)

    for page in ("/my/notices", "/my/orders"):
        links = re.findall(r'href="([^"]*)"', sale.ada.get(page).text)
        links.remove(f"{world.parts.urls.public_url}{page}")  # the canonical one
        assert all(re.match(r"/(?!/)|#", link) for link in links), links


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.test/", "//evil.test", "/\\evil.test", "/\t/evil.test", "javascript:alert(1)"],
)
def test_no_address_or_form_leads_anywhere_else(world: World, elsewhere: str) -> None:
    """`next` is the only parameter that says where to go, here and in every form."""
    world.browser().sign_up("Ada")
    ada = world.browser()

    answers = [
        ada.post("/language/de", {"next": elsewhere}),
        ada.sign_in("Ada", next=elsewhere),
        ada.post("/verify-email", {"next": elsewhere}),
    ]

    assert [answer.headers["Location"] for answer in answers] == ["/"] * 3


def test_nothing_else_in_the_code_says_where_to_go() -> None:
    code = [path.read_text() for path in Path(auction_app.__file__).parent.rglob("*.py")]
    found = re.findall(r"see_other\((\w+)", "".join(code))

    # `goes_to` and `local_path` are what the test above is about; `pay` is the provider's page, by
    # its own answer, and `f` an order's path; the rest are made by url_for.
    ours = {"url_for", "_place_of", "_next_address", "_address", "back", "pay", "f"}
    assert set(found) - {"location"} == ours | {"goes_to", "local_path"}


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
    sign_ups = [world.browser().sign_up(f"User{n}").status_code for n in range(61)]

    assert bids == [303] * 120 + [429]
    assert sign_ups == [200] * 60 + [429]


def test_what_sends_mail_to_the_other_side_is_limited(world: World) -> None:
    sale = sell(world)
    step = {"status": "paid"}

    steps = [sale.ada.post(f"{sale.order}/steps", step).status_code for _ in range(121)]
    offer_again(sale.sam, sale.item)
    offer = re.findall(r'href="(/second-chances/\w+)"', sale.bob.get("/my/notices").text)[0]
    answers = [sale.bob.post(offer, {"answer": "decline"}).status_code for _ in range(31)]

    assert steps == [303] * 120 + [429]
    assert answers == [303] * 30 + [429]
