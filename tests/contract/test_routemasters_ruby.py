"""Routemaster's own client, its command `rtm` and its drain work with the bus
(docs/delivery.md D30)."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest
from service_kit.clock import now_ms

from bus.delivery.wire.request import delivery_request
from bus.model.event import LogEvent, event_head, whole_event
from tests import ruby
from tests.bus.samples import subscription
from tests.contract.conftest import ROOT_KEY, RunningBus

pytestmark = pytest.mark.slow

LIFTED = "without_https.rb"


def test_every_call_of_the_client_works_without_a_seeded_token(running_bus: RunningBus) -> None:
    library = ruby.source("ROUTEMASTER_CLIENT")
    done = ruby.run("every_call.rb", running_bus.url, ROOT_KEY, library=library, preload=LIFTED)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert re.fullmatch("[a-z0-9_-]{1,64}", told["made"])
    assert told["chosen"] == "chosen-token_of_another-service"
    assert {"name": "widgets", "publisher": "shop", "events": 4} in told["topics"]
    (listed,) = told["subscriptions"]
    assert (listed["callback"], listed["max_events"], listed["timeout"], listed["uuid"]) == (
        "https://shop.example/events",
        7,
        500,
        None,
    )
    assert told["left"] == [["widgets"]]
    assert told["after"] == []
    assert told["listed"] == [[None, told["listed"][0][1]]]  # no token is ever shown again
    assert "404" in told["unknown"]
    stored = [json.loads(one.body) for one in running_bus.storage.log.read_after(0, None, 9)]
    assert [(one["type"], one["t"], one["data"]) for one in stored] == [
        (type, 5, {"a": 1}) for type in ("create", "update", "delete", "noop")
    ]


def test_so_does_its_command(running_bus: RunningBus) -> None:
    library = ruby.source("ROUTEMASTER_CLIENT")

    def rtm(*arguments: str, token: str) -> str:
        at = ["-b", urlsplit(running_bus.url).netloc, "-t", token]
        program = str(library / "exe" / "rtm")
        done = ruby.run(program, *arguments, *at, library=library, preload=LIFTED)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.strip()

    token = rtm("token", "add", "shop", token=ROOT_KEY)
    rtm("token", "add", "other", "chosen-token_of_another-service", token=ROOT_KEY)
    rtm("pub", "created", "widgets", "https://shop.example/widgets/1", token=token)
    callback = "https://shop.example/events"
    asked = ("--latency", "500", "--batch-size", "7")
    named = callback.replace("https://", "https://user-name-as-its-help-wants@")
    rtm("sub", "add", named, "widgets", "gadgets", *asked, token=token)
    assert callback in rtm("sub", "list", token=token)
    rtm("sub", "del", "gadgets", token=token)
    rtm("sub", "del", token=token)
    assert rtm("sub", "list", token=token) == "--- []"
    assert token not in rtm("token", "list", token=ROOT_KEY)
    rtm("token", "del", token, token=ROOT_KEY)


def test_the_drain_takes_what_is_delivered() -> None:
    library = ruby.source("ROUTEMASTER_DRAIN") / "lib"
    head = event_head("widgets", "create", "https://shop.example/widgets/1", 5, '{"a":1}')
    event = LogEvent(1, "widgets", "create", "", 5, whole_event(head, "9f3a-1", 1))
    request = delivery_request(subscription(), [event], now_ms())
    headers = dict(line.split(": ", 1) for line in request.headers if ": " in line)
    delivery = {"uuid": "u-1", "headers": headers, "body": request.body.decode()}
    done = ruby.run("drain.rb", library=library, given=json.dumps(delivery))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["status"] == 204
    assert [one["url"] for one in told["heard"]] == ["https://shop.example/widgets/1"]
