"""Streams of one's own: what a device or a signed-in browser may know, passed on as it comes.

The live process asks the real web app here, with what the reader has shown.
"""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from service_kit.http import HttpClient
from service_kit.wsgi_transport import WsgiTransport
from werkzeug.test import TestResponse

from auction_app.live.announcements import Announcements
from auction_app.live.app import create_app
from auction_app.live.own_stream import OwnFeed, own_stream
from auction_app.live.readers import Credential, Reader, Readers
from auction_app.live.web_app import Answer, HttpWebApp, NewsEvent, WebAppAway
from tests.auction_app.conftest import PUBLIC, Browser, World
from tests.auction_app.devices.test_devices import add_device, sell_more
from tests.auction_app.live.test_live import ORIGIN, Silent, Watcher, deliver, live_config
from tests.auction_app.maintenance.test_maintenance import announce, end
from tests.auction_app.sale import sell
from tests.waiting import wait_for


class CountedWebApp(HttpWebApp):
    """The real web app in this process; `away` is when it can't be reached."""

    def __init__(self, app: Flask) -> None:
        super().__init__(PUBLIC, HttpClient({PUBLIC: None}, transport=WsgiTransport(app)))
        self.asked = 0
        self.away = False

    def events(self, credential: Credential, after: str | None) -> Answer:
        self.asked += 1
        if self.away:
            raise WebAppAway("away")
        return super().events(credential, after)


@pytest.fixture
def web_app(world: World) -> CountedWebApp:
    return CountedWebApp(world.app)


@pytest.fixture
def readers() -> Readers:
    return Readers(max_streams=20, max_streams_each=3)


@pytest.fixture
def live(web_app: CountedWebApp, readers: Readers) -> Flask:
    return create_app(
        live_config(), web_app=web_app, readers=readers, biddings=object(), clock=lambda: 77
    )


class OwnStream:
    """An open stream of one's own."""

    def __init__(self, live: Flask, **headers: str) -> None:
        client = live.test_client(use_cookies=False)
        self.answer: TestResponse = client.get("/me/stream", headers=headers)
        self._chunks: Iterator[bytes] = iter(self.answer.response)  # type: ignore[arg-type]

    def next(self) -> str:
        return next(self._chunks).decode()

    def close(self) -> None:
        self.answer.close()


