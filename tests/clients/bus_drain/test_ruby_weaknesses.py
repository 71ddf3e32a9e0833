"""Every weakness of routemaster-drain, shown absent from a whole stack. Details: the files beside.

Two need a TLS server and a process to kill, so they are elsewhere: unverified TLS in
fetch/test_limits.py, the swept URL lost on kill in test_dirty.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from bus_drain import Event, Mapping
from bus_drain.state import State

from .conftest import SECRET, UUID, Deliverer, Heard, event, signature_headers

U = "https://bids.example/bids/1"


def deliverer(state: State, listener: Any) -> Deliverer:
    return Deliverer(
        Mapping(uuid=UUID, secrets=[SECRET], state=state, listeners={"bids": listener})
    )


def test_state_is_saved_after_the_handler_ran(drain_state: State) -> None:
    known: list[Any] = []

    def fails_once(events: Sequence[Event]) -> None:
        known.append((drain_state.newest.of([U]), drain_state.seen.which(["1"])))
        if len(known) == 1:
            raise OSError("disk full")

    deliver = deliverer(drain_state, fails_once)

    assert deliver([event(1, url=U)]).status_code == 500
    assert deliver([event(1, url=U)]).status_code == 204
    assert known == [({}, frozenset())] * 2


def test_equal_timestamps_of_different_types_are_both_heard(
    drain_state: State, heard: Heard
) -> None:
    deliver = deliverer(drain_state, heard)
    for type_ in ("create", "update", "delete"):
        assert (
            deliver([event(1, url=U, type=type_, t=5, id=None, position=None)]).status_code == 204
        )

    assert [one.type for batch in heard.batches for one in batch] == ["create", "update", "delete"]


def test_a_charset_in_the_content_type_is_fine(drain_state: State, heard: Heard) -> None:
    answer = deliverer(drain_state, heard)(
        [event(1)], content_type="application/json; charset=utf-8"
    )

    assert answer.status_code == 204
    assert len(heard.urls) == 1


def test_an_object_instead_of_an_array_is_refused_and_breaks_nothing(
    drain_state: State, heard: Heard
) -> None:
    assert deliverer(drain_state, heard)(event(1)).status_code == 400
    assert heard.urls == []


@pytest.mark.parametrize("uuid", [UUID[:-1], UUID[1:], UUID[1:-1], "", UUID + UUID])
def test_a_part_of_the_token_is_no_token(drain_state: State, heard: Heard, uuid: str) -> None:
    body = json.dumps([event(1)]).encode()
    answer = deliverer(drain_state, heard)(body=body, headers=signature_headers(body, uuid=uuid))

    assert answer.status_code == 401
    assert heard.urls == []
