"""The app with a database of its own, a fake bids_service, cheap hashes and a clock by hand."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from service_kit.access import Tokens
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from auction_app.accounts.forms import SignUpForm
from auction_app.accounts.passwords import Passwords
from auction_app.accounts.repository import customers
from auction_app.app import create_app
from auction_app.bootstrap import House, build
from auction_app.config import Config
from auction_app.db.tables import outbox
from auction_app.house_pages.terms import terms_version
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.moderation.carry_out import carry_out_decrees
from auction_app.photo_store import FolderLocation
from auction_app.selling.draft_photos import prepare_photos
from tests.auction_app.fake_bids import FakeBids
from tests.auction_app.listing import LISTING, list_by_verbs, photo_file, take_photo_once
from tests.auction_app.members import by_email, let_in, open_account, whose
from tests.postgres import fresh_database
from tests.shared import Shared

PUBLIC = "http://auctions.test"
START_MS = 1_790_000_000_000
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BIDS_TOKEN = "token-of-bids-service"
MAILER_TOKEN = "token-of-mailer-service"
ACCOUNTING_TOKEN = "token-of-accounting-here"


class FakeClock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.now_ms = START_MS

    def __call__(self) -> int:
        return self.now_ms

    def pass_s(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)


@dataclass
class World:
    """The app and everything around it."""

    app: Flask
    parts: House
    bids: FakeBids
    clock: FakeClock

    @cached_property
    def terms(self) -> str:
        """The version of the terms that held when somebody signed up first."""
        return terms_version(self.parts.store)

    @property
    def photos(self) -> Path:
        """The folder where they are."""
        where = self.parts.config.photos
        assert isinstance(where, FolderLocation)
        return where.path

    def browser(self) -> "Browser":
        return Browser(self, self.app.test_client())

    def member(self, name: str, *, language: str = "en") -> "Browser":
        """A browser of a new, verified, signed-in customer who reads this language."""
        browser = self.browser()
        browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        form = SignUpForm(
            name=name, email=email_of(name), password=password_of(name), terms=self.terms
        )
        customer = open_account(self.parts, form, language=language)
        browser.token = let_in(self.app, self.parts, browser.client, customer.id)
        return browser

    def moderator(self, name: str, *, language: str = "en") -> "Browser":
        """A member whom the house has made a moderator."""
        browser = self.member(name, language=language)
        customer = by_email(self.parts, email_of(name))
        with self.parts.begin() as act:
            customers.appoint(act.conn, customer.id)
        return browser

    def customer_url(self, name: str) -> str:
        return self.parts.urls.customer(by_email(self.parts, email_of(name)).id)

    def verification_link(self, name: str) -> str:
        """The path of the link that the mailer would put into its first mail."""
        return self.mailed_link(name, "verify-email")

    def mailed_link(self, name: str, use: str) -> str:
        """The path of a link that the mailer would put into a mail."""
        answer = self.app.test_client().get(
            path_of(self.customer_url(name)), headers=as_program(MAILER_TOKEN)
        )
        return path_of(answer.get_json()["_links"][use]["href"])

    def carry_out(self) -> int:
        """Let the job tell bids_service what moderators decided."""
        return carry_out_decrees(self.parts.store, self.parts.gateway)

    def announced(self) -> list[tuple[str, str, str]]:
        """(topic, type, URL) of every event that waits in the outbox."""
        with self.parts.store.reading() as conn:
            rows = conn.execute(select(outbox).order_by(outbox.c.id)).all()
        return [(row.topic, row.type, row.url) for row in rows]


class Browser:
    """A visitor's browser: keeps cookies, sends the CSRF token of the last page it saw."""

    def __init__(self, world: World, client: FlaskClient) -> None:
        self.world = world
        self.client = client
        self.token = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._seen(self.client.get(path, **options))

    def post(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        if not self.token:
            self.get("/sign-in")
        form = {"csrf_token": self.token} | (data or {})
        if path == "/sign-up":
            form.setdefault("terms", self.world.terms)
        if not any(isinstance(value, tuple) for value in form.values()):
            return self._seen(self.client.post(path, data=form))
        boundary, body = encode_multipart(
            {
                name: FileStorage(*value) if isinstance(value, tuple) else value
                for name, value in form.items()
            }
        )
        kind = f"multipart/form-data; boundary={boundary}"
        return self._seen(self.client.post(path, data=body, content_type=kind))

    def follow(self, answer: TestResponse) -> TestResponse:
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])

    def press(self, link: str) -> TestResponse:
        """Follow a link from a mail, and press the button of the page that it leads to."""
        self.get(link)
        return self.post(link)

    def sign_up(self, name: str, /, **changes: str) -> TestResponse:
        form = {"name": name, "email": email_of(name), "password": password_of(name)}
        return self.post("/sign-up", form | changes)

    def sign_in(self, name: str, /, **changes: str) -> TestResponse:
        form = {"email": email_of(name), "password": password_of(name)}
        answer = self.post("/sign-in", form | changes)
        self.token = ""
        return answer

    def list_item(self, **changes: Any) -> str:
        """List an item by the verbs that the wizard calls, and open its bidding; returns its
        path."""
        seller = whose(self.world.app, self.world.parts, self.client)
        return self._open(list_by_verbs(self.world.parts, seller, LISTING | changes))

    def list_by_wizard(self, **changes: Any) -> str:
        """The same on the wizard's pages, for who tests what they make of what is typed."""
        answer = self.publish(self.write_draft(**changes))
        assert answer.status_code == 303, answer.text
        auction_id = str(answer.headers["Location"]).rsplit("/", 1)[1]
        with self.world.parts.store.reading() as conn:
            auction = auctions.by_id(conn, auction_id)
        return self._open(auction)

    def _open(self, auction: Auction) -> str:
        urls, terms = self.world.parts.urls, auction.terms
        url = urls.auction(auction.id)
        self.world.bids.open(
            url,
            seller_url=urls.customer(auction.seller_id),
            start=terms.start_price,
            ends_at_ms=terms.ends_at_ms,
            buy_now=terms.buy_now,
        )
        return path_of(url)

    def write_draft(self, **changes: Any) -> str:
        """Fill in the wizard, photos and all, up to the preview; returns the draft's path."""
        started = self.post("/sell")
        assert started.status_code == 303, started.text
        path = str(started.headers["Location"]).rsplit("/", 1)[0]
        fields = LISTING | changes
        photo, alt = fields.pop("photo", None), fields.pop("photo_description", "")
        for step in ("item", "price", "time"):
            assert self.post(f"{path}/{step}", fields | {"go": "save"}).status_code == 303
        self.add_photo(path, photo or (photo_file(), "lamp.jpg"), alt)
        return path

    def add_photo(self, draft: str, photo: tuple[BytesIO, str], alt: str) -> None:
        """Upload a photo, let the job prepare it, and describe all photos alike."""
        assert self.post(f"{draft}/photos/change", {"photos": photo}).status_code == 303
        prepare_photos(self.world.parts.store, self.world.parts.files, take_photo_once)
        names = re.findall(r'name="(alt-[0-9a-f]+)"', self.get(f"{draft}/photos").text)
        self.post(f"{draft}/photos/change", dict.fromkeys(names, alt))

    def publish(self, draft: str) -> TestResponse:
        """Press the button of the preview."""
        return self.post(f"{draft}/publish")

    def review(self, item: str, maximum: str) -> TestResponse:
        return self.post(f"{item}/bid/review", {"maximum": maximum})

    def confirm(self, item: str, ticket: str) -> TestResponse:
        return self.post(f"{item}/bid", {"ticket": ticket})

    def bid(self, item: str, maximum: str) -> TestResponse:
        """Review, confirm, and look at the result."""
        return self.follow(self.confirm(item, ticket_in(self.review(item, maximum))))

    def _seen(self, answer: TestResponse) -> TestResponse:
        if match := re.search(r'name="csrf_token" value="([^"]+)"', answer.text):
            self.token = match[1]
        return answer


