"""The live process: who watches an item is told what happens to it.

docs/bidding.md P8 and P10.
"""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from bids_client import Bidding, PlacedBid
from flask import Flask
from service_kit.money import Money
from standardwebhooks import Webhook
from werkzeug.test import TestResponse

from auction_app.live.announcements import Announcements
from auction_app.live.app import create_app
from auction_app.live.config import Config
from auction_app.live.follow import look
from auction_app.live.frame import frame_of
from auction_app.live.hub import Channel, Hub, HubFull
from auction_app.live.readers import Credential
from auction_app.live.stream import stream
from auction_app.live.web_app import Announced, Answer, WebAppAway
from tests.auction_app.conftest import SECRET
from tests.auction_app.fake_bids import FakeBids
from tests.waiting import wait_for

ORIGIN = "http://auctions.test"
ITEM = f"{ORIGIN}/auctions/lamp"


class Silent:
    """A web app that has nothing to say."""

    def events(self, _credential: Credential, _after: str | None) -> Answer:
        return Answer(customer_url="nobody", cursor="", events=())

    def announcement(self, url: str) -> Announced:
        raise WebAppAway(url)

    def announcements(self) -> list[Announced]:
        return []


@pytest.fixture
def bids() -> FakeBids:
    bids = FakeBids()
    bids.open(ITEM, start=Money(1000, "USD"), ends_at_ms=9_000)
    return bids


@pytest.fixture
def hub() -> Hub:
    return Hub(max_streams=3)


def live_config() -> Config:
    """Settings of a live process that is reached by nobody."""
    return Config(
        public_url="http://live.test",
        bus_url="http://bus.test",
        bus_token="token-of-the-bus-itself",
        webhook_uuid="live",
        webhook_secret=(SECRET,),
        bids_url="http://bids.test",
        bids_token="token-for-bids-service",
        auctions_url=ORIGIN,
        allowed_origin=ORIGIN,
    )


@pytest.fixture
def app(bids: FakeBids, hub: Hub) -> Flask:
    return create_app(live_config(), web_app=Silent(), biddings=bids, hub=hub, clock=lambda: 77)


def quiet() -> Announcements:
    return Announcements(Silent(), lambda: 5)


class Watcher:
    """An open stream, read frame by frame."""

    def __init__(self, app: Flask, item: str = ITEM, **headers: str) -> None:
        self.answer: TestResponse = app.test_client().get(
            "/stream", query_string={"auction": item}, headers=headers
        )
        self._chunks: Iterator[bytes] = iter(self.answer.response)  # type: ignore[arg-type]

    def next(self) -> str:
        return next(self._chunks).decode()

    def state(self) -> dict[str, object]:
        lines = dict(line.split(": ", 1) for line in self.next().strip().splitlines())
        state: dict[str, object] = json.loads(lines["data"])
        assert lines["id"] == str(state["version"])
        return state

    def close(self) -> None:
        self.answer.close()


def deliver(app: Flask, *urls: str, kind: str = "biddings.update") -> int:
    topic, _, type = kind.partition(".")
    body = json.dumps([{"topic": topic, "type": type, "url": url, "t": 1} for url in urls])
    now = datetime.now(UTC)
    answer = app.test_client().post(
        "/events",
        data=body,
        auth=("live", "x"),
        content_type="application/json",
        headers={
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign("msg_1", now, body),
        },
    )
    return answer.status_code


def bid(bids: FakeBids, minor: int, bidder: str = "ada") -> PlacedBid:
    return bids.place(ITEM, f"{ORIGIN}/customers/{bidder}", Money(minor, "USD"), f"{minor}")


def test_a_stream_starts_with_the_time_and_the_present_state(app: Flask) -> None:
    watcher = Watcher(app)

    assert watcher.answer.mimetype == "text/event-stream"
    assert watcher.answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert watcher.next() == "retry: 2000\nevent: clock\ndata: 77\n\n"
    state = watcher.state()
    assert state["price"] is None
    assert state["minimum"] == {"amount": "10.00", "currency": "USD"}
    watcher.close()


def test_a_bid_reaches_every_stream_with_one_fetch(app: Flask, bids: FakeBids) -> None:
    watchers = [Watcher(app), Watcher(app)]
    for watcher in watchers:
        watcher.next()
        watcher.state()
    placed = bid(bids, 2500)
    bids.calls.clear()

    assert deliver(app, placed.bidding_url, placed.bidding_url) == 204

    for watcher in watchers:
        assert watcher.state()["bid_count"] == 1
        watcher.close()
    assert bids.calls == ["bidding"]


