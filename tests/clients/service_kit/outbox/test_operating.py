"""What an operator sees of an outbox, and can do: metrics, readiness, the command."""

import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result
from service_kit.errors import NotMigrated
from service_kit.health import serve_health
from service_kit.outbox import Outbox, Relay
from service_kit.outbox.__main__ import main
from service_kit.outbox.watch import check_outbox, outbox_metrics
from sqlalchemy import Engine

from tests.clients.service_kit.outbox.buses import Bus, taken
from tests.sockets import free_port

Add = Callable[..., None]


@pytest.fixture
def trouble(bus: Bus, relay: Relay, add: Add) -> None:
    """Two events refused, a topic held with three."""
    bus.no["questions"] = taken
    add("bad1", "1", "bad2")
    add("q1", "q2", "q3", topic="questions")
    while relay.publish_waiting():
        pass


@pytest.fixture
def page(outbox: Outbox) -> Iterator[str]:
    """Where a worker process with this outbox answers."""
    port = free_port()
    server = serve_health(
        port,
        {"outbox": lambda: check_outbox(outbox)},
        lambda: outbox_metrics({"shop": outbox}, 2_507),
    )
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()


def get(url: str) -> requests.Response:
    return requests.get(url, timeout=5)


def test_metrics_count_what_waits_what_was_refused_and_what_is_held(
    trouble: None, page: str
) -> None:
    answer = get(f"{page}/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert 'outbox_waiting_events{service="shop",topic="questions"} 3.0' in lines
    assert 'outbox_refused_events{service="shop",topic="bids"} 2.0' in lines
    assert 'outbox_held_topics{service="shop",topic="questions"} 1.0' in lines
    assert 'outbox_oldest_seconds{service="shop",topic="questions"} 2.5' in lines


def test_a_worker_is_not_ready_while_a_topic_is_held_and_says_which(
    trouble: None, page: str
) -> None:
    answer = get(f"{page}/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"outbox": "not ready (questions is held: 403 Not your topic)"}


def test_a_worker_is_ready_though_events_were_refused_and_says_so(
    trouble: None, page: str, bus: Bus, relay: Relay, outbox: Outbox
) -> None:
    bus.no.clear()
    outbox.retry([])
    while relay.publish_waiting():
        pass
    answer = get(f"{page}/readyz")
    assert (answer.status_code, answer.json()) == (200, {"outbox": "ok, but 2 events were refused"})
    outbox.drop()
    assert get(f"{page}/readyz").json() == {"outbox": "ok"}


def test_a_worker_that_counts_nothing_tells_what_it_takes_of_the_machine() -> None:
    port = free_port()
    server = serve_health(port, {})
    text = get(f"http://127.0.0.1:{port}/metrics").text
    assert 'process_resident_memory_bytes{process="main"}' in text
    assert 'process_open_fds{process="main"}' in text
    server.shutdown()
    server.server_close()


@pytest.fixture
def run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, on a service whose database is the test's."""

    class Config:
        database_url = engine.url.render_as_string(hide_password=False)

    package, config = ModuleType("a_service"), ModuleType("a_service.config")
    vars(config)["read"] = Config
    monkeypatch.setitem(__import__("sys").modules, "a_service", package)
    monkeypatch.setitem(__import__("sys").modules, "a_service.config", config)
    monkeypatch.setattr("service_kit.outbox.__main__.check_migrated", lambda *_: None)

    def run(*arguments: str) -> Result:
        command, *rest = arguments
        return CliRunner().invoke(main, [command, "a_service", *rest])

    return run


def shown(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_the_command_shows_what_is_held_and_what_was_refused_with_the_reason(
    trouble: None, run: Callable[..., Result]
) -> None:
    held, *refused = shown(run("show"))
    assert held == {"topic": "questions", "waiting": 3, "reason": "403 Not your topic"}
    assert [(one["topic"], one["url"], one["reason"]) for one in refused] == [
        ("bids", "https://x.example/bad1", "no good"),
        ("bids", "https://x.example/bad2", "no good"),
    ]
    assert refused[0]["id"] < refused[1]["id"]


def test_the_command_retries_and_drops(
    trouble: None, run: Callable[..., Result], outbox: Outbox
) -> None:
    first, second = (str(row.id) for row in outbox.refused())
    assert shown(run("retry", first)) == [{"retried": 1}]
    assert shown(run("drop", second)) == [{"dropped": 1}]
    assert shown(run("drop", "--all")) == [{"dropped": 0}]
    assert shown(run("show")) == []
    assert [row.topic for row in outbox.next(9)] == ["bids", "questions", "questions", "questions"]


def test_the_command_drops_what_is_named_and_all_only_if_asked(
    trouble: None, run: Callable[..., Result], outbox: Outbox
) -> None:
    first, second = (str(row.id) for row in outbox.refused())
    assert shown(run("drop", second)) == [{"dropped": 1}]
    assert [str(row.id) for row in outbox.refused()] == [first]
    assert shown(run("drop", second)) == [{"dropped": 0}]
    assert shown(run("retry", second)) == [{"retried": 0}]
    assert shown(run("drop", "--all")) == [{"dropped": 1}]
    assert [row.topic for row in outbox.next(9)] == ["questions"] * 3


def test_the_command_retries_all_unless_some_are_named(
    trouble: None, run: Callable[..., Result], outbox: Outbox
) -> None:
    assert shown(run("retry")) == [{"retried": 2}]
    assert outbox.refused() == []


def test_the_command_drops_a_held_topic_and_no_other(
    trouble: None, run: Callable[..., Result], outbox: Outbox
) -> None:
    assert shown(run("drop", "--topic", "bids")) == [{"dropped": 0}]
    assert shown(run("drop", "--topic", "questions")) == [{"dropped": 3}]
    assert outbox.next(9) == []


@pytest.mark.parametrize("wrong", [["drop"], ["drop", "--all", "1"], ["drop", "one"], ["burn"]])
def test_the_command_refuses_what_is_not_clear(
    trouble: None, run: Callable[..., Result], outbox: Outbox, wrong: list[str]
) -> None:
    assert run(*wrong).exit_code == 2
    assert len(outbox.refused()) == 2


def test_the_command_says_in_a_line_that_the_tables_are_not_there(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(_package: str, _engine: Engine) -> None:
        raise NotMigrated("run migrate first")

    monkeypatch.setattr("service_kit.outbox.__main__.check_migrated", check)
    done = run("show")
    assert (done.exit_code, len(done.output.splitlines())) == (2, 1)
    assert "run migrate first" in done.output


@pytest.mark.parametrize("package", ["nonsense", "bus_client", "json", "..", ""])
def test_the_command_says_in_a_line_that_there_is_no_such_service(package: str) -> None:
    done = CliRunner().invoke(main, ["show", package])
    assert done.exit_code == 2
    assert len(done.output.splitlines()) == 1
