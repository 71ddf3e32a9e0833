"""The SDKs of CloudEvents publish in structured and binary mode, and read what is delivered."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import requests
from cloudevents.core.bindings.http import (
    HTTPMessage,
    from_structured,
    to_binary,
    to_structured,
)
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from service_kit.clock import now_ms

from bus.delivery.wire.request import delivery_request
from bus.model.event import LogEvent, event_head, whole_event
from bus.model.subscription import Format
from tests import node
from tests.bus.samples import subscription
from tests.contract.conftest import RunningBus

URL = "https://bids.example/bids/a%20b"
T_MS = 1_795_255_200_123
EVENT = {
    "id": "1",
    "source": "urn:shop",
    "type": "gavel.bids.create",
    "subject": URL,
    "datacontenttype": "application/json",
}


def stored(bus: RunningBus) -> list[tuple[str, str, int, Any]]:
    """Type, URL, time and hint of every event."""
    bodies = [json.loads(one.body) for one in bus.storage.log.read_after(0, None, 10)]
    return [(one["type"], one["url"], one["t"], one.get("data")) for one in bodies]


Write = Callable[[CloudEvent, JSONFormat], HTTPMessage]


@pytest.mark.parametrize("write", [to_structured, to_binary])
def test_the_python_sdk_publishes(running_bus: RunningBus, write: Write) -> None:
    token = running_bus.token("shop")
    for data in ({"t": T_MS, "data": {"hint": 1}}, None):
        message = write(CloudEvent(EVENT, data), JSONFormat())
        answer = requests.post(
            f"{running_bus.url}/topics/bids",
            data=message.body,
            headers=message.headers,
            auth=(token, ""),
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
    with_data, without = stored(running_bus)
    assert with_data == ("create", URL, T_MS, {"hint": 1})
    assert without[:2] + without[3:] == ("create", URL, None)


def delivered() -> Sequence[tuple[dict[str, str], bytes]]:
    """What the pusher would POST to a subscriber of single CloudEvents."""
    written = [event_head("bids", "create", URL, T_MS, hint) for hint in ('{"hint":1}', None)]
    events = [
        LogEvent(n, "bids", "create", URL, T_MS, whole_event(head, f"9f3a-{n}", n))
        for n, head in enumerate(written, start=1)
    ]
    to = subscription(format=Format.CLOUDEVENTS_STRUCTURED, max_events=1)
    requests_made = [delivery_request(to, [event], now_ms()) for event in events]
    return [
        (dict(line.split(": ", 1) for line in one.headers if ": " in line), one.body)
        for one in requests_made
    ]


DATA = {"url": URL, "t": T_MS}
READ = [DATA | {"position": 1, "data": {"hint": 1}}, DATA | {"position": 2}]


def test_the_python_sdk_reads_what_is_delivered() -> None:
    read = [
        from_structured(HTTPMessage(headers, body), JSONFormat()) for headers, body in delivered()
    ]
    assert [event.get_data() for event in read] == READ
    assert [(one.get_id(), one.get_type(), one.get_subject()) for one in read] == [
        (f"9f3a-{n}", "gavel.bids.create", URL) for n in (1, 2)
    ]


def test_the_javascript_sdk_does_both(running_bus: RunningBus) -> None:
    """It writes headers as they are, not percent-encoded: a `%` in a URL would be decoded."""
    node.need("cloudevents")
    plain = "https://bids.example/bids/7"
    done = node.run(
        "cloudevents.js",
        {
            "url": f"{running_bus.url}/topics/bids",
            "token": running_bus.token("shop"),
            "events": [
                EVENT | {"mode": mode, "time": "2026-11-21T10:00:00.123Z"} | more
                for mode in ("structured", "binary")
                for more in ({"data": {"data": {"hint": 1}}, "subject": plain}, {"subject": plain})
            ],
            "deliveries": [
                {
                    "headers": {name.lower(): value for name, value in headers.items()},
                    "body": body.decode(),
                }
                for headers, body in delivered()
            ],
        },
    )
    assert done["statuses"] == [200] * 4
    assert [event["data"] for event in done["read"]] == READ
    expected = [("create", plain, T_MS, {"hint": 1}), ("create", plain, T_MS, None)]
    assert stored(running_bus) == expected * 2