def by_token(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def by_session(browser: Browser) -> dict[str, str]:
    cookie = browser.client.get_cookie("gavel")
    assert cookie
    return {"Cookie": f"gavel_language=de; gavel={cookie.value}", "Origin": ORIGIN}


def cursor_of(frame: str) -> str:
    return str(re.findall("^id: (.*)$", frame, re.MULTILINE)[0])


def test_a_device_is_told_of_each_sale_with_the_cursor_to_resume_from(
    world: World, live: Flask
) -> None:
    sale = sell(world)
    token = add_device(sale.sam)
    first = sell_more(world, sale, sale.sam)
    stream = OwnStream(live, **by_token(token))
    assert stream.answer.mimetype == "text/event-stream"
    assert stream.next() == "retry: 2000\nevent: clock\ndata: 77\n\n"
    frame = stream.next()
    assert frame.endswith(f'event: order\ndata: {{"url":"{PUBLIC}{first}"}}\n\n')
    stream.close()
    second = sell_more(world, sale, sale.sam)

    again = OwnStream(live, **by_token(token), **{"Last-Event-ID": cursor_of(frame)})

    again.next()
    assert second in again.next()
    again.close()


def test_who_has_news_is_asked_for_and_nobody_else(
    world: World, live: Flask, web_app: CountedWebApp
) -> None:
    sale = sell(world)
    sams, adas = (OwnStream(live, **by_token(add_device(who))) for who in (sale.sam, sale.ada))
    for stream in (sams, adas):
        stream.next()
    order = sell_more(world, sale, sale.sam)
    asked = web_app.asked

    assert deliver(live, world.customer_url("Sam"), kind="notices.update") == 204

    assert order in sams.next()
    assert web_app.asked == asked + 1
    for stream in (sams, adas):
        stream.close()


def test_a_page_of_the_house_may_read_why_its_stream_is_refused(live: Flask) -> None:
    answer = live.test_client().get("/me/stream", headers={"Origin": ORIGIN})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Vary"] == "Origin"


def test_a_signed_in_browser_is_told_in_its_accounts_language(world: World, live: Flask) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada", language="de")
    ada.bid(item, "20")
    stream = OwnStream(live, **by_session(ada))
    assert stream.answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert stream.answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    stream.next()
    world.clock.pass_s(1)
    world.member("Bob").bid(item, "40")
    deliver(live, world.customer_url("Ada"), kind="notices.update")

    frame = stream.next()

    assert "event: notice" in frame
    assert "Sie wurden \\u00fcberboten" in frame
    stream.close()


def test_a_stream_ends_when_its_token_is_revoked(world: World, live: Flask) -> None:
    sam = world.member("Sam")
    stream = OwnStream(live, **by_token(add_device(sam)))
    stream.next()
    path = re.findall(r"/account/devices/\w+/revoke", sam.get("/account/devices").text)[0]

    sam.post(path)
    assert ("notices", "update", world.customer_url("Sam")) in world.announced()
    deliver(live, world.customer_url("Sam"), kind="notices.update")

    with pytest.raises(StopIteration):
        stream.next()


def test_it_ends_within_a_heartbeat_where_nobody_says_so(
    world: World, web_app: CountedWebApp, readers: Readers
) -> None:
    sam = world.member("Sam")
    reader = readers.join(Credential("Authorization", f"Bearer {add_device(sam)}"))
    feed = OwnFeed(web_app, reader, web_app.events(reader.credential, None), reader.told)
    frames = own_stream(feed, Announcements(web_app, lambda: 5), lambda: 5, heartbeat_s=0)
    next(frames)
    assert next(frames) == b"event: clock\ndata: 5\n\n"

    sam.post(re.findall(r"/account/devices/\w+/revoke", sam.get("/account/devices").text)[0])

    assert list(frames) == []


def test_a_browser_that_signs_out_hears_nothing_more(world: World, live: Flask) -> None:
    ada = world.member("Ada")
    stream = OwnStream(live, **by_session(ada))
    stream.next()

    ada.post("/sign-out")
    deliver(live, world.customer_url("Ada"), kind="notices.update")

    with pytest.raises(StopIteration):
        stream.next()


def test_a_thousand_streams_of_one_device_are_a_few(
    world: World, live: Flask, readers: Readers, web_app: CountedWebApp
) -> None:
    token = add_device(world.member("Sam"))

    streams = [OwnStream(live, **by_token(token)) for _ in range(1000)]

    assert [one.answer.status_code for one in streams[:4]] == [200, 200, 200, 429]
    assert streams[-1].answer.headers["Retry-After"]
    assert (readers.streams, web_app.asked) == (3, 3)
    for one in streams:
        one.close()
    assert readers.streams == 0


def test_what_is_refused_takes_no_room(world: World, live: Flask, readers: Readers) -> None:
    for n in range(30):
        refused = OwnStream(live, **by_token(f"gavel_device_{n:064}"))
        assert refused.answer.status_code == 401
        assert refused.answer.headers["WWW-Authenticate"]

    assert readers.streams == 0


@pytest.mark.parametrize("cursor", ["x", "1", "9" * 5000, "1-nobody", "é", "-1-sam"])
def test_rubbish_is_no_cursor(world: World, live: Flask, readers: Readers, cursor: str) -> None:
    token = add_device(world.member("Sam"))

    refused = OwnStream(live, **by_token(token), **{"Last-Event-ID": cursor})

    assert refused.answer.status_code == 400
    assert readers.streams == 0


def test_another_sellers_cursor_is_refused(world: World, live: Flask) -> None:
    sale = sell(world)
    sams, adas = add_device(sale.sam), add_device(sale.ada)
    sell_more(world, sale, sale.sam)
    stream = OwnStream(live, **by_token(sams))
    stream.next()
    cursor = cursor_of(stream.next())
    stream.close()

    refused = OwnStream(live, **by_token(adas), **{"Last-Event-ID": cursor})

    assert refused.answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer é"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Basic ???"},
        {"Cookie": "gavel=forged"},
        {"Cookie": "other=1"},
    ],
)
def test_who_is_nobody_has_no_stream(live: Flask, headers: dict[str, str]) -> None:
    assert OwnStream(live, **headers).answer.status_code == 401


def test_a_page_of_others_has_no_stream(world: World, live: Flask) -> None:
    headers = by_session(world.member("Ada")) | {"Origin": "http://evil.test"}

    assert OwnStream(live, **headers).answer.status_code == 403


def test_while_the_web_app_is_away_a_stream_waits_and_a_new_one_is_refused(
    world: World, live: Flask, web_app: CountedWebApp, readers: Readers
) -> None:
    sale = sell(world)
    token = add_device(sale.sam)
    stream = OwnStream(live, **by_token(token))
    stream.next()
    order = sell_more(world, sale, sale.sam)
    web_app.away = True
    deliver(live, world.customer_url("Sam"), kind="notices.update")
    refused = OwnStream(live, **by_token(token))
    assert (refused.answer.status_code, readers.streams) == (503, 1)
    assert refused.answer.headers["Retry-After"]
    heard: list[str] = []
    listening = threading.Thread(target=lambda: heard.extend([stream.next(), stream.next()]))
    listening.start()
    wait_for(lambda: web_app.asked == 3, what="it asks in vain")

    web_app.away = False
    listening.join(30)

    assert order in heard[-1]
    stream.close()


