"""bus-client's pull against the real bus app."""

from collections.abc import Iterator

import pytest
from bus_client import BusClient, BusRefused, NotPossible
from flask import Flask
from service_kit.wsgi_transport import WsgiTransport

from tests.contract.conftest import bus_token

WIDGET = "https://shop.example/widgets/{}"


@pytest.fixture
def shop(bus: Flask) -> Iterator[BusClient]:
    transport = WsgiTransport(bus)
    with BusClient("http://bus.example", bus_token(bus, "shop"), transport=transport) as client:
        yield client


def test_what_is_pulled_is_acknowledged(shop: BusClient) -> None:
    ours = shop.subscriptions.put("work", topics=["widgets"])
    assert ours.callback is None
    assert not ours.can("test")
    shop.publish("widgets", [{"type": "create", "url": WIDGET.format(one)} for one in range(3)])
    batch = shop.subscriptions.pull(ours, limit=2)
    assert [event["url"] for event in batch.events] == [WIDGET.format(0), WIDGET.format(1)]
    shop.subscriptions.ack(ours, batch, failed=[batch.events[0]["id"]])
    now = shop.subscriptions.refresh(ours)
    assert (now.waiting, now.parked, now.position) == (1, 1, 2)
    rest = shop.subscriptions.pull(ours, lease_ms=60_000)
    assert len(rest.events) == 1
    assert shop.subscriptions.pull(ours).lease is None
    shop.subscriptions.seek(ours, "beginning")
    with pytest.raises(BusRefused):
        shop.subscriptions.ack(ours, rest)


def test_what_is_pushed_is_not_pulled(shop: BusClient) -> None:
    ours = shop.subscriptions.put(
        "pushed", topics=["widgets"], callback="https://shop.example/events", uuid="u"
    )
    with pytest.raises(NotPossible):
        shop.subscriptions.pull(ours)
