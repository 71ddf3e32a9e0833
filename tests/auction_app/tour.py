"""Every address of the app, with an id of something real wherever an address holds one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from auction_app.factors.model import Passkey
from auction_app.factors.repository import passkeys
from auction_app.watchlist.remind_watchers import remind_watchers
from tests.auction_app.conftest import Browser, World, path_of, ticket_in
from tests.auction_app.sale import Sale, cancel, offer_again, sell

CHOICES = re.compile(r"<any\(([^)]*)\):(\w+)>")
OTHERS = {"/static/<path:filename>", "/openapi.json", "/healthz", "/readyz", "/events"}
"""What is no page, and what other tests are about."""


@dataclass
class Tour:
    """Things of Sam's and Ada's that nobody else may touch, and Mo the moderator."""

    sale: Sale
    mo: Browser
    ids: dict[str, str]
    handle: str
    """Of Ada's session on her phone."""
    unsold: str
    """An item of Sam's that Ada has bid on and that still runs."""

    @property
    def people(self) -> tuple[Browser, ...]:
        return self.sale.sam, self.sale.ada, self.mo


def begin(world: World, words: str = "?", title: str = "Brass desk lamp") -> Tour:
    """Let all of it happen; `words` are in every text that is written."""
    sale = sell(world)
    sale.ada.post(f"{sale.order}/steps", {"status": "paid"})
    cancel(sale)
    item = sale.sam.list_item(title=title, ends="2026-09-22T12:00:00")
    asked = sale.ada.post(f"{item}/questions", {"question": words}).headers["Location"]
    sale.ada.post(f"{item}/watch", {"watch": "1"})
    result = sale.ada.confirm(item, ticket_in(sale.ada.review(item, "12"))).headers["Location"]
    draft = sale.sam.write_draft(title=title)
    photo = re.findall(r"/photos/(\w+)-", sale.sam.get(f"{draft}/photos").text)[0]
    ends_at_ms = world.bids.books[world.parts.urls.public_url + item].ends_at_ms
    with world.parts.begin() as act:
        remind_watchers(replace(act, now_ms=ends_at_ms - 1))
    reminder = next(url for topic, _, url in world.announced() if topic == "reminders")
    mo = world.moderator("Mo")
    ended = sale.sam.list_item(title=title)
    mo.post(f"/moderation{ended}", {"action": "end", "note": words})
    statement = next(url for topic, _, url in world.announced() if topic == "statements")
    decision = re.findall(r"/moderation/decisions/(\w+)", mo.get(f"/moderation{ended}").text)[0]
    phone = world.browser()
    phone.sign_in("Ada")
    sessions = phone.get("/account/sessions").text
    ids = {
        "auction_id": item,
        "order_id": sale.order,
        "message_id": _message(sale),
        "question_id": asked.rsplit("question-", 1)[1],
        "customer_id": path_of(world.customer_url("Sam")),
        "draft_id": draft,
        "key": result.split("?")[0],
        "chance_id": _offer(sale),
        "reminder_id": path_of(reminder),
        "decision_id": decision,
        "statement_id": path_of(statement),
        "photo_id": photo,
        "search_id": _saved(sale.ada),
        "passkey_id": _passkey(world, "Ada"),
        "device_id": _device(sale.sam),
        "announcement_id": _announcement(mo),
    }
    ids = {name: value.rsplit("/", 1)[-1] for name, value in ids.items()}
    handle = re.findall(r"/account/sessions/(\w+)/end", sessions)[0]
    return Tour(sale, mo, ids, handle, item)


def _announcement(moderator: Browser) -> str:
    planned = {
        "zone": "UTC",
        "starts": "2026-12-01T12:00",
        "until": "2026-12-01T13:00",
        "words_en": "We move.",
        "words_de": "Wir ziehen um.",
    }
    moderator.post("/moderation/maintenance", planned)
    page = moderator.get("/moderation/maintenance").text
    return str(re.findall(r"/moderation/maintenance/(\w+)/end", page)[0])


def _device(seller: Browser) -> str:
    seller.post("/account/devices", {"name": "Printer"})
    page = seller.get("/account/devices").text
    return str(re.findall(r"/account/devices/(\w+)/revoke", page)[0])


def _offer(sale: Sale) -> str:
    """Sam offers to Bob what Ada has bought."""
    offer_again(sale.sam, sale.item)
    return str(re.findall(r'href="(/second-chances/\w+)"', sale.bob.get("/my/notices").text)[0])


def _message(sale: Sale) -> str:
    """Sam writes to Ada, who reports it."""
    sale.sam.post(f"{sale.order}/messages", {"message": "It is on its way."})
    written = re.findall(r'id="message-(\w+)"', sale.ada.get(sale.order).text)[0]
    sale.ada.post(f"/messages/{written}/report", {"reason": "other", "text": "Is it?"})
    return str(written)


def _passkey(world: World, name: str) -> str:
    """One that was added somewhere where browsers have passkeys."""
    passkey = Passkey(
        id="adasphone234",
        customer_id=world.customer_url(name).rsplit("/", 1)[1],
        credential_id="Y3JlZGVudGlhbA",
        public_key="a2V5",
        sign_count=0,
        name="Phone",
        created_at_ms=world.clock.now_ms,
    )
    with world.parts.begin() as act:
        passkeys.add(act.conn, passkey)
    return passkey.id


def _saved(ada: Browser) -> str:
    """Ada looks for a lamp."""
    kept = ada.follow(ada.post("/my/searches", {"q": "lamp"})).text
    return str(re.findall(r"/my/searches/(\w+)/delete", kept)[0])


def rules(world: World, method: str) -> list[Rule]:
    """All addresses that answer to a method."""
    every = world.app.url_map.iter_rules()
    return [rule for rule in every if method in (rule.methods or ()) and rule.rule not in OTHERS]


def paths(rule: str, tour: Tour) -> Iterator[str]:
    """Each address of a rule: one for each of its choices. Raises KeyError for an id that nobody
    has thought of yet."""
    if choices := CHOICES.search(rule):
        for choice in choices[1].split(","):
            yield from paths(rule.replace(choices[0], choice.strip("'\" ")), tour)
        return
    known = tour.ids | {
        "handle": tour.handle,
        "step": "item",
        "size": "480",
        "code": "en",
        "first": "0",
        "category": "other",
        "kind": "outbid",
        "token": "forged",
        "version": "0",
    }
    yield unquote(re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known[found[1]], rule))


def look_everywhere(world: World, tour: Tour) -> Iterator[tuple[str, TestResponse]]:
    """Every page as everybody sees it, signed in or not."""
    for browser in (*tour.people, tour.sale.bob, world.browser()):
        for rule in rules(world, "GET"):
            for path in paths(rule.rule, tour):
                yield path, browser.client.get(path, buffered=True)