def test_a_stream_names_nobody_and_no_maximum(app: Flask, bids: FakeBids) -> None:
    bid(bids, 7319)
    watcher = Watcher(app)
    watcher.next()

    frame = watcher.next()

    assert "ada" not in frame
    assert "7319" not in frame
    assert "73.19" not in frame
    assert "customers" not in frame
    watcher.close()


def test_a_stream_resumes_after_the_last_version_that_was_seen(app: Flask, bids: FakeBids) -> None:
    first = bid(bids, 2500).bidding
    watcher = Watcher(app, **{"Last-Event-ID": str(first.version)})
    watcher.next()
    placed = bid(bids, 4000, "bob")

    deliver(app, placed.bidding_url)

    assert watcher.state()["version"] == placed.bidding.version
    watcher.close()


def test_a_slow_browser_gets_the_newest_state_only(app: Flask, bids: FakeBids) -> None:
    watcher = Watcher(app)
    watcher.next()
    for minor, bidder in ((2500, "ada"), (4000, "bob"), (6000, "eve")):
        deliver(app, bid(bids, minor, bidder).bidding_url)

    assert watcher.state()["bid_count"] == 3
    watcher.close()


def test_an_event_that_cannot_be_fetched_is_delivered_again(app: Flask, bids: FakeBids) -> None:
    watcher = Watcher(app)
    watcher.next()
    watcher.state()
    placed = bid(bids, 2500)
    bids.down = True
    assert deliver(app, placed.bidding_url) == 500

    bids.down = False
    assert deliver(app, placed.bidding_url) == 204

    assert watcher.state()["bid_count"] == 1
    watcher.close()


def test_what_cannot_be_seen_has_no_stream(app: Flask, bids: FakeBids, hub: Hub) -> None:
    bids.down = True
    refused = Watcher(app)
    bids.down = False

    assert refused.answer.status_code == 503
    assert refused.answer.headers["Retry-After"]
    assert Watcher(app, f"{ORIGIN}/auctions/nothing").answer.status_code == 404
    again = Watcher(app)
    again.next()
    assert again.state()["bid_count"] == 0
    again.close()


def test_streams_that_are_refused_take_no_room(app: Flask) -> None:
    for _ in range(5):
        assert Watcher(app, f"{ORIGIN}/auctions/nothing").answer.status_code == 404

    open_ = [Watcher(app) for _ in range(3)]
    assert [watcher.answer.status_code for watcher in open_] == [200, 200, 200]
    for watcher in open_:
        watcher.close()


def test_who_comes_late_sees_the_truth_though_its_event_is_still_on_the_way(
    app: Flask, bids: FakeBids
) -> None:
    early = Watcher(app)
    early.next()
    early.state()
    bid(bids, 2500)

    late = Watcher(app)
    late.next()

    assert late.state()["bid_count"] == 1
    assert early.state()["bid_count"] == 1
    early.close()
    late.close()


def test_the_last_known_state_is_shown_while_bids_is_down(app: Flask, bids: FakeBids) -> None:
    early = Watcher(app)
    bids.down = True

    late = Watcher(app)
    late.next()

    assert late.state()["bid_count"] == 0
    early.close()
    late.close()


