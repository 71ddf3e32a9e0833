"""The web app beside the real bids service, in one process: what each says the other reads."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from bids_client import BidsClient, Offer
from bus_drain.fetch import EntityClient
from flask import Flask
from service_kit.access import Tokens
from service_kit.database import reading
from service_kit.money import Money
from service_kit.wsgi_transport import WsgiTransport
from sqlalchemy import select

from auction_app.bidding.refresh_projection import notice_gaps, refresh_projection
from auction_app.listings.repository import auctions
from auction_app.web.formats import short_mask
from auction_app.worker import FETCHES
from bids_service.app import create_app
from bids_service.bootstrap import Parts as BidsParts
from bids_service.bootstrap import build
from bids_service.commands.close_due import close_due
from bids_service.commands.import_auctions import create_bidding
from bids_service.config import Config as BidsConfig
from bids_service.storage.tables import outbox
from tests.auction_app.bidding.test_commands import key_in
from tests.auction_app.bidding.test_projection import deliver
from tests.auction_app.conftest import (
    BIDS_TOKEN,
    PUBLIC,
    SECRET,
    Browser,
    FakeClock,
    World,
    as_program,
    config,
    empty_database,
    make_world,
    password_of,
)
from tests.auction_app.sale import offer_again

__all__ = ["config", "empty_database", "make_world"]

BIDS = "http://bids.test"
TOKEN = "token-of-the-auction-app"


class Door:
    """Where an app that is built later will answer."""

    app: Flask

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return self.app(environ, start_response)


@dataclass
class Houses:
    """Both services, and the bus between them: `tell` delivers what bids_service announced."""

    world: World
    bids: BidsParts
    client: BidsClient
    told: int = 0

    def events(self) -> list[tuple[str, str]]:
        """What was announced since it was asked last."""
        with reading(self.bids.database.engine) as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
        fresh, self.told = rows[self.told :], len(rows)
        return [(row.topic, row.url) for row in fresh]

    def tell(self) -> list[tuple[str, str]]:
        events = self.events()
        if events:
            assert deliver(self.world, *events).status_code == 204
        self.refresh()
        return events

    def refresh(self) -> None:
        parts = self.world.parts
        while refresh_projection(parts.store, parts.gateway, FETCHES):
            pass

    def sweep(self) -> None:
        with self.world.parts.begin() as act:
            notice_gaps(act)
        self.refresh()

    def open(self, item: str) -> None:
        """Let bids_service learn of an item before anybody bids on it."""
        create_bidding(self.bids.books, PUBLIC + item, self.bids.auctions.terms(PUBLIC + item))

    def close(self, item: str) -> None:
        """Let time pass until the auction is over and closed."""
        self.world.clock.now_ms = self.bidding(item).ends_at_ms + 1000
        close_due(self.bids.books)

    def bidding(self, item: str) -> Any:
        return self.client.bidding_of(PUBLIC + item)

    def offer(self, item: str, seller: str, bidder: str) -> Offer:
        """An offer that reaches bids_service by another way than this app."""
        who = self.world.customer_url
        return self.client.offer_second_chance(
            self.bidding(item), who(seller), who(bidder), f"{item}-{bidder}"
        )

    def bid_elsewhere(self, item: str, name: str, minor: int) -> None:
        who = self.world.customer_url(name)
        self.client.place(PUBLIC + item, who, Money(minor, "USD"), f"{item}-{name}-{minor}")


@pytest.fixture
def houses(make_world: Callable[..., World], sqlite_copy: Callable[[str], str]) -> Iterator[Houses]:
    clock, web = FakeClock(), Door()
    settings = _settings(sqlite_copy("bids_service"))
    entities = EntityClient({PUBLIC: BIDS_TOKEN}, transport=WsgiTransport(web), attempts=1)
    parts = build(settings, entities=entities, clock=clock)
    client = BidsClient(BIDS, TOKEN, transport=WsgiTransport(create_app(settings, parts)))
    world = make_world(bids=client, clock=clock)
    world.clock, web.app = clock, world.app
    yield Houses(world, parts, client)
    parts.close()


def _settings(database_url: str) -> BidsConfig:
    return BidsConfig(
        database_url=database_url,
        public_url=BIDS,
        tokens=Tokens.parse(f"auctions:bids:read+bids:write+bids:read_maximum:{TOKEN}"),
        bus_url="http://bus.test",
        bus_token="a-token-of-the-bus",
        webhook_uuid="bids",
        webhook_secret=SECRET,
        auctions_url=PUBLIC,
        auctions_token=BIDS_TOKEN,
    )


def sale(houses: Houses, **terms: Any) -> tuple[str, Browser, Browser, Browser]:
    """Sam's item with a bid of Ada's at 30.00 and one of Bob's at 20.00, and the three."""
    sam, ada, bob = (houses.world.member(name) for name in ("Sam", "Ada", "Bob"))
    item = sam.list_item(**terms)
    ada.bid(item, "30")
    bob.bid(item, "20")
    houses.tell()
    return item, sam, ada, bob


