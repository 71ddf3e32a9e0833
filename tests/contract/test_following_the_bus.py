"""bus-client's `follow` against the real bus app."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bus_client import BusClient, BusRefused
from flask import Flask
from service_kit.wsgi_transport import WsgiTransport

from tests.contract.conftest import bus_token

WIDGET = "https://shop.example/widgets/{}"


@pytest.fixture
def shop(bus: Flask) -> Iterator[BusClient]:
    transport = WsgiTransport(bus)
    with BusClient("http://bus.example", bus_token(bus, "shop"), transport=transport) as client:
        yield client


def publish(shop: BusClient, *numbers: int, topic: str = "widgets") -> None:
    shop.publish(topic, [{"type": "create", "url": WIDGET.format(one)} for one in numbers])


def test_batches_come_in_order_from_where_one_begins(shop: BusClient) -> None:
    publish(shop, *range(5))
    publish(shop, 9, topic="gadgets")
    followed = shop.follow(["widgets"], "beginning", limit=2)
    batches = [next(followed) for _ in range(3)]
    assert [[event["url"] for event in batch.events] for batch in batches] == [
        [WIDGET.format(0), WIDGET.format(1)],
        [WIDGET.format(2), WIDGET.format(3)],
        [WIDGET.format(4)],
    ]
    assert batches[1].position == 4
    publish(shop, 5)
    assert next(followed).events[0]["url"] == WIDGET.format(5)


def test_a_position_is_saved_once_the_batch_was_taken(shop: BusClient, tmp_path: Path) -> None:
    publish(shop, *range(4))
    file = tmp_path / "position"
    followed = shop.follow(["widgets"], "beginning", limit=2, saved=file)
    next(followed)
    assert not file.exists()
    next(followed)
    assert re.fullmatch(r"[0-9a-f]{8}-2", file.read_text())
    again = next(shop.follow(["widgets"], "beginning", limit=2, saved=file))
    assert again.events[0]["url"] == WIDGET.format(2)


def test_a_position_may_be_kept_anywhere(shop: BusClient) -> None:
    publish(shop, 1, 2)
    kept: list[str] = []
    followed = shop.follow(after=0, limit=1, saved=kept.append)
    next(followed)
    next(followed)
    assert [place.partition("-")[2] for place in kept] == ["1"]
    assert next(shop.follow(after=kept[0])).position == 2


def test_a_token_that_may_not_read_is_refused_and_not_tried_for_ever(bus: Flask) -> None:
    client = BusClient(
        "http://bus.example", "a-token-of-nobody-at-all", transport=WsgiTransport(bus)
    )
    with client, pytest.raises(BusRefused):
        next(client.follow())
