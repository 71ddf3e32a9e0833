"""Streams of running processes: two workers of the Procfile's bus, cut and killed."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.bus.serving import ROOT_KEY, Served, serving
from tests.bus.streams.listening import Stream
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

STREAM = "text/event-stream"


@pytest.fixture(scope="module")
def bus(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    database = Path(shutil.copy(migrated, tmp_path_factory.mktemp("bus") / "bus.sqlite3"))
    with serving(database, "bus", BUS_MAX_READERS_OF_CLIENT="20") as served:
        yield served


def publish(bus: Served, *numbers: int, topic: str = "bids") -> None:
    events = [{"type": "create", "url": f"https://x.example/{one}"} for one in numbers]
    answer = requests.post(
        f"{bus.url}/topics/{topic}",
        json=events,
        auth=(bus.token(f"publisher-{topic}"), ""),
        timeout=10,
    )
    assert answer.status_code == 200, answer.text


def numbers(events: list[Any]) -> list[int]:
    return [int(event["url"].removeprefix("https://x.example/")) for event in events]


def test_a_stream_shows_what_is_published_as_it_is_stored(bus: Served) -> None:
    with Stream(bus.port, bus.token("ada"), "topics=bids") as stream:
        assert stream.answer.getheader("Content-Type") == "text/event-stream"
        publish(bus, 1, 2)
        found = stream.events(2)
    assert numbers(found) == [1, 2]
    assert found[0].keys() == {"topic", "type", "url", "t", "id", "position"}


def test_who_comes_again_gets_exactly_what_it_missed_from_any_worker(bus: Served) -> None:
    with Stream(bus.port, bus.token("ada"), "topics=bids&after=now") as stream:
        publish(bus, 1000)
        assert numbers(stream.events(1)) == [1000]
    for round in range(8):
        missed = list(range(round * 50, round * 50 + 50))
        for start in range(0, 50, 10):
            publish(bus, *missed[start : start + 10])
            publish(bus, 0, topic="offers")
        with Stream(bus.port, bus.token("ada"), "topics=bids", last=stream.place) as stream:
            assert numbers(stream.events(50)) == missed


def test_who_was_cut_before_anything_came_goes_on_from_there(bus: Served) -> None:
    with Stream(bus.port, bus.token("ada"), "topics=bids") as stream:
        assert next(stream.said()).kind == "clock"
    publish(bus, 5)
    with Stream(bus.port, bus.token("ada"), "topics=bids", last=stream.place) as stream:
        assert numbers(stream.events(1)) == [5]


def test_a_stream_ends_soon_after_its_token(bus: Served) -> None:
    token = bus.token("fleeting")
    with Stream(bus.port, token) as stream:
        said = stream.said()
        next(said)
        requests.delete(f"{bus.url}/api_tokens/{token}", auth=(ROOT_KEY, ""), timeout=10)
        assert [one.kind for one in said] in ([], ["clock"])  # one comes every 15 s
    again = requests.get(f"{bus.url}/events", auth=(token, ""), timeout=10)
    assert again.status_code == 401


def test_a_client_has_so_many_streams_and_others_have_theirs(bus: Served) -> None:
    with ExitStack() as open_ones:
        refused = []
        for _ in range(41):  # 20 in each of two processes
            stream = open_ones.enter_context(Stream(bus.port, bus.token("greedy")))
            if stream.answer.status != 200:
                refused.append(stream)
        assert refused
        assert {one.answer.status for one in refused} == {429}
        assert refused[0].answer.getheader("Retry-After")
        with Stream(bus.port, bus.token("modest")) as stream:
            assert stream.answer.status == 200

    def is_admitted() -> bool:
        with Stream(bus.port, bus.token("greedy")) as stream:
            return stream.answer.status == 200

    wait_for(is_admitted)


def test_a_reader_that_never_reads_costs_nobody_anything(bus: Served) -> None:
    with Stream(bus.port, bus.token("ada"), "topics=bids") as stream, bus.connect() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        fields = ("Host: x", f"Authorization: Bearer {bus.token('deaf')}", f"Accept: {STREAM}")
        head = ("GET /events?after=beginning HTTP/1.1", *fields, "", "")
        deaf.sendall("\r\n".join(head).encode())
        for _ in range(20):
            publish(bus, *range(1000))
        assert numbers(stream.events(20_000))[-1] == 999


def test_who_streams_is_let_go_at_once_when_the_bus_ends(migrated: Path, tmp_path: Path) -> None:
    database = Path(shutil.copy(migrated, tmp_path / "bus.sqlite3"))
    patient = {"GUNICORN_CMD_ARGS": "--graceful-timeout 3600"}
    with serving(database, "bus", **patient) as bus, Stream(bus.port, bus.token("ada")) as stream:
        said = stream.said()
        next(said)
        bus.processes.stop("bus")  # which waits for as long as a test may
        assert list(said) == []


def test_a_bus_that_is_killed_loses_nothing_that_a_reader_resumes(
    migrated: Path, tmp_path: Path
) -> None:
    database = Path(shutil.copy(migrated, tmp_path / "bus.sqlite3"))
    with serving(database, "bus") as bus:
        with Stream(bus.port, bus.token("ada"), "topics=bids") as stream:
            publish(bus, 1, 2, 3)
            assert numbers(stream.events(2)) == [1, 2]
            publish(bus, 4, 5)
            bus.processes.kill("bus")
        bus.processes.start("bus")
        publish(bus, 6)
        with Stream(bus.port, bus.token("ada"), "topics=bids", last=stream.place) as stream:
            assert numbers(stream.events(4)) == [3, 4, 5, 6]