def test_the_worked_example_is_what_the_engine_makes_of_the_terms(houses: Houses) -> None:
    sam = houses.world.member("Sam")
    draft = sam.write_draft(reserve="40.00", soft_close="300", ends="2026-10-01T12:00")

    page = re.sub(r"\s+", " ", sam.get(f"{draft}/preview").text)

    told = [step.strip() for step in re.findall(r"<li> ([A-Z].*?) </li>", page)]
    assert told[:3] == [
        "Ada sets $30.00 as the maximum. Ada leads, and the price is $10.00."
        " The reserve is not met yet. The next bid is at least $10.50.",
        "Ben sets $20.00 as the maximum. We bid for Ada, who still leads: the price is $20.50."
        " The reserve is not met yet. The next bid is at least $21.00.",
        "Cleo sets $40.00 as the maximum. Cleo leads, and the price is $40.00."
        " That meets the reserve, and everybody sees that it is met."
        " The next bid is at least $41.00.",
    ]
    assert "Dan sets $80.00 as the maximum. Dan leads, and the price is $41.00." in told[3]
    assert re.search(r"the end moves to .*12:02", told[3])
    assert told[4] == "When time is up, Dan buys it for $41.00."


@pytest.mark.parametrize("price", ["0.01", "0.99", "1.00", "24.99", "9999.99", "19999.99"])
@pytest.mark.parametrize("reserve", ["20000", ""])
def test_every_step_of_the_example_is_one_that_the_engine_takes(
    houses: Houses, price: str, reserve: str
) -> None:
    sam = houses.world.member("Sam")
    draft = sam.write_draft(start_price=price, reserve=reserve, soft_close="60")

    page = sam.get(f"{draft}/preview").text

    met_by_cleo = reserve and float(price) * 3 < float(reserve)
    names = ("Ada", "Ben", "Cleo", "Dan") if met_by_cleo else ("Ada", "Ben", "Dan")
    assert re.findall(r"(\w+) sets", page) == list(names)
    assert "Dan buys it" in page
    assert page.count("That meets the reserve") == (1 if reserve else 0)


def test_the_masks_are_the_bids_services(houses: Houses) -> None:
    item, _, ada, _ = sale(houses)
    other = houses.world.browser()
    public = {short_mask(bid.masked_bidder) for bid in houses.client.bids(houses.bidding(item))}

    shown = set(re.findall(r"Bidder (\w+)", other.get(item).text))

    assert shown == public
    assert len(shown) == 2
    ada.bid(item, "31")
    ada.bid(item, "32")
    assert set(re.findall(r"Bidder (\w+)", other.get(item).text)) == shown


def links(browser: Browser, item: str) -> set[str]:
    document = browser.client.get(item, headers=as_program()).get_json()
    return set(document["_links"]) - {"self", "seller", "photos", "bidding", "watch", "report"}


def test_what_has_a_link_is_what_the_bidding_allows(houses: Houses) -> None:
    world = houses.world
    sam, ada = world.member("Sam"), world.member("Ada")
    item = sam.list_item(buy_now="90", starts="2026-09-22T12:00:00")
    houses.open(item)
    houses.tell()
    assert links(ada, item) == {"ask"}
    assert links(sam, item) == {"edit", "end-early"}

    world.clock.now_ms = houses.bidding(item).starts_at_ms
    houses.sweep()
    assert links(ada, item) == {"place-bid", "buy-now", "ask"}
    ada.bid(item, "25")
    assert links(ada, item) == {"place-bid", "retract", "ask"}
    assert links(sam, item) == {"edit"}
    houses.close(item)
    houses.tell()
    assert links(ada, item) == {"order"}
    assert links(sam, item) == {"relist", "second-chances", "order"}


