"""What a bus of one process takes and refuses is what the real one does."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bus_client import Bus, BusClient, BusRefused, connect
from bus_drain import receiver
from flask import Flask
from service_kit.wsgi_transport import WsgiTransport

from tests.contract.conftest import bus_token

ORDER = "https://shop.example/orders/7"


@pytest.fixture
def answers(bus: Flask) -> Iterator[Callable[[str, list[Any]], list[tuple[str, object]]]]:
    """What the real bus and a bus of one process say to a publication."""
    token, transport = bus_token(bus, "shop"), WsgiTransport(bus)
    with (
        BusClient("http://bus.test", token, transport=transport) as real,
        connect("inline:alike", "", receiver({})) as inline,
    ):
        yield lambda topic, events: [_answer(one, topic, events) for one in (real, inline)]


def _answer(bus: Bus, topic: str, events: list[Any]) -> tuple[str, object]:
    try:
        bus.publish(topic, events)
    except BusRefused as refused:
        return "refused", refused.problem.get("index")
    return "taken", None


def good(**changes: Any) -> dict[str, Any]:
    return {"type": "create", "url": ORDER} | changes


@pytest.mark.parametrize(
    ("topic", "events"),
    [
        ("orders", [good()]),
        ("orders", [good(data={"state": "new"}, timestamp=5)]),
        ("orders", [good(data=None, timestamp=None)]),
        ("orders", [good(id="17")]),
        ("orders", [good(type=kind) for kind in ("create", "update", "delete", "noop")]),
        ("orders", [good(url=ORDER + "#part"), good(url="HTTPS://Shop.Example:8443/a/%C3%A9")]),
        ("orders", [good(timestamp=2**53 - 1)]),
        ("orders", [good(data={"k": "x" * 56})]),
        ("orders", [good(data={"k": "é" * 28})]),
        ("a" * 64, [good()]),
        ("orders", [good()] * 1000),
        ("orders", [good()] * 1001),
        ("orders", []),
        ("a" * 65, [good()]),
        ("Orders", [good()]),
        ("orders2", [good()]),
        ("orders", [good(), good(type="made")]),
        ("orders", [good(), good(), good(url="/orders/7")]),
        ("orders", [good(url="https://shop.example/a?b")]),
        ("orders", [good(url="https://ada@shop.example/a")]),
        ("orders", [good(url="https://shop.example/" + "a" * 1024)]),
        ("orders", [good(url="https://shop.example/é")]),
        ("orders", [good(url="ftp://shop.example/a")]),
        ("orders", [good(url=7)]),
        ("orders", [good(timestamp=-1)]),
        ("orders", [good(timestamp=2**53)]),
        ("orders", [good(timestamp=1.5)]),
        ("orders", [good(timestamp="5")]),
        ("orders", [good(timestamp=True)]),
        ("orders", [good(data=[1])]),
        ("orders", [good(data="new")]),
        ("orders", [good(data={"k": "x" * 57})]),
        ("orders", [good(data={"k": "é" * 29})]),
        ("orders", [{"type": "create"}]),
        ("orders", [{"url": ORDER}]),
    ],
)
def test_both_take_or_refuse_the_same(
    answers: Callable[[str, list[Any]], list[tuple[str, object]]], topic: str, events: list[Any]
) -> None:
    real, inline = answers(topic, events)

    assert inline[0] == real[0]
    if real[1] is not None:
        assert inline[1] == real[1]
