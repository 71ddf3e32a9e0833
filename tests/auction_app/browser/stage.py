"""The app on a real port with something on every page, to be looked at by a browser."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from service_kit import database
from service_kit.access import Tokens
from service_kit.money import Money
from werkzeug.serving import WSGIRequestHandler, make_server

from auction_app.app import create_app
from auction_app.config import Config
from auction_app.demo.load import ACCOUNTS, ITEMS, load_demo
from auction_app.parts import build_parts
from auction_app.passwords import Passwords
from auction_app.storage import customers
from auction_app.verbs.project import keep_bidding
from tests.auction_app.conftest import (
    MAILER_TOKEN,
    PART_NAMES,
    Browser,
    FakeClock,
    World,
    as_program,
)
from tests.auction_app.fake_bids import FakeBids
from tests.sockets import free_port

LAMP, BICYCLE, CAMERA, VASE, GUITAR, WATCH = (f"/auctions/{item.id}" for item in ITEMS)


@dataclass(frozen=True)
class Stop:
    """A page to look at: a name for its picture, who looks, and where; `bid` is a maximum to type
    there and send."""

    name: str
    who: str | None
    path: str
    bid: str | None = None


@dataclass(frozen=True)
class Stage:
    """Where the app is, how to be somebody there, and all its pages."""

    url: str
    cookies: dict[str, str]
    stops: tuple[Stop, ...]
    speak: Callable[[str], None]


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_args: object, **_kwargs: object) -> None:
        """Requests are not news."""


@contextmanager
def open_stage(folder: Path) -> Iterator[Stage]:
    """Serve the app with people, items, bids, questions, orders and reports."""
    port = free_port()
    world = _world(folder, f"http://127.0.0.1:{port}")
    server = make_server("127.0.0.1", port, world.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    try:
        stage = _Play(world).stage()
        thread.start()
        yield stage
    finally:
        if thread.is_alive():
            server.shutdown()
        server.server_close()
        world.parts.store.close()
        world.parts.refresh_bell.close()


def _world(folder: Path, url: str) -> World:
    config = Config(
        database_url=f"sqlite:///{folder}/auctions.sqlite",
        public_url=url,
        secret_key="a secret key for tests only",
        tokens=Tokens.parse(f"mailer:customers:read_contact:{MAILER_TOKEN}"),
        photos_dir=f"{folder}/photos",
        bus_url="http://bus.test",
        bus_token="token-of-the-bus-itself",
        webhook_uuid="auctions",
        webhook_secret=("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",),
        bids_url="http://bids.test",
        bids_token="token-for-bids",
        live_url="http://live.test",
    )
    database.migrate("auction_app", config.database_url)
    bids, clock = FakeBids(), FakeClock()
    clock.now_ms = bids.placed_from_ms = round(time.time() * 1000)
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    built = build_parts(config, bids=bids, clock=clock, passwords=cheap)
    app = create_app(config, **{name: getattr(built, name) for name in PART_NAMES})
    app.testing = True
    return World(app, built, bids, clock)


class _Play:
    """What happens before anybody looks."""

    def __init__(self, world: World) -> None:
        self._world = world
        load_demo(world.parts)
        for item in ITEMS:
            world.bids.open(
                world.parts.urls.auction(item.id),
                start=Money.parse({"amount": item.price, "currency": item.currency}),
                ends_at_ms=world.clock() + round(item.hours * 3_600_000),
            )
        self._people = {account.name: self._sign_in(account.name) for account in ACCOUNTS}

    def stage(self) -> Stage:
        """Play it all, and say where to look."""
        ada, tomas = self._people["Ada"], self._people["Tomas"]
        outbid = self._bids()
        self._talk()
        order, done = self._orders()
        tomas_draft = str(tomas.post("/sell").headers["Location"]).rsplit("/", 1)[0]
        ada.post(f"{BICYCLE}/watch", {"watch": "1"})
        ada.post(f"{WATCH}/report", {"reason": "misleading", "text": "The hands are painted on."})
        self._world.clock.pass_s(90)
        self._world.browser().post("/forgot-password", {"email": "bela@example.org"})
        for browser in self._people.values():
            browser.get("/")  # what flashes is seen by now
        cookies = {name: self._cookie(browser) for name, browser in self._people.items()}
        stops = _stops(order, done, outbid, tomas_draft, self._links("Bela"), self._url("Martha"))
        return Stage(self._world.parts.config.public_url, cookies, stops, self._speak)

    def _bids(self) -> str:
        """Bids on everything; returns where Ada reads that she was outbid at once."""
        ada, bela = self._people["Ada"], self._people["Bela"]
        ada.bid(LAMP, "60")
        bela.bid(LAMP, "95")
        ada.bid(BICYCLE, "210")
        ada.bid(CAMERA, "150")
        bela.bid(CAMERA, "140")
        bela.bid(GUITAR, "300")
        review = ada.review(LAMP, "70")
        ticket = re.search(r'name="ticket" value="([^"]+)"', review.text)
        assert ticket
        return str(ada.confirm(LAMP, ticket[1]).headers["Location"])

    def _talk(self) -> None:
        ada, bela, tomas = (self._people[name] for name in ("Ada", "Bela", "Tomas"))
        asked = ada.post(f"{BICYCLE}/questions", {"question": "Would it fit somebody of 1.65 m?"})
        question = asked.headers["Location"].rsplit("question-", 1)[1]
        tomas.post(f"/questions/{question}/answer", {"answer": "With the saddle down, just so."})
        bela.post(f"{BICYCLE}/questions", {"question": "Do you send it to Portugal?"})

    def _orders(self) -> tuple[str, str]:
        """Ada's open order and Bela's finished one."""
        ada, bela, tomas = (self._people[name] for name in ("Ada", "Bela", "Tomas"))
        for item in (CAMERA, GUITAR, VASE):
            told = self._world.bids.close(self._world.parts.urls.public_url + item)
            keep_bidding(
                self._world.parts.store, self._world.parts.urls, told, now_ms=self._world.clock()
            )
        order, done = (
            re.findall(r'href="(/orders/\w+)"', person.get("/my/orders").text)[0]
            for person in (ada, bela)
        )
        for person, status in ((bela, "paid"), (tomas, "shipped"), (bela, "received")):
            self._world.clock.pass_s(3)
            person.post(f"{done}/steps", {"status": status})
        tomas.post(f"{done}/feedback", {"rating": "good", "text": "Paid within the hour."})
        return order, done

    def _sign_in(self, name: str) -> Browser:
        browser = self._world.browser()
        account = next(account for account in ACCOUNTS if account.name == name)
        answer = browser.post("/sign-in", {"email": account.email, "password": account.password})
        assert answer.status_code == 303, answer.text
        browser.token = ""
        return browser

    def _cookie(self, browser: Browser) -> str:
        cookie = browser.client.get_cookie("gavel")
        assert cookie
        return cookie.value

    def _links(self, name: str) -> dict[str, str]:
        """The links that mails to this person would hold, as paths."""
        answer = self._world.app.test_client().get(
            self._url(name), headers=as_program(MAILER_TOKEN)
        )
        public = self._world.parts.urls.public_url
        links = answer.get_json()["_links"]
        return {rel: links[rel]["href"].removeprefix(public) for rel in links}

    def _url(self, name: str) -> str:
        with self._world.parts.store.reading() as conn:
            found = customers.by_email(conn, f"{name.lower()}@example.org")
        assert found
        return f"/customers/{found[0].id}"

    def _speak(self, language: str) -> None:
        """Let every account read this language."""
        with self._world.parts.store.writing() as conn:
            for account in ACCOUNTS:
                found = customers.by_email(conn, account.email)
                assert found
                customers.edit(
                    conn, found[0].id, name=found[0].name, locale=language, time_zone=None
                )


def _stops(
    order: str, done: str, outbid: str, draft: str, links: dict[str, str], seller: str
) -> tuple[Stop, ...]:
    of_everybody = {
        "home": "/",
        "search": "/search?q=lamp",
        "search-empty": "/search?q=unicorn",
        "category": "/categories/home",
        "item": LAMP,
        "item-sold": CAMERA,
        "item-unsold": VASE,
        "seller": seller,
        "sign-in": "/sign-in",
        "sign-up": "/sign-up",
        "forgot-password": "/forgot-password",
        "reset-password": links["reset-password"],
        "unsubscribe": links["unsubscribe"].replace("{kind}", "outbid"),
        "dead-link": "/reset-password/forged",
        "rules": "/rules",
        "nothing-here": "/nothing",
        "sign-in-first": "/my/bids",
    }
    of_ada = {
        "item-outbid": LAMP,
        "item-winning": BICYCLE,
        "item-won": CAMERA,
        "bid-result-outbid": outbid,
        "own-maximum": BICYCLE.replace("/auctions/", "/my/bids/"),
        "my-bids": "/my/bids",
        "watchlist": "/my/watchlist",
        "my-orders": "/my/orders",
        "order-to-pay": order,
        "notices": "/my/notices",
        "account": "/account",
        "mails": "/account/notices",
        "sessions": "/account/sessions",
        "delete-account": "/account/delete",
        "report": f"{WATCH}/report",
    }
    of_tomas = {
        "item-own": BICYCLE,
        "my-sales": "/my/sales",
        "sell": "/sell",
        "sell-item": f"{draft}/item",
        "sell-photos": f"{draft}/photos",
        "sell-price": f"{draft}/price",
        "sell-time": f"{draft}/time",
        "sell-preview": f"{draft}/preview",
    }
    of_nora = {
        "moderation": "/moderation",
        "moderate-item": f"/moderation{WATCH}",
        "moderate-account": f"/moderation{seller}",
        "trail": "/moderation/trail",
    }
    looks = {None: of_everybody, "Ada": of_ada, "Tomas": of_tomas, "Nora": of_nora}
    return (
        *(Stop(name, who, path) for who, pages in looks.items() for name, path in pages.items()),
        Stop("order-feedback", "Bela", done),
        Stop("bid-review", "Bela", BICYCLE, bid="2500"),
        Stop("bid-refused", "Bela", BICYCLE, bid="1,234"),
    )
