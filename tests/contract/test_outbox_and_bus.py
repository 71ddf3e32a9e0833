"""An outbox's relay against the real bus: whatever a row holds, the others leave."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bus_client import BusClient
from flask import Flask
from service_kit.database import connect, writing
from service_kit.outbox import Outbox, Relay, outbox_table
from service_kit.wsgi_transport import WsgiTransport
from sqlalchemy import MetaData, insert

from tests.contract.conftest import ROOT_KEY, bus_token

metadata = MetaData()
TABLE = outbox_table(metadata)
GOOD = "https://shop.example/widgets/"


class Shop:
    """A publisher with an outbox."""

    def __init__(self, bus: Flask, folder: Path) -> None:
        self.client = BusClient(
            "http://bus.test", bus_token(bus, "shop"), transport=WsgiTransport(bus)
        )
        self.root = BusClient("http://bus.test", ROOT_KEY, transport=WsgiTransport(bus))
        self.engine = connect(f"sqlite:///{folder}/shop.sqlite3")
        with writing(self.engine) as connection:
            metadata.create_all(connection)
        self.outbox = Outbox(self.engine, TABLE)
        self.relay = Relay(self.engine, TABLE, self.client.publish)

    def write(self, *events: tuple[str, str, str]) -> None:
        names = ("topic", "type", "url")
        rows = [dict(zip(names, event, strict=True)) | {"changed_at_ms": 7} for event in events]
        with writing(self.engine) as connection:
            connection.execute(insert(TABLE), rows)

    def publish(self) -> None:
        while self.relay.publish_waiting():
            pass

    def counts(self) -> dict[str, int]:
        return {one["name"]: one["events"] for one in self.root.topics() if one["events"]}

    def close(self) -> None:
        self.client.close()
        self.root.close()
        self.engine.dispose()


@pytest.fixture
def shop(bus: Flask, tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(bus, tmp_path)
    yield shop
    shop.close()


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (("widgets", "create", GOOD + "1?page=2"), "query"),
        (("widgets", "create", GOOD + "é"), "absolute https URL"),
        (("widgets", "create", "http://shop.example/1"), "not https"),
        (("widgets", "create", "https://ada:key@shop.example/1"), "user information"),
        (("widgets", "create", "nonsense"), "absolute https URL"),
        (("widgets", "create", ""), "absolute https URL"),
        (("widgets", "create", GOOD + "x" * 1_100), "1024 characters"),
        (("widgets", "create", GOOD + "x" * 800_000), "1024 characters"),
        (("widgets", "created", GOOD + "1"), "type"),
        (("Widgets", "create", GOOD + "1"), "lowercase"),
        (("a-b", "create", GOOD + "1"), "lowercase"),
        (("", "create", GOOD + "1"), "lowercase"),
        (("../widgets", "create", GOOD + "1"), "lowercase"),
        (("widgets?a=1", "create", GOOD + "1"), "lowercase"),
        (("widgets#a", "create", GOOD + "1"), "lowercase"),
        (("widgets/", "create", GOOD + "1"), "lowercase"),
    ],
)
def test_an_event_that_the_bus_never_takes_is_set_aside_with_its_reason(
    shop: Shop, bad: tuple[str, str, str], reason: str
) -> None:
    good = [("widgets", "update", f"{GOOD}{n}") for n in range(4)]
    shop.write(*good[:2], bad, *good[2:], bad, ("orders", "create", GOOD + "o"))
    shop.publish()
    assert shop.counts() == {"widgets": 4, "orders": 1}
    refused = shop.outbox.refused()
    assert [(row.topic, row.type, row.url) for row in refused] == [bad, bad]
    for row in refused:
        assert reason in (row.reason or "")
    assert shop.outbox.next(9) == []


def test_a_topic_of_somebody_else_holds_up_itself_only(bus: Flask, shop: Shop) -> None:
    thief = BusClient("http://bus.test", bus_token(bus, "thief"), transport=WsgiTransport(bus))
    with thief:
        thief.noop("questions", "https://thief.example/1")
        for number in range(3):
            shop.write(("questions", "create", f"{GOOD}q{number}"))
            shop.write(("customers", "create", f"{GOOD}c{number}"))
            shop.publish()
        assert shop.counts() == {"questions": 1, "customers": 3}
        assert "another publisher" in shop.outbox.held()["questions"]
        thief.delete_topic("questions")
    shop.outbox.retry()
    shop.publish()
    assert shop.counts() == {"questions": 3, "customers": 3}
    assert shop.outbox.held() == {}


def test_a_token_that_was_deleted_and_given_again_loses_nothing(bus: Flask, shop: Shop) -> None:
    token = bus_token(bus, "shop")
    shop.client = BusClient("http://bus.test", token, transport=WsgiTransport(bus))
    relay = Relay(shop.engine, TABLE, shop.client.publish)
    shop.write(("widgets", "create", GOOD + "1"))
    api, root = bus.test_client(), ("the-root-key-of-the-tests", "")
    assert api.delete(f"/api_tokens/{token}", auth=root).status_code == 204
    while relay.publish_waiting():
        pass
    assert "401" in shop.outbox.held()["widgets"]
    assert [row.url for row in shop.outbox.next(9)] == [GOOD + "1"]
    assert shop.outbox.refused() == []


def test_an_event_that_its_topics_schema_refuses_is_set_aside_and_the_rest_goes_on(
    shop: Shop,
) -> None:
    shop.client.claim("widgets", schema={"type": "object"})
    shop.write(*[("widgets", "update", f"{GOOD}{n}") for n in range(3)])
    shop.write(("orders", "create", GOOD + "o"))
    shop.publish()
    assert shop.counts() == {"orders": 1}
    refused = shop.outbox.refused()
    assert len(refused) == 3
    assert "it has no data" in str(refused[0].reason)
