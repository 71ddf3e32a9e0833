"""Each ready stack does what its name says, from a signed delivery on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from bus_drain import Basic, CacheBusting, Caching, Endpoint, Event, Mapping, each, open_state
from bus_drain.errors import StateUnavailable
from bus_drain.state import State

from .conftest import SECRET, UUID, Deliverer, Heard, event, signature_headers

U = "https://bids.example/bids/1"
STACKS = [Basic, Mapping, CacheBusting, Caching]


def build(stack: Any, state: State, **settings: Any) -> Any:
    if stack is Caching:
        settings.setdefault("prefetch", lambda urls: None)
    return stack(uuid=UUID, secrets=[SECRET], state=state, **settings)


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_takes_a_delivery_once(stack: Any, drain_state: State, heard: Heard) -> None:
    deliver = Deliverer(build(stack, drain_state, listeners={"bids": heard}))

    assert [deliver([event(1), event(2)]).status_code for _ in range(2)] == [204, 204]
    assert len(heard.urls) == 2


@pytest.mark.parametrize(
    ("stack", "again"), [(Basic, [1, 2]), (CacheBusting, [1, 2]), (Mapping, [2]), (Caching, [2])]
)
def test_in_a_replay_each_event_is_taken_once_more_or_the_newest_of_each_entity(
    stack: Any, again: list[int], drain_state: State, heard: Heard
) -> None:
    deliver = Deliverer(build(stack, drain_state, listeners={"bids": heard}))
    events = [event(1, url=U), event(2, url=U)]
    body = json.dumps(events).encode()
    deliver(body=body)
    for _ in range(2):
        deliver(body=body, headers=signature_headers(body) | {"bus-replay": "1"})

    assert [[one.position for one in batch] for batch in heard.batches] == [[1, 2], again]


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_refuses_strangers(stack: Any, drain_state: State) -> None:
    assert Deliverer(build(stack, drain_state))([event(1)], headers={}).status_code == 401


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_leads_siphoned_topics_off(
    stack: Any, drain_state: State, heard: Heard
) -> None:
    siphoned = Heard()
    drain = build(stack, drain_state, listeners={"*": heard}, siphon={"orders": siphoned})

    Deliverer(drain)([event(1), event(2, topic="orders")])

    assert [len(one.urls) for one in (heard, siphoned)] == [1, 1]


@pytest.mark.parametrize("stack", STACKS)
def test_what_failed_comes_again_and_the_rest_is_done(stack: Any, drain_state: State) -> None:
    handled: list[str | None] = []
    broken = {"2"}

    def on_bid(one: Event) -> None:
        if one.id in broken:
            raise OSError("disk full")
        handled.append(one.id)

    deliver = Deliverer(build(stack, drain_state, listeners={"bids": each(on_bid)}))
    answer = deliver([event(1), event(2), event(3)])
    assert (answer.status_code, answer.json) == (200, {"failed": ["2"]})

    broken.clear()
    assert deliver([event(1), event(2), event(3)]).status_code == 204
    assert handled == ["1", "3", "2"]


def test_mapping_marks_what_has_changed_and_drops_old_news(drain_state: State) -> None:
    drain = Mapping(uuid=UUID, secrets=[SECRET], state=drain_state)
    deliver = Deliverer(drain)
    deliver([event(5, url=U)])
    looked: list[str] = []
    drain.dirty.sweep(looked.append)
    deliver([event(4, url=U)])

    assert looked == [U]
    assert drain.dirty.count() == 0


def test_cache_busting_busts(drain_state: State) -> None:
    drain_state.cache.write(U, "me", b"old", "", 0)
    Deliverer(build(CacheBusting, drain_state))([event(1, url=U)])

    assert drain_state.cache.read(U, "me").body is None


def test_caching_busts_and_has_it_fetched_but_not_for_old_news(drain_state: State) -> None:
    queued: list[str] = []
    drain_state.cache.write(U, "me", b"old", "", 0)
    deliver = Deliverer(build(Caching, drain_state, prefetch=queued.extend))
    deliver([event(5, url=U)])
    deliver([event(4, url=U)])

    assert drain_state.cache.read(U, "me").body is None
    assert queued == [U]


def test_a_state_that_is_away_is_a_503_and_nothing_is_lost() -> None:
    def away(_events: Sequence[Event]) -> Any:
        raise StateUnavailable("OperationalError")

    answer = Deliverer(Endpoint(uuid=UUID, secrets=[SECRET], receive=away))([event(1)])

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_each_context_with_a_state_of_its_own_gets_every_event(tmp_path: Path) -> None:
    heard = [Heard(), Heard()]
    states = [open_state(f"sqlite:///{tmp_path}/{number}.sqlite3") for number in range(2)]
    for number, state in enumerate(states):
        listeners = {"bids": heard[number]}
        drain = Basic(uuid=UUID, secrets=[SECRET], state=state, listeners=listeners)
        Deliverer(drain)([event(1), event(2)])
        state.close()

    assert [len(one.urls) for one in heard] == [2, 2]
