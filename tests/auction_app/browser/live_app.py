"""The app and its live process on real ports, for browsers that meet on an item."""

import json
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page
from service_kit.money import Money
from standardwebhooks import Webhook

from auction_app.bidding.projection import keep_bidding
from auction_app.live import create_app as create_live
from auction_app.live.config import Config as LiveConfig
from auction_app.selling.draft_photos import prepare_photos
from auction_app.selling.take_photo import take_photo
from tests.auction_app.browser.serving import Server, build_world
from tests.auction_app.browser.variants import Look
from tests.auction_app.browser.visitor import Visitor
from tests.auction_app.conftest import SECRET
from tests.auction_app.conftest import Browser as Member
from tests.auction_app.live.test_live import deliver
from tests.browser.chromium import patient
from tests.sockets import free_port

ZONE = "UTC"


class LiveApp:
    """Where everybody meets: `world` is the app's inside, `live` its live process."""

    def __init__(self, folder: Path, empty_database: Path, browser: Browser) -> None:
        app_port, live_port = free_port(), free_port()
        self.url, self.live_url = (f"http://127.0.0.1:{port}" for port in (app_port, live_port))
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        shutil.copy(empty_database, folder / "auctions.sqlite")
        self.world = build_world(folder, self.url, self.live_url)
        self._live_app = create_live(
            live_config(self.url, self.live_url), biddings=self.world.bids, clock=self.world.clock
        )
        self.app = Server(self.world.app, app_port)
        self.live = Server(self._live_app, live_port)
        self.app.start()
        self.live.start()

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        self.live.stop()
        self.app.stop()
        self.world.parts.close()

    def visitor(self, *, name: str | None = None, scripts: bool = True, width: int = 1280) -> Page:
        """The page of somebody who reads English, signed in as a new member if a name is given."""
        look = Look(scripts, width, "en")
        return (self.person(name, look) if name else self.stranger(look)).page

    def stranger(self, look: Look) -> Visitor:
        """Somebody whom nobody knows."""
        return Visitor(self._page(look, None), self.url, look)

    def person(self, name: str, look: Look) -> Visitor:
        """Somebody who signs up here and now."""
        return self.known(self.world.member(name, language=look.language), look)

    def known(self, member: Member, look: Look) -> Visitor:
        """Somebody who is signed in already."""
        cookie = member.client.get_cookie("gavel")
        assert cookie
        return Visitor(self._page(look, cookie.value), self.url, look)

    def _page(self, look: Look, session: str | None) -> Page:
        context = self._browser.new_context(
            locale={"en": "en-US"}.get(look.language, look.language),
            timezone_id=ZONE,
            java_script_enabled=look.scripts,
            viewport={"width": look.width, "height": 900},
        )
        if session:
            context.add_cookies([{"name": "gavel", "value": session, "url": self.url}])
        self._contexts.append(context)
        return patient(context.new_page())

    def open_bidding(self, item: str) -> None:
        """What bids_service does once it has heard of an item."""
        start, ends_at_ms = Money(1000, "USD"), self.world.clock() + 86_400_000
        self.world.bids.open(self.url + item, start=start, ends_at_ms=ends_at_ms)

    def tell_live(self, item: str) -> None:
        """What the bus does after a bid."""
        bidding = self.world.bids.bidding_of(self.url + item)
        event = {"topic": "biddings", "type": "update", "url": bidding.url, "t": 1}
        id = f"msg_{bidding.version}"
        body = json.dumps([event | {"id": id, "position": bidding.version}])
        now = datetime.now(UTC)
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(id, now, body),
        }
        answer = self._live_app.test_client().post(
            "/events",
            data=body,
            auth=("live", "x"),
            content_type="application/json",
            headers=headers,
        )
        assert answer.status_code < 300, answer.text

    def tell_news(self) -> None:
        """What the bus does with all that tells of news, once more for what it told before."""
        for topic, type, url in self.world.announced():
            if topic in {"notices", "announcements"}:
                assert deliver(self._live_app, url, kind=f"{topic}.{type}") == 204

    def refresh(self, item: str) -> None:
        """What the job does once the bus has told that the bidding changed."""
        with self.world.parts.begin() as act:
            keep_bidding(act, self.world.bids.bidding_of(self.url + item))

    def prepare_photos(self) -> None:
        """What the photo job does, until nothing waits."""
        while prepare_photos(self.world.parts.store, self.world.parts.files, take_photo):
            pass


def bid(page: Page, url: str, maximum: str) -> str:
    """Form, review, confirm; the heading of the result."""
    page.goto(url)
    page.get_by_label("Your maximum").fill(maximum)
    page.get_by_role("button", name="Review bid").click()
    page.get_by_role("button", name="Confirm bid").click()
    return page.get_by_role("heading", level=1).inner_text()


def passed_s(act: Callable[[], object]) -> float:
    """How long that took."""
    started = time.monotonic()
    act()
    return time.monotonic() - started


def live_config(url: str, live_url: str) -> LiveConfig:
    return LiveConfig(
        public_url=live_url,
        bus_url="http://bus.test",
        bus_token="token-of-the-bus-itself",
        webhook_uuid="live",
        webhook_secret=(SECRET,),
        bids_url="http://bids.test",
        bids_token="token-for-bids-service",
        auctions_url=url,
        allowed_origin=url,
    )
