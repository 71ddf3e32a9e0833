"""Drains that share a database lose nothing to each other, and none takes another's state for its
own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bus_drain import Basic, CacheBusting, Caching, Mapping, open_state
from bus_drain.errors import BadSettings
from bus_drain.jobs.command import main
from bus_drain.state import JobRun, Known, State
from click.testing import CliRunner

from tests.clients.bus_drain.conftest import (
    SECRET,
    Deliverer,
    Heard,
    event,
    signature_headers,
)

U = "https://bids.example/bids/1"
STACKS = [Basic, Mapping, CacheBusting, Caching]


def build(stack: Any, state: State, uuid: str, **settings: Any) -> Any:
    if stack is Caching:
        settings["prefetch"] = lambda urls: None
    return stack(uuid=uuid, secrets=[SECRET], state=state, **settings)


@pytest.mark.parametrize("uuids", [("same", "same"), ("one", "another")])
def test_named_drains_on_one_state_get_every_event_each(
    state_url: str, uuids: tuple[str, str]
) -> None:
    for stack in STACKS:
        name = stack.__name__.lower()
        for number, uuid in enumerate(uuids):
            heard, state = Heard(), open_state(state_url, drain=f"{name}_{number}")
            drain = build(stack, state, uuid, listeners={"bids": heard})
            for _ in range(2):
                body = json.dumps([event(1), event(2)]).encode()
                headers = signature_headers(body, uuid=uuid)
                assert Deliverer(drain)(body=body, headers=headers).status_code == 204
            assert len(heard.urls) == 2
            state.close()


def test_what_one_remembers_the_other_does_not(state_url: str) -> None:
    mine, theirs = (open_state(state_url, drain=name) for name in ("mine", "theirs"))
    mine.seen.add(["1"], 1)
    mine.newest.learn({U: Known(7, 1)}, 1, lambda _one, _known: False)
    mine.marks.set([U], 1)
    mine.cache.write(U, "me", b"kept", "", 1)
    mine.runs.add(JobRun(id="r", iteration="i", argument=U, status="waiting"))

    assert mine.seen.which(["1"])
    assert not theirs.seen.which(["1"])
    assert mine.newest.of([U])
    assert not theirs.newest.of([U])
    assert (mine.marks.count(), theirs.marks.count()) == (1, 0)
    assert (mine.cache.read(U, "me").body, theirs.cache.read(U, "me").body) == (b"kept", None)
    assert mine.runs.get("r")
    assert theirs.runs.get("r") is None
    for forget in (theirs.seen.forget, theirs.newest.forget, theirs.cache.forget):
        forget(2)
    theirs.cache.bust([U], 2)
    assert mine.seen.which(["1"])
    assert mine.newest.of([U])
    assert mine.cache.read(U, "me").body == b"kept"
    for state in (mine, theirs):
        state.close()


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("name", ["", "orders"])
def test_another_drain_is_refused_at_start_whichever_process_it_is_in(
    state_url: str, stack: Any, name: str
) -> None:
    first = open_state(state_url, drain=name)
    build(stack, first, "one")
    build(Basic, first, "one")  # another endpoint of the same subscription
    first.close()  # as if its process had ended

    second = open_state(state_url, drain=name)
    with pytest.raises(BadSettings, match="give each a name"):
        build(stack, second, "another")
    second.close()


def test_a_drain_with_a_new_uuid_goes_on_with_what_it_remembers(state_url: str) -> None:
    before = open_state(state_url, drain="orders")
    build(Mapping, before, "old").dirty.mark([U])
    before.close()

    told = CliRunner().invoke(main, ["release", state_url, "--drain", "orders"])
    after = open_state(state_url, drain="orders")

    assert (told.exit_code, told.output) == (0, "")
    assert build(Mapping, after, "new").dirty.count() == 1
    after.close()


@pytest.mark.parametrize("name", ["Orders", "a-b", "1st", "_a", "a" * 33, "a;--", "ä", " a", "a\n"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(BadSettings, match="a drain's name is"):
        open_state("sqlite:///nowhere", drain=name)


def test_release_says_what_is_wrong_in_a_line() -> None:
    told = CliRunner().invoke(main, ["release", "mysql://nowhere"])
    assert (told.exit_code, told.output) == (1, "Error: no engine for a state at mysql:\n")
