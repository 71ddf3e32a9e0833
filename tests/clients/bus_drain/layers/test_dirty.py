"""What is dirty stays so until somebody has looked at it."""

from __future__ import annotations

import pytest
from bus_drain import DirtyMap, MarkDirty
from bus_drain.state import State

from tests.clients.bus_drain.conftest import Below, Clock, made

U, V, W = (f"https://bids.example/bids/{number}" for number in (1, 2, 3))


@pytest.fixture
def dirty(drain_state: State, clock: Clock) -> DirtyMap:
    return DirtyMap(drain_state.marks, clock=clock)


def test_a_sweep_looks_at_every_marked_url_once_the_oldest_first(
    dirty: DirtyMap, clock: Clock
) -> None:
    looked: list[str] = []
    dirty.mark([V])
    clock.ms += 1
    dirty.mark([U, V])

    assert dirty.count() == 2
    swept = dirty.sweep(looked.append)

    assert looked == [V, U]
    assert (swept.cleaned, swept.failed, dirty.count()) == (2, 0, 0)
    assert dirty.sweep(looked.append).cleaned == 0


def test_a_mark_set_during_a_sweep_survives_it(dirty: DirtyMap) -> None:
    looked: list[str] = []

    def look(url: str) -> None:
        looked.append(url)
        if len(looked) == 1:
            dirty.mark([url, W])

    dirty.mark([U])
    dirty.sweep(look)
    assert dirty.count() == 2

    dirty.sweep(look)
    assert looked[0] == U
    assert sorted(looked[1:]) == [U, W]
    assert dirty.count() == 0


def test_a_look_that_fails_leaves_its_mark_and_no_other(dirty: DirtyMap) -> None:
    def look(url: str) -> None:
        if url == U:
            raise OSError("no route to host")

    dirty.mark([U, V])
    swept = dirty.sweep(look)

    assert (swept.cleaned, swept.failed) == (1, 1)
    assert dirty.sweep_one(V, look) is False
    assert dirty.sweep_one(U, look) is False
    assert dirty.sweep_one(U, lambda url: None) is True
    assert dirty.count() == 0


def test_a_sweep_may_be_limited(dirty: DirtyMap, clock: Clock) -> None:
    looked: list[str] = []
    for url in (U, V, W):
        dirty.mark([url])
        clock.ms += 1

    dirty.sweep(looked.append, limit=2)

    assert looked == [U, V]
    assert dirty.count() == 1


def test_one_is_looked_at_only_if_it_is_marked(dirty: DirtyMap) -> None:
    looked: list[str] = []
    dirty.mark([U])

    assert dirty.sweep_one(V, looked.append) is False
    assert dirty.sweep_one(U, looked.append) is True
    assert (looked, dirty.count()) == ([U], 0)


def test_what_the_bus_says_to_the_receiver_is_nothing_to_look_at(
    dirty: DirtyMap, below: Below
) -> None:
    test, resync = (made(1, topic="bus", type=type, url=V) for type in ("noop", "resync"))
    MarkDirty(dirty, below)([test, resync, made(2, topic="bus", type="update", url=W)])

    assert dirty.count() == 1
    assert dirty.sweep_one(W, lambda _url: None)
    assert len(below.batches) == 1


def test_the_layer_marks_what_came_deleted_or_not(dirty: DirtyMap, below: Below) -> None:
    MarkDirty(dirty, below)([made(1), made(1, type="update"), made(2, type="delete")])

    assert dirty.count() == 2
    assert len(below.batches) == 1
