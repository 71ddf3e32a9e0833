"""What the bus delivers, as it is sent, is what bus-drain hears: in the bus's own form and as
CloudEvents alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from bus_drain import Basic, Drain, Event, SomeFailed, open_state
from bus_drain.drain import Endpoint
from service_kit.clock import now_ms
from werkzeug.test import Client, TestResponse

from bus.delivery.wire.request import delivery_request
from bus.model.event import LogEvent, event_head, whole_event
from bus.model.subscription import Format, SigningSecrets
from tests.bus.samples import subscription

SECRET, OTHER_SECRET = "whsec_" + "YmVuY2gt" * 4, "whsec_" + "b3RoZXIt" * 4
FORMATS = pytest.mark.parametrize("format", [Format.ROUTEMASTER, Format.CLOUDEVENTS])
URL = "HTTPS://Bids.Example.:443/bids/7;v=%22#a?b"

SENT = [
    ("bids", "create", URL, 1_700_000_000_123, None),
    ("bids", "update", URL, 1_700_000_000_123, {"hint": [1, "ü", None]}),
    ("order_steps", "noop", "http://localhost:8000/orders/1", 0, None),
    ("bids", "delete", URL, 1_700_000_000_001, False),
]


def log() -> list[LogEvent]:
    return [
        LogEvent(
            position,
            topic,
            type,
            url,
            t,
            whole_event(event_head(topic, type, url, t, _text(data)), f"9f3a-{position}", position),
        )
        for position, (topic, type, url, t, data) in enumerate(SENT, start=3)
    ]


def _text(data: object) -> str | None:
    return None if data is None else json.dumps(data)


def deliver(
    drain: Endpoint, format: Format, *, replay: int = 0, events: Sequence[LogEvent] | None = None
) -> TestResponse:
    """What the pusher would POST, header by header."""
    secrets = SigningSecrets(SECRET, ((OTHER_SECRET, now_ms() + 60_000),))
    to = subscription(format=format, secrets=secrets, replay=replay)
    request = delivery_request(to, log() if events is None else events, now_ms())
    headers = [tuple(line.split(": ", 1)) for line in request.headers if ": " in line]
    return Client(drain).post("/", data=request.body, headers=headers)


def heard(format: Format) -> Sequence[Event]:
    """What a listener is told, in as many deliveries as the format needs."""
    events: list[Event] = []
    drain = Drain(uuid="u-1", secrets=[SECRET], listeners={"*": events.extend})
    batches = [log()] if format.max_events is None else [[event] for event in log()]
    assert {deliver(drain, format, events=batch).status_code for batch in batches} == {204}
    return events


@pytest.mark.parametrize("format", list(Format))
def test_every_event_is_heard_as_it_was_published(format: Format) -> None:
    events = heard(format)
    assert [(e.topic, e.type, e.url, e.t, e.data) for e in events] == SENT
    assert [(e.id, e.position) for e in events] == [
        (f"9f3a-{position}", position) for position in range(3, 7)
    ]


@FORMATS
def test_what_fails_is_named_by_the_id_that_the_bus_gave(format: Format) -> None:
    def listen(events: Sequence[Event]) -> None:
        raise SomeFailed(events[1:2])

    drain = Drain(uuid="u-1", secrets=[SECRET], listeners={"*": listen})

    assert deliver(drain, format).json == {"failed": ["9f3a-4"]}


@FORMATS
def test_the_secret_before_still_opens_and_a_strangers_does_not(format: Format) -> None:
    drain = Drain(uuid="u-1", secrets=[OTHER_SECRET], listeners={})
    stranger = Drain(uuid="u-1", secrets=["whsec_" + "c3RyYW5n" * 4], listeners={})

    assert deliver(drain, format).status_code == 204
    assert deliver(stranger, format).status_code == 401


@FORMATS
def test_what_basic_knows_it_takes_once_more_when_the_subscription_was_replayed(
    format: Format, tmp_path: Path
) -> None:
    batches: list[Sequence[Event]] = []
    state = open_state(f"sqlite:///{tmp_path}/drain.sqlite3")
    drain = Basic(uuid="u-1", secrets=[SECRET], state=state, listeners={"*": batches.append})
    for replay in (0, 0, 1, 1, 2):
        assert deliver(drain, format, replay=replay).status_code == 204
    state.close()
    assert [[one.id for one in batch] for batch in batches] == [
        [f"9f3a-{n}" for n in range(3, 7)]
    ] * 3
