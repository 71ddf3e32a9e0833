"""Cached answers leave when their entity changes, and come back by a job."""

from __future__ import annotations

from collections.abc import Sequence

from bus_drain import Bust, Event, Outcome, Prefetch
from bus_drain.state import State

from tests.clients.bus_drain.conftest import Below, made

U = "https://bids.example/bids/1"
V = "https://bids.example/bids/2"


def test_the_cached_answer_is_gone_before_any_listener_runs(drain_state: State) -> None:
    drain_state.cache.write(U, "me", b"old", "", 0)
    seen: list[bytes | None] = []

    def below(events: Sequence[Event]) -> Outcome:
        seen.extend(drain_state.cache.read(event.url, "me").body for event in events)
        return Outcome()

    Bust(drain_state.cache, below)([made(1, url=U)])

    assert seen == [None]


def test_it_says_what_the_layer_below_says(drain_state: State, below: Below) -> None:
    below.fails = {"2"}

    assert [e.id for e in Bust(drain_state.cache, below)([made(1), made(2)]).failed] == ["2"]


def test_each_url_is_fetched_once_unless_it_was_deleted(below: Below) -> None:
    queued: list[list[str]] = []
    batch = [
        made(1, url=U),
        made(2, url=U, type="update"),
        made(3, url=V),
        made(4, url=V, type="delete"),
    ]

    Prefetch(lambda urls: queued.append(list(urls)), below)(batch)
    Prefetch(lambda urls: queued.append(list(urls)), below)([made(5, url=V, type="delete")])
    Prefetch(lambda urls: queued.append(list(urls)), below)([made(6, topic="bus", type="resync")])

    assert queued == [[U]]
    assert below.ids == [["1", "2", "3", "4"], ["5"], ["6"]]
