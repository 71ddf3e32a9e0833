"""What is older than known for its URL is dropped; nothing is known before it was handled."""

from __future__ import annotations

import pytest
from bus_drain import Filter
from bus_drain.layers.filter import is_older
from bus_drain.state import Known, State

from tests.clients.bus_drain.conftest import Below, Clock, made

U = "https://bids.example/bids/1"
DAY_MS = 24 * 3_600_000


@pytest.mark.parametrize(
    ("one", "known", "older"),
    [
        (Known(6, 100), Known(7, 100), True),
        (Known(6, 99), Known(7, 100), True),
        (Known(6, 101), Known(7, 100), False),
        (Known(7, 0), Known(7, 100), False),
        (Known(8, 0), Known(7, 100), False),
        (Known(None, 99), Known(None, 100), True),
        (Known(None, 100), Known(None, 100), False),
        (Known(None, 101), Known(None, 100), False),
        (Known(None, 99), Known(7, 100), True),
        (Known(6, 100), Known(None, 100), False),
    ],
)
def test_what_is_older(one: Known, known: Known, older: bool) -> None:
    assert is_older(one, known) is older


def test_older_news_of_a_url_is_dropped_and_settled(drain_state: State, below: Below) -> None:
    layer = Filter(drain_state.newest, below)
    layer([made(7, url=U)])

    assert layer([made(6, url=U)]).failed == ()
    assert below.ids == [["7"]]


def test_news_of_another_url_is_no_measure(drain_state: State, below: Below) -> None:
    layer = Filter(drain_state.newest, below)
    layer([made(7, url=U)])
    layer([made(6, url=U + "0")])

    assert below.ids == [["7"], ["6"]]


def test_a_batch_keeps_all_its_events_of_one_url(drain_state: State, below: Below) -> None:
    Filter(drain_state.newest, below)([made(6, url=U), made(7, url=U), made(8, url=U)])

    assert below.ids == [["6", "7", "8"]]


def test_nothing_is_known_of_what_failed(drain_state: State, below: Below) -> None:
    layer = Filter(drain_state.newest, below)
    below.fails = {"7"}
    layer([made(7, url=U)])
    assert drain_state.newest.of([U]) == {}

    below.fails = set()
    layer([made(6, url=U), made(7, url=U)])
    assert below.ids == [["7"], ["6", "7"]]


def test_a_later_success_does_not_make_an_earlier_failure_look_old(
    drain_state: State, below: Below
) -> None:
    layer = Filter(drain_state.newest, below)
    below.fails = {"7"}
    layer([made(6, url=U), made(7, url=U), made(8, url=U)])
    assert drain_state.newest.of([U])[U].position == 6

    below.fails = set()
    layer([made(7, url=U)])
    assert below.ids[-1] == ["7"]


def test_nothing_is_learned_when_the_layer_below_breaks(drain_state: State) -> None:
    def breaks(_events: object) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        Filter(drain_state.newest, breaks)([made(7, url=U)])  # type: ignore[arg-type]
    assert drain_state.newest.of([U]) == {}


def test_a_bus_whose_log_began_anew_is_heard(drain_state: State, below: Below) -> None:
    layer = Filter(drain_state.newest, below)
    layer([made(900, url=U, t=1000)])
    layer([made(1, url=U, t=1001)])
    layer([made(2, url=U, t=1001)])

    assert below.ids == [["900"], ["1"], ["2"]]


def test_what_is_known_is_forgotten_after_a_month(
    drain_state: State, below: Below, clock: Clock
) -> None:
    layer = Filter(drain_state.newest, below, clock=clock)
    layer([made(7, url=U)])
    clock.ms += 30 * 86_400_000
    layer([made(8, url="https://bids.example/bids/2")])
    assert U in drain_state.newest.of([U])
    clock.ms += 3_600_000
    layer([made(9, url="https://bids.example/bids/2")])

    assert U not in drain_state.newest.of([U])
