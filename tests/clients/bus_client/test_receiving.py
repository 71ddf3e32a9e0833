"""What is published reaches every context of the code base, alike by every kind of URL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from bus_client import Bus, BusRefused, Undelivered, connect
from bus_drain import Event, SomeFailed, receiver

from tests.clients.bus_client.conftest import Connect
from tests.waiting import wait_for

ORDER = "https://shop.example/orders/7"
Work = Callable[[Bus], None]


class Context:
    """Somebody who listens, and notes what came."""

    def __init__(self, *topics: str) -> None:
        self.got: list[Event] = []
        self.batches = 0
        self.fails = False
        self.deliver = receiver(dict.fromkeys(topics, self._listen))

    def _listen(self, events: Sequence[Event]) -> None:
        self.batches += 1
        if self.fails:
            raise SomeFailed(events)
        self.got += events

    def urls(self) -> list[str]:
        return [event.url for event in self.got]


def test_a_listener_gets_the_batch_that_the_bus_would_send(open_bus: Connect, work: Work) -> None:
    mailer = Context("orders")
    bus = open_bus("mailer", mailer.deliver)
    work(bus)

    bus.publish(
        "orders",
        [
            {"type": "create", "url": ORDER, "timestamp": 5, "data": {"state": "new"}},
            {"type": "update", "url": ORDER, "timestamp": 6},
        ],
    )

    first, second = wait_for(lambda: mailer.got, what="the batch")
    assert (first.topic, first.type, first.url, first.t) == ("orders", "create", ORDER, 5)
    assert first.data == {"state": "new"}
    assert (second.type, second.t) == ("update", 6)
    assert first.id != second.id
    assert first.position is not None
    assert second.position is not None
    assert 0 < first.position < second.position < 2**53
    assert mailer.batches == 1


def test_every_context_that_listens_to_a_topic_gets_it(open_bus: Connect, work: Work) -> None:
    stock, mailer, other = Context("orders"), Context("orders.create"), Context("carts", "*")
    bus = open_bus("stock", stock.deliver)
    open_bus("mailer", mailer.deliver)
    open_bus("other", other.deliver)
    work(bus)

    bus.created("orders", ORDER)
    bus.updated("orders", ORDER)

    wait_for(lambda: len(stock.got) + len(mailer.got) + len(other.got) == 5, what="all")
    assert sorted(event.type for event in stock.got) == ["create", "update"]
    assert [event.type for event in mailer.got] == ["create"]
    assert sorted(event.type for event in other.got) == ["create", "update"]


def test_the_failure_of_one_context_is_not_anothers(open_bus: Connect, work: Work) -> None:
    stock, mailer = Context("orders"), Context("orders")
    mailer.fails = True
    bus = open_bus("stock", stock.deliver)
    open_bus("mailer", mailer.deliver)
    work(bus)

    for number in range(5):
        _published(bus, f"{ORDER}{number}")

    wait_for(lambda: len(stock.got) == 5 and mailer.batches >= 5, what="five orders")
    mailer.fails = False
    for number in range(5):
        _published(bus, f"{ORDER}{number}", id=str(number))
    wait_for(lambda: len(set(mailer.urls())) == 5, what="the other's five orders")


def test_who_has_taken_an_event_does_not_get_it_again_because_another_failed() -> None:
    stock, mailer = Context("orders"), Context("orders")
    with connect("inline:again", "t", stock.deliver, name="stock") as bus:
        connect("inline:again", "t", mailer.deliver, name="mailer")
        mailer.fails = True
        for _ in range(3):
            with pytest.raises(Undelivered) as undelivered:
                bus.publish("orders", [{"type": "create", "url": ORDER, "id": "1"}])
            assert undelivered.value.left == {0}

        mailer.fails = False
        bus.publish("orders", [{"type": "create", "url": ORDER, "id": "1"}])

        assert (stock.urls(), mailer.urls()) == ([ORDER], [ORDER])


def test_only_the_events_that_failed_are_left() -> None:
    def refuses_sevens(events: Sequence[Event]) -> None:
        raise SomeFailed(event for event in events if event.url.endswith("7"))

    bus = connect("inline:some", "t", receiver({"orders": refuses_sevens}))
    with bus, pytest.raises(Undelivered) as undelivered:
        bus.publish("orders", [{"type": "update", "url": f"{ORDER}{n}"} for n in range(10)])

    assert undelivered.value.left == {7}


def test_a_raising_receiver_is_one_that_failed_all() -> None:
    def breaks(_body: bytes) -> frozenset[str]:
        raise ZeroDivisionError

    stock = Context("orders")
    with connect("inline:breaks", "t", breaks) as bus:
        connect("inline:breaks", "t", stock.deliver, name="stock")
        with pytest.raises(Undelivered) as undelivered:
            bus.created("orders", ORDER)

    assert undelivered.value.left == {0}
    assert stock.urls() == [ORDER]


@pytest.mark.parametrize(
    ("topic", "event"),
    [
        ("Orders", {"type": "create", "url": ORDER}),
        ("", {"type": "create", "url": ORDER}),
        ("orders", {"type": "made", "url": ORDER}),
        ("orders", {"type": "create", "url": "/orders/7"}),
        ("orders", {"type": "create", "url": "mailto:ada@example.org"}),
        ("orders", {"type": "create", "url": "https://shop.example/a b"}),
        ("orders", {"type": "create", "url": "https://shop.example/a?b=c"}),
        ("orders", {"type": "create", "url": ORDER, "data": {"note": "x" * 64}}),
        ("orders", {"type": "create", "url": ORDER, "data": "new"}),
        ("orders", {"type": "create", "url": ORDER, "timestamp": -1}),
        ("orders", {"type": "create", "url": ORDER, "timestamp": 2**53}),
        ("orders", {"type": "create", "url": ORDER, "timestamp": 5.5}),
        ("orders", {"type": "create", "url": ORDER, "timestamp": "5"}),
        ("orders", {"type": "create", "url": ORDER, "timestamp": True}),
        ("orders", {"type": "create", "url": ORDER, "data": {"price": float("nan")}}),
        ("orders", {"type": "create", "url": ORDER, "data": {"lamp": object()}}),
        ("orders", {"type": "create", "url": None}),
        ("orders", {"type": "create"}),
        ("orders", {"url": ORDER}),
        ("orders", {}),
    ],
)
def test_what_the_bus_would_refuse_is_refused(
    open_bus: Connect, topic: str, event: dict[str, Any]
) -> None:
    stock = Context("*")
    bus = open_bus("stock", stock.deliver)

    with pytest.raises(BusRefused):
        bus.publish(topic, [{"type": "create", "url": ORDER}, event])  # type: ignore[list-item]

    assert stock.got == []


def _published(bus: Bus, url: str, **more: str) -> None:
    try:
        bus.publish("orders", [{"type": "create", "url": url, **more}])  # type: ignore[typeddict-item]
    except Undelivered:
        return


def test_it_says_how_many_have_not_been_taken(open_bus: Connect, work: Work, any_url: str) -> None:
    stock = Context("orders")
    bus = open_bus("stock", stock.deliver)
    bus.publish("orders", [{"type": "create", "url": f"{ORDER}{n}"} for n in range(3)])

    assert bus.waiting() == (0 if any_url == "inline:" else 3)
    work(bus)
    wait_for(lambda: bus.waiting() == 0, what="nothing left")
    assert len(stock.got) == 3