def test_a_first_bid_just_before_the_early_end_is_not_called_off(
    houses: Houses, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = houses.world.member("Sam")
    houses.world.member("Ada")
    item = sam.list_item()
    houses.open(item)
    key = key_in(sam.get(f"{item}/end").text)
    cancel = houses.client.cancel

    def bid_first(*args: Any, **condition: Any) -> Any:
        monkeypatch.undo()
        houses.bid_elsewhere(item, "Ada", 2500)
        return cancel(*args, **condition)

    monkeypatch.setattr(houses.client, "cancel", bid_first)
    answer = sam.post(f"{item}/end", {"key": key})

    assert answer.status_code == 409
    assert "People have bid" in answer.text
    assert (houses.bidding(item).status, houses.bidding(item).bid_count) == ("open", 1)


def test_a_bid_that_was_taken_back_does_not_keep_the_account_for_ever(houses: Houses) -> None:
    sam = houses.world.member("Sam")
    item = sam.list_item()
    houses.world.member("Ada")
    houses.bid_elsewhere(item, "Ada", 2500)
    form = {"password": password_of("Sam")}
    assert sam.post("/account/delete", form).status_code == 409

    houses.client.retract(houses.bidding(item), houses.world.customer_url("Ada"), "back")
    houses.tell()

    assert sam.post("/account/delete", form).status_code == 303
    assert houses.bidding(item).status == "closed"


def test_what_was_ended_early_ended_when_it_did(houses: Houses) -> None:
    sam = houses.world.member("Sam")
    item = sam.list_item(ends="2026-10-01T12:00:00")
    houses.open(item)
    houses.world.clock.pass_s(60)

    sam.post(f"{item}/end", {"key": key_in(sam.get(f"{item}/end").text)})

    with houses.world.parts.store.reading() as conn:
        seen = auctions.by_id(conn, item.rsplit("/", 1)[-1])
    assert seen.ends_at_ms == houses.world.clock()
    assert "Oct 1, 2026" not in sam.get(item).text


def test_the_house_ends_an_auction_that_has_bids(houses: Houses) -> None:
    item, *_ = sale(houses)

    houses.world.moderator("Mo").post(f"/moderation{item}", {"action": "end", "note": "stolen"})
    houses.world.carry_out()

    assert houses.bidding(item).outcome == "unsold"


def test_a_leader_below_the_reserve_is_told_so(houses: Houses) -> None:
    ada, item = houses.world.member("Ada"), houses.world.member("Sam").list_item(reserve="40")

    result = ada.bid(item, "30").text

    assert "reserve" in result
    assert "Highest bidder, reserve not met" in ada.get("/my/bids").text


def test_an_offer_made_elsewhere_reaches_its_bidder_once_as_news(houses: Houses) -> None:
    item, sam, ada, bob = sale(houses)
    houses.close(item)
    houses.tell()
    offer = houses.offer(item, "Sam", "Bob")

    events = houses.tell()
    deliver(houses.world, *events)
    houses.refresh()

    assert ("offers", offer.url) in events
    assert bob.get("/my/notices").text.count("A second chance for you") == 1
    assert "A second chance for you" not in ada.get("/my/notices").text
    (path,) = re.findall(r'href="(/second-chances/\w+)"', bob.get("/my/notices").text)
    assert "$20.00" in bob.get(path).text
    assert ada.get(path).status_code == 404
    bob.post(path, {"answer": "accept"})
    assert houses.client.offer(offer.url).status == "accepted"
    assert bob.get("/my/orders").text.count("/orders/") == 1
    houses.tell()
    assert sam.get("/my/notices").text.count("Your item is sold") == 2  # to Ada, and to Bob


def test_an_offer_that_was_refused_is_made_once_nothing_is_in_its_way(houses: Houses) -> None:
    item, sam, ada, _ = sale(houses)
    cleo = houses.world.member("Cleo")
    cleo.bid(item, "32")
    houses.close(item)
    houses.tell()
    for_bob = houses.offer(item, "Sam", "Bob")  # of which this app has not heard

    assert "While one offer is open" in sam.follow(offer_again(sam, item)).text
    houses.client.decline(for_bob, "no")

    assert "It is offered" in sam.follow(offer_again(sam, item)).text
    houses.tell()
    assert "A second chance for you" in ada.get("/my/notices").text


def test_an_answer_given_elsewhere_reaches_this_app(houses: Houses) -> None:
    item, _, _, bob = sale(houses)
    houses.close(item)
    offer = houses.offer(item, "Sam", "Bob")
    houses.tell()

    houses.client.accept(houses.client.offer(offer.url), "elsewhere")
    assert bob.get("/my/orders").text.count("/orders/") == 0
    houses.tell()

    assert bob.get("/my/orders").text.count("/orders/") == 1


def test_what_a_dead_drain_never_took_is_healed_by_looking(houses: Houses) -> None:
    item, sam, ada, bob = sale(houses)
    houses.bid_elsewhere(item, "Bob", 5000)
    houses.events()  # said, and lost for good
    assert "Winning" in ada.get("/my/bids").text

    houses.world.clock.pass_s(3700)
    houses.sweep()
    houses.world.clock.pass_s(10)
    houses.sweep()

    assert "Outbid" in ada.get("/my/bids").text
    assert "$31.00" in bob.get(item).text
    assert bob.get(item).text.count("<strong>You</strong>") == 2
    assert "You have been outbid" in ada.get("/my/notices").text
    houses.close(item)
    houses.events()
    houses.world.clock.pass_s(10)
    houses.sweep()
    assert "Won" in bob.get("/my/bids").text
    assert "Sold" in sam.get("/my/sales").text