def email_of(name: str) -> str:
    return f"{name.lower()}@example.org"


def password_of(name: str) -> str:
    return f"{name}'s long password"


def path_of(url: str) -> str:
    """The path and query of one of the app's absolute URLs, whichever port it is on."""
    parts = urlsplit(url)
    assert parts.netloc == urlsplit(PUBLIC).netloc or parts.hostname in {"127.0.0.1", "localhost"}
    return urlunsplit(("", "", parts.path, parts.query, ""))


def ticket_in(answer: TestResponse) -> str:
    match = re.search(r'name="ticket" value="([^"]+)"', answer.text)
    assert match, answer.text
    return unescape(match[1])


def as_program(token: str | None = None) -> dict[str, str]:
    headers = {"Accept": "application/hal+json"}
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


@pytest.fixture(scope="session")
def empty_database(shared: Shared) -> Path:
    """Migrated once; each test gets a copy."""
    return shared.migrated_file("auction_app")


@pytest.fixture
def postgres_database(postgres_cluster: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of the test's own."""
    with fresh_database(postgres_cluster, "auction_app") as url:
        yield url


@pytest.fixture
def config(tmp_path: Path, empty_database: Path) -> Config:
    """Settings that point at this test's own folder."""
    shutil.copy(empty_database, tmp_path / "auctions.sqlite")
    return Config(
        database_url=f"sqlite:///{tmp_path}/auctions.sqlite",
        public_url=PUBLIC,
        secret_keys=("a secret key for tests only",),
        tokens=Tokens.parse(
            f"bids:auctions:read_terms:{BIDS_TOKEN},mailer:customers:read_contact+orders:read:{MAILER_TOKEN}"
            f",accounting:payments:read:{ACCOUNTING_TOKEN}"
        ),
        photos=FolderLocation(tmp_path / "photos"),
        bus_url="http://bus.test",
        bus_token="token-of-the-bus-itself",
        webhook_uuid="auctions",
        webhook_secret=(SECRET,),
        bids_url="http://bids.test",
        bids_token="token-for-bids-service",
        live_url="http://live.test",
    )


@pytest.fixture
def make_world(config: Config) -> Iterator[Callable[..., World]]:
    """Build the app, with other settings or parts if asked."""
    made: list[World] = []

    def make(settings: Config = config, **parts: Any) -> World:
        bids, clock = FakeBids(), FakeClock()
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        given: dict[str, Any] = {"bids": bids, "clock": clock, "passwords": cheap} | parts
        built = build(settings, **given)
        app = create_app(settings, **{name: getattr(built, name) for name in PART_NAMES})
        app.testing = True
        made.append(World(app, built, bids, clock))
        return made[-1]

    yield make
    for world in made:
        world.parts.close()


PART_NAMES = (
    "store",
    "bids",
    "passwords",
    "signatures",
    "files",
    "urls",
    "clock",
    "refresh_channel",
    "photo_channel",
    "decree_channel",
    "payment_channel",
    "desk",
    "statements",
)


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """The app as most tests want it."""
    return make_world()
