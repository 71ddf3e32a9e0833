"""bus-client against the real bus."""

import pytest
from bus_client import (
    BusClient,
    BusRefused,
    BusUnavailable,
    Topology,
    WantedSubscription,
    declare,
    keep_subscribed,
)
from flask import Flask
from service_kit.wsgi_transport import WsgiTransport

from tests.contract.conftest import ROOT_KEY, bus_token
from tests.sockets import free_port

BUS = "http://bus.test"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WIDGET = "https://shop.example/widgets/1"


def client(bus: Flask, name: str) -> BusClient:
    return BusClient(BUS, bus_token(bus, name), transport=WsgiTransport(bus))


def test_what_is_published_counts_on_its_topic(bus: Flask) -> None:
    with client(bus, "shop") as shop:
        shop.created("widgets", WIDGET)
        shop.updated("widgets", WIDGET)
        shop.noop("widgets", WIDGET)
        shop.deleted("widgets", WIDGET)
        (topic,) = shop.topics()
    assert (topic["name"], topic["publisher"], topic["events"]) == ("widgets", "shop", 4)


def test_a_subscription_is_listed_without_its_secrets(bus: Flask) -> None:
    with client(bus, "shop") as shop, client(bus, "stock") as stock:
        shop.created("widgets", WIDGET)
        ours = stock.subscriptions.put(
            "default",
            topics=["widgets"],
            callback="https://stock.example/events",
            uuid="a-secret-user",
            secret=SECRET,
            timeout=500,
            max=10,
        )
        listed = stock.subscribers()
        (row,) = listed
        assert (row["subscriber"], row["topics"]) == ("stock", ["widgets"])
        assert "a-secret-user" not in str(listed)
        assert SECRET not in str(listed)
        stock.subscriptions.delete(ours)
        assert stock.subscribers() == []


def test_only_the_owner_publishes_on_a_topic(bus: Flask) -> None:
    with client(bus, "shop") as shop, client(bus, "thief") as thief:
        shop.created("widgets", WIDGET)
        with pytest.raises(BusRefused) as refused:
            thief.created("widgets", WIDGET)
    assert refused.value.status == 403


def test_a_bad_event_is_refused_with_its_index(bus: Flask) -> None:
    with client(bus, "shop") as shop:
        with pytest.raises(BusRefused, match="1"):
            shop.publish(
                "widgets",
                [{"type": "create", "url": WIDGET}, {"type": "create", "url": "nonsense"}],
            )
        assert shop.topics() == []


def test_a_bus_that_is_away_is_unavailable() -> None:
    with (
        BusClient(f"http://127.0.0.1:{free_port()}", "token") as nobody,
        pytest.raises(BusUnavailable),
    ):
        nobody.created("widgets", WIDGET)


STOCK = Topology(
    publishes=("stock", "shelves"),
    subscriptions={
        name: WantedSubscription(
            topics=(topic,), callback="https://a.example/e", uuid="u" * 20, secret=SECRET
        )
        for name, topic in (("default", "widgets"), ("boxes", "boxes"))
    },
)


def test_a_service_keeps_trying_until_it_is_subscribed(bus: Flask) -> None:
    token = bus_token(bus, "stock")
    with BusClient(f"http://127.0.0.1:{free_port()}", token) as away:
        again_in_s = keep_subscribed(away, STOCK)
        assert again_in_s() < again_in_s() * 4 < 60
    with BusClient(BUS, token, transport=WsgiTransport(bus)) as there:
        subscribe = keep_subscribed(there, STOCK)
        assert subscribe() > 60
        assert subscribe() > 60
        assert {row["subscriber"] for row in there.subscribers()} == {"stock", "stock/boxes"}


def test_what_is_declared_is_owned_and_subscribed(bus: Flask) -> None:
    with client(bus, "stock") as stock, client(bus, "thief") as thief:
        declare(stock, STOCK)
        declare(stock, STOCK)
        owners = {one["name"]: one["publisher"] for one in stock.topics()}
        assert owners.items() >= {"stock": "stock", "shelves": "stock", "widgets": None}.items()
        for attempt in (thief.claim, lambda topic: thief.noop(topic, WIDGET)):
            with pytest.raises(BusRefused) as refused:
                attempt("stock")
            assert refused.value.status == 403
        ours = {one.name: one.topics for one in stock.subscriptions.all()}
        assert ours == {"default": ("widgets",), "boxes": ("boxes",)}


def test_who_also_monitors_everybodys_declares_its_own(bus: Flask) -> None:
    scopes = ["subscribe", "monitor:all", "publish"]
    asked = {"name": "watch", "scopes": scopes}
    made = bus.test_client().post("/api_tokens", json=asked, auth=(ROOT_KEY, ""))
    with BusClient(BUS, made.get_json()["token"], transport=WsgiTransport(bus)) as watch:
        declare(watch, STOCK)
        assert {one.name for one in watch.subscriptions.all()} == {"default", "boxes"}
        assert watch.subscriptions.get("boxes").client == "watch"


def test_a_service_is_subscribed_though_a_topic_of_its_own_is_taken(bus: Flask) -> None:
    with client(bus, "stock") as stock, client(bus, "thief") as thief:
        thief.claim("shelves")
        again_in_s = keep_subscribed(stock, STOCK)
        assert again_in_s() < again_in_s() * 4 < 60
        assert len(stock.subscriptions.all()) == 2


def test_a_service_that_only_publishes_subscribes_to_nothing(bus: Flask) -> None:
    with client(bus, "shop") as shop:
        declare(shop, Topology(publishes=("widgets",)))
        assert [one["publisher"] for one in shop.topics()] == ["shop"]
        assert shop.subscriptions.all() == []


def test_a_topology_shows_no_secret() -> None:
    assert SECRET not in repr(STOCK)
    assert "u" * 20 not in repr(STOCK)
