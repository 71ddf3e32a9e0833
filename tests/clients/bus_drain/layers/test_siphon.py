"""Chosen topics go their own way."""

from __future__ import annotations

import pytest
from bus_drain import RESYNC, BadSettings, Listeners, Siphon
from service_kit.errors import StoreUnavailable

from tests.clients.bus_drain.conftest import Below, Heard, failing, made


def test_siphoned_topics_and_types_go_no_further(below: Below, heard: Heard) -> None:
    siphon = Siphon({"orders": heard, "bids.delete": heard}, below)

    siphon([made(1), made(2, topic="orders"), made(3, type="delete"), made(4)])

    assert [[one.id for one in batch] for batch in heard.batches] == [["2"], ["3"]]
    assert below.ids == [["1", "4"]]


def test_a_batch_without_any_passes_as_it_is(below: Below, heard: Heard) -> None:
    Siphon({"orders": heard}, below)([made(1)])

    assert below.ids == [["1"]]
    assert heard.batches == []


def test_a_batch_of_nothing_else_stops_here(below: Below, heard: Heard) -> None:
    Siphon({"orders": heard}, below)([made(1, topic="orders")])

    assert below.batches == []


def test_failures_of_both_ways_are_told(below: Below) -> None:
    below.fails = {"1"}
    outcome = Siphon({"orders": failing("2")}, below)([made(1), made(2, topic="orders"), made(3)])

    assert {one.id for one in outcome.failed} == {"1", "2"}


@pytest.mark.parametrize(
    ("siphoned", "rest", "unavailable"),
    [
        (StoreUnavailable("away"), None, True),
        (None, StoreUnavailable("away"), True),
        (OSError("disk full"), OSError("disk full"), False),
        (None, None, False),
    ],
)
def test_a_store_that_is_away_on_either_way_is_told(
    siphoned: Exception | None, rest: Exception | None, unavailable: bool
) -> None:
    below = Listeners({"bids": Heard(error=rest)})
    outcome = Siphon({"orders": Heard(error=siphoned)}, below)([made(1), made(2, topic="orders")])

    assert outcome.unavailable is unavailable


def test_a_resync_that_goes_on_is_the_business_of_who_is_below(
    heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    resyncs = Heard()
    resync, order = made(1, topic="bus", type="resync"), made(2, topic="orders")

    Siphon({"orders": heard}, Listeners({RESYNC: resyncs}))([resync, order])

    assert (heard.batches, resyncs.batches, caplog.records) == ([[order]], [[resync]], [])


def test_all_topics_are_no_siphon(below: Below, heard: Heard) -> None:
    with pytest.raises(BadSettings):
        Siphon({"*": heard}, below)
