"""A forwarded batch is what the pusher would have sent, and its answer means the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from bus_client.cli.listen.forward import Forwarder
from service_kit.clock import now_ms
from service_kit.webhooks import new_secret
from standardwebhooks import Webhook

from bus.delivery.wire.request import delivery_request
from bus.model.event import LogEvent
from bus.model.subscription import SigningSecrets, Subscription
from tests.bus.receiver import Receiver, Reply, receiving

EVENTS = [
    {
        "topic": "widgets",
        "type": "create",
        "url": f"https://shop.example/{n}",
        "t": 1,
        "id": f"a-{n}",
        "position": n,
    }
    for n in (7, 9)
]
SECRET = new_secret()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as started:
        yield started


@pytest.fixture
def forwarder(receiver: Receiver) -> Iterator[Forwarder]:
    with Forwarder(receiver.url, name="main", uuid="u-1", secret=SECRET) as made:
        yield made


def test_it_is_what_the_pusher_sends(forwarder: Forwarder, receiver: Receiver) -> None:
    assert forwarder.send(EVENTS, previous=5, attempt=2, replay=3).taken
    (got,) = receiver.deliveries
    subscription = Subscription(
        id=1,
        client="c",
        name="main",
        callback=receiver.url,
        uuid="u-1",
        filters=(),
        secrets=SigningSecrets(SECRET),
        replay=3,
    )
    stored = [
        LogEvent(
            int(str(one["position"])),
            "widgets",
            "create",
            str(one["url"]),
            1,
            json.dumps(one, separators=(",", ":")).encode(),
        )
        for one in EVENTS
    ]
    pushed = delivery_request(subscription, stored, now_ms(), previous=5, attempt=2)
    head = dict(line.lower().split(": ", 1) for line in pushed.headers if ": " in line)
    ours = {name: value.lower() for name, value in got.headers.items()}
    varies = {"webhook-id", "webhook-timestamp", "webhook-signature", "traceparent"}
    assert {name: ours[name] for name in head.keys() - varies} == {
        name: head[name] for name in head.keys() - varies
    }
    assert (
        ours.keys() - head.keys()
        == {"host", "content-length", "user-agent", "connection"} & ours.keys()
    )
    assert got.body == pushed.body
    Webhook(SECRET).verify(got.body, got.headers)


def test_a_repeat_has_the_same_id(forwarder: Forwarder, receiver: Receiver) -> None:
    for attempt in (1, 2):
        forwarder.send(EVENTS, previous=0, attempt=attempt, replay=0)
    first, second = receiver.deliveries
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-id"].startswith("msg_main_7_9_2")


@pytest.mark.parametrize(
    ("reply", "taken", "failed"),
    [
        (Reply(200, b"ok"), True, set()),
        (Reply(204), True, set()),
        (Reply(200, b'{"failed": ["a-9"]}'), True, {"a-9"}),
        (Reply(200, b'{"failed": ["who"]}'), False, set()),
        (Reply(200, b"<html>sign in</html>"), False, set()),
        (Reply(200, b'{"failed": ["' + b"x" * 20_000), False, set()),
        (Reply(301, b"", (("Location", "/x"),)), False, set()),
        (Reply(401), False, set()),
        (Reply(500), False, set()),
    ],
)
def test_an_answer_means_what_it_means_to_the_pusher(
    forwarder: Forwarder, receiver: Receiver, reply: Reply, taken: bool, failed: set[str]
) -> None:
    receiver.decide = lambda _: reply
    came = forwarder.send(EVENTS, previous=0, attempt=1, replay=0)
    assert (came.taken, set(came.failed)) == (taken, failed)
    assert came.status == reply.status


def test_nobody_is_there() -> None:
    with Forwarder("http://127.0.0.1:1/x", name="a", uuid="u", secret=SECRET) as forwarder:
        came = forwarder.send(EVENTS, previous=0, attempt=1, replay=0)
    assert (came.status, came.error, came.taken) == (None, "Connection refused", False)