def test_a_bid_between_finding_a_bidding_and_its_state_is_not_missed(
    app: Flask, bids: FakeBids, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = bids.bidding_of

    def find_and_be_overtaken(auction_url: str) -> Bidding:
        found = find(auction_url)
        deliver(app, bid(bids, 2500).bidding_url)
        return found

    monkeypatch.setattr(bids, "bidding_of", find_and_be_overtaken)
    watcher = Watcher(app)
    watcher.next()

    assert watcher.state()["bid_count"] == 1
    watcher.close()


class Doorway:
    """A lock that knows how many came to it."""

    def __init__(self) -> None:
        self.came = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self.came += 1
        self._lock.acquire()

    def __exit__(self, *_exc: object) -> None:
        self._lock.release()


def test_many_who_come_at_once_share_a_look() -> None:
    channel, doorway, looks = Channel(ITEM), Doorway(), []
    channel._looking = doorway  # type: ignore[assignment]
    all_came = threading.Event()

    def act() -> None:
        looks.append(doorway.came)
        assert all_came.wait(30)

    threads = [threading.Thread(target=lambda: channel.look(act)) for _ in range(8)]
    for thread in threads:
        thread.start()
    wait_for(lambda: doorway.came == 8, what="all eight")
    all_came.set()
    for thread in threads:
        thread.join(30)

    assert 1 <= len(looks) <= 2


@pytest.mark.parametrize(("streams", "ms"), [(2, 0), (100, 0), (1_100, 3_000), (5_100, 15_000)])
def test_where_thousands_watch_they_do_not_all_ask_at_once(
    bids: FakeBids, streams: int, ms: int
) -> None:
    hub = Hub()
    for _ in range(streams):
        channel = hub.join(ITEM)

    look(hub, bids, channel)

    assert channel.frame
    assert f'"spread_ms":{ms}}}'.encode() in channel.frame.data


def test_what_nobody_watches_is_not_fetched(app: Flask, bids: FakeBids) -> None:
    placed = bid(bids, 2500)
    bids.calls.clear()

    assert deliver(app, placed.bidding_url) == 204

    assert bids.calls == []


def test_a_stream_that_ended_makes_room(app: Flask, hub: Hub) -> None:
    watchers = [Watcher(app) for _ in range(3)]
    full = Watcher(app)
    assert full.answer.status_code == 503
    assert full.answer.headers["Retry-After"]

    for watcher in watchers:
        watcher.close()

    assert hub.watching("http://bids.test/biddings/lamp") is None
    for _ in range(3):
        hub.join(ITEM)
    with pytest.raises(HubFull):
        hub.join(ITEM)


def test_asking_for_the_head_of_a_stream_leaves_nothing_open(app: Flask, hub: Hub) -> None:
    for _ in range(5):
        app.test_client().head("/stream", query_string={"auction": ITEM}).close()

    assert hub.watching("http://bids.test/biddings/lamp") is None


def test_streams_are_for_pages_of_the_house(app: Flask) -> None:
    assert Watcher(app, Origin="http://evil.test").answer.status_code == 403
    assert Watcher(app, Origin="null").answer.status_code == 403
    own = Watcher(app, Origin=ORIGIN)
    assert own.answer.status_code == 200
    own.close()


@pytest.mark.parametrize(
    "item",
    [
        "",
        "lamp",
        "http://evil.test/auctions/lamp",
        ORIGIN + "evil",
        ORIGIN + "/auctions/lämp",
        ORIGIN + "/auctions/a b",
        ORIGIN + "/auctions/lamp?a=1",
        ORIGIN + "/auctions/%zz",
        ORIGIN + "/" + "a" * 1024,
    ],
)
def test_only_auctions_of_the_house_have_streams(app: Flask, item: str) -> None:
    assert Watcher(app, item).answer.status_code == 400


def test_a_quiet_stream_sends_the_time(bids: FakeBids, hub: Hub) -> None:
    frames = stream(hub.join(ITEM), 0, quiet(), lambda: 5, heartbeat_s=0)

    assert next(frames).endswith(b"event: clock\ndata: 5\n\n")
    assert next(frames) == b"event: clock\ndata: 5\n\n"


def test_a_waiting_stream_wakes_at_once(bids: FakeBids, hub: Hub) -> None:
    channel = hub.join(ITEM)
    got: list[bytes] = []
    frames = stream(channel, 0, quiet(), lambda: 5, heartbeat_s=60)
    next(frames)
    reader = threading.Thread(target=lambda: got.append(next(frames)))
    reader.start()

    bidding = bids.bidding_of(ITEM)
    channel.show(frame_of(bidding))
    reader.join(30)

    assert got == [frame_of(bidding).data]


def test_after_a_resync_every_watched_bidding_is_looked_at(app: Flask, bids: FakeBids) -> None:
    watcher = Watcher(app)
    watcher.next()
    watcher.state()
    bid(bids, 2500)

    assert deliver(app, "http://live.test/events", kind="bus.resync") == 204

    assert watcher.state()["bid_count"] == 1
    watcher.close()


def test_a_resync_comes_again_when_a_bidding_can_not_be_looked_at(
    app: Flask, bids: FakeBids
) -> None:
    watcher = Watcher(app)
    watcher.next()
    watcher.state()
    bids.down = True
    assert deliver(app, "http://live.test/events", kind="bus.resync") == 500
    watcher.close()
