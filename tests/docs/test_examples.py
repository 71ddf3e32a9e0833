"""Each example in docs/examples does what its first line says."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from bus_client import BusClient
from pytest_httpserver import HTTPServer
from service_kit.clock import now_ms
from service_kit.errors import TimedOut, UnexpectedStatus, Unreachable
from service_kit.http import HttpClient

from bus.delivery import system_events
from bus.delivery.wire.request import delivery_request
from bus.model.subscription import SigningSecrets
from tests.bus.samples import subscription
from tests.docs.conftest import EXAMPLES, SECRET, UUID, VASE, wait_for_line
from tests.system.house import House
from tests.waiting import PATIENCE_S, wait_for

SUBSCRIBERS = ["with_bus_drain", "without_libraries"]


def environment(house: House, folder: Path) -> dict[str, str]:
    return dict(os.environ) | {
        "WEBHOOK_UUID": UUID,
        "WEBHOOK_SECRET": SECRET,
        "STATE_URL": f"sqlite:///{folder}/state.sqlite3",
        "AUCTIONS_URL": house.url("auctions"),
    }


@pytest.mark.parametrize("example", SUBSCRIBERS)
def test_a_subscriber_fetches_what_events_name(
    example: str,
    house: House,
    client_of: Callable[[str], BusClient],
    running: Callable[..., Any],
    tmp_path: Path,
) -> None:
    output, topic = tmp_path / "output", f"news_{example}"
    with (
        client_of(f"my-service-{example}") as bus,
        running(example, output, environment(house, tmp_path)) as callback,
    ):
        ours = bus.subscriptions.put(
            "default", topics=[topic], callback=callback, uuid=UUID, secret=SECRET
        )
        bus.noop(topic, house.url("auctions") + "/auctions/demabluevase")

        bus.deleted(topic, house.url("auctions") + "/auctions/demabluevasf")

        wait_for_line(output, f"noop {VASE}")
        wait_for_line(output, "delete (gone)")
        wait_for(lambda: queued(bus, topic) == 0, what="the delivery is settled")
        bus.subscriptions.delete(ours)


def queued(bus: BusClient, topic: str) -> int:
    (ours,) = [one for one in bus.subscribers() if topic in one["topics"]]
    return int(ours["events"]["queued"])


@pytest.mark.parametrize("example", SUBSCRIBERS)
@pytest.mark.parametrize("signature", [None, "v1,AAAA", "v1,é"])
def test_a_subscriber_refuses_what_is_not_signed(
    example: str, signature: str | None, house: House, running: Callable[..., Any], tmp_path: Path
) -> None:
    headers = {"webhook-id": "1", "webhook-timestamp": "1"}
    if signature:
        headers["webhook-signature"] = signature.encode().decode("latin-1")
    with running(example, tmp_path / "output", environment(house, tmp_path)) as callback:
        origin = callback.removesuffix("/events")
        with HttpClient({origin: None}) as http:
            wait_for(lambda: refused(http, callback, headers) == 401, what="a refusal")


def refused(http: HttpClient, callback: str, headers: dict[str, str]) -> int | None:
    try:
        return http.send("POST", callback, json=[], headers=headers).status
    except UnexpectedStatus as error:
        return error.status
    except (TimedOut, Unreachable):  # it is still starting
        return None


@pytest.mark.parametrize("example", SUBSCRIBERS)
def test_a_subscriber_takes_what_the_bus_says_to_it(
    example: str, house: House, running: Callable[..., Any], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    with running(example, output, environment(house, tmp_path)) as callback:
        ours = subscription(callback=callback, uuid=UUID, secrets=SigningSecrets(SECRET))
        test = system_events.test_event(ours, "9f3a", now_ms())
        resync = system_events.resync(ours, "9f3a", 1, 7, now_ms())
        origin = callback.removesuffix("/events")
        with HttpClient({origin: None}) as http:
            wait_for(lambda: refused(http, callback, {}) == 401, what="it runs")
        for events in ([test], [resync]):
            request = delivery_request(ours, events, now_ms())
            headers = dict(line.split(": ", 1) for line in request.headers if ": " in line)
            answer = requests.post(callback, request.body, headers=headers, timeout=PATIENCE_S)
            assert (answer.status_code, answer.content) == (204, b"")
    assert "Traceback" not in output.read_text()


@pytest.mark.parametrize("example", SUBSCRIBERS)
def test_a_subscriber_is_short(example: str) -> None:
    tree = ast.parse((EXAMPLES / f"{example}.py").read_text())
    lines = {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not _is_docstring(node)
    }
    assert len(lines) <= {"with_bus_drain": 20, "without_libraries": 40}[example]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_the_one_without_libraries_imports_none_of_ours() -> None:
    text = (EXAMPLES / "without_libraries.py").read_text()
    assert not [name for name in ("bus_drain", "bus_client", "service_kit") if name in text]


def test_catching_up_prints_every_title(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/p2").respond_with_json(page([3], None))
    httpserver.expect_request("/widgets").respond_with_json(page([1, 2], "/p2"))
    for number in (1, 2, 3):
        widget = {"title": f"Widget {number}"}
        httpserver.expect_request(f"/widgets/{number}").respond_with_json(widget)
    command = [sys.executable, "-m", "bus_drain.jobs", "iterate"]
    done = subprocess.run(
        [*command, "catch_up:iterations", "titles", httpserver.url_for("/widgets")],
        cwd=EXAMPLES,
        env=dict(os.environ)
        | {
            "STATE_URL": f"sqlite:///{tmp_path}/state.sqlite3",
            "JOBS_FILE": str(tmp_path / "jobs.sqlite3"),
            "SHOP_URL": httpserver.url_for(""),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    titles, summary = done.stdout.splitlines()[:3], done.stdout.splitlines()[3]
    assert titles == ["Widget 1", "Widget 2", "Widget 3"]
    assert summary.endswith("finished, 3 of 3 done"), json.dumps(done.stdout)


def page(numbers: list[int], following: str | None) -> dict[str, Any]:
    widgets = [{"_links": {"self": {"href": f"/widgets/{number}"}}} for number in numbers]
    links = {"next": {"href": following}} if following else {}
    return {"total": 3, "_links": links, "_embedded": {"widgets": widgets}}