def event(n: int) -> NewsEvent:
    return NewsEvent(id=str(n), event="notice", key=f"key {n}", data={"n": n})


class Answers(Silent):
    """Answers one after the other, whatever is asked."""

    def __init__(self, *answers: list[NewsEvent]) -> None:
        self._answers = [Answer(customer_url="me", cursor="9", events=it) for it in answers]

    def events(self, _credential: Credential, _after: str | None) -> Answer:
        return self._answers.pop(0)


def test_what_comes_again_is_passed_on_once() -> None:
    reader = Reader(Credential("Cookie", "gavel=x"))
    told = Answers([event(1), event(2)], [event(1), event(2), event(3)])
    feed = OwnFeed(told, reader, told.events(reader.credential, None), 0)
    frames = own_stream(feed, Announcements(told, lambda: 5), lambda: 5)
    next(frames)
    assert b'{"n":1}' in next(frames)
    reader.tell()

    assert b'{"n":2}' in next(frames)
    assert b'{"n":3}' in next(frames)


def test_news_between_the_first_answer_and_whose_it_is_are_not_missed(readers: Readers) -> None:
    reader = readers.join(Credential("Cookie", "gavel=x"))
    events = readers.events
    readers.tell("http://auctions.test/customers/me")

    readers.learn(reader, "http://auctions.test/customers/me", events=events)

    assert reader.wait(0, 0)


def test_a_credential_does_not_show() -> None:
    shown: list[Any] = [Credential("Authorization", "Bearer secret")]

    assert "secret" not in repr(shown)


def test_every_stream_tells_of_maintenance_and_of_its_end(
    world: World, web_app: CountedWebApp, readers: Readers
) -> None:
    mo, sam = world.moderator("Mo"), world.member("Sam")
    item = sam.list_item()
    live = create_app(
        live_config(), web_app=web_app, readers=readers, biddings=world.bids, clock=world.clock
    )
    before: list[Any] = [OwnStream(live, **by_session(sam)), Watcher(live, PUBLIC + item)]
    for one in before:
        one.next()
    before[1].next()
    path = announce(mo)

    assert deliver(live, PUBLIC + path, kind="announcements.create") == 204

    for one in before:
        frame = one.next()
        assert "event: maintenance" in frame
        assert '"en":"We move <house>."' in frame
        assert "id:" not in frame
    late = OwnStream(live, **by_session(sam))
    assert '"over":false' in late.next()
    end(mo)
    deliver(live, PUBLIC + path, kind="announcements.update")
    assert all('"over":true' in one.next() for one in before)
    newest = OwnStream(live, **by_session(sam))
    assert "maintenance" not in newest.next()
    for one in (*before, late, newest):
        one.close()


@pytest.mark.parametrize(
    "path",
    [
        "/announcements/1%00",
        "/announcements/%E2%98%83",
        "/announcements/99",
        "/announcements/",
        "/announcements",
        "/",
        "/readyz",
        "/%ff",
        "/me/events",
        "/auctions/lamp",
        "/announcements/../me",
    ],
)
def test_a_url_at_which_nothing_is_announced_holds_up_no_news(
    world: World, web_app: CountedWebApp, readers: Readers, path: str
) -> None:
    live = create_app(
        live_config(), web_app=web_app, readers=readers, biddings=world.bids, clock=world.clock
    )
    stream = OwnStream(live, **by_session(world.member("Sam")))
    stream.next()
    told = PUBLIC + announce(world.moderator("Mo"))

    assert deliver(live, PUBLIC + path, told, kind="announcements.create") == 204
    assert "event: maintenance" in stream.next()
    stream.close()


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503])
def test_while_the_web_app_fails_an_announcement_comes_again(
    world: World, web_app: CountedWebApp, readers: Readers, status: int
) -> None:
    elsewhere = Flask("fails")
    elsewhere.add_url_rule("/<path:rest>", view_func=lambda rest: ({}, status))
    live = create_app(
        live_config(), web_app=web_app, readers=readers, biddings=world.bids, clock=world.clock
    )
    told = PUBLIC + announce(world.moderator("Mo"))
    well = web_app._http
    web_app._http = HttpClient({PUBLIC: None}, transport=WsgiTransport(elsewhere))
    assert deliver(live, told, kind="announcements.create") == 500
    web_app._http = well
    assert deliver(live, told, kind="announcements.create") == 204


def test_after_a_start_what_was_announced_before_is_known(
    world: World, web_app: CountedWebApp, readers: Readers
) -> None:
    live = create_app(
        live_config(), web_app=web_app, readers=readers, biddings=world.bids, clock=world.clock
    )
    announce(world.moderator("Mo"))

    stream = OwnStream(live, **by_token(add_device(world.member("Sam"))))

    assert "event: maintenance" in stream.next()
    stream.close()
