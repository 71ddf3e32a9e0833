"""Which listener gets which events."""

from __future__ import annotations

import json

from bus_drain import Event, Listeners, parse

from .conftest import Heard, event


def events(*topics: str) -> tuple[Event, ...]:
    batch = [event(number, topic=topic) for number, topic in enumerate(topics)]
    return parse(json.dumps(batch).encode(), "application/json")


def test_each_listener_gets_its_topic_only_and_in_order() -> None:
    bids, auctions = Heard(), Heard()

    Listeners({"bids": bids, "auctions": auctions})(events("bids", "auctions", "bids"))

    assert [[e.id for e in batch] for batch in bids.batches] == [["0", "2"]]
    assert [[e.id for e in batch] for batch in auctions.batches] == [["1"]]


def test_the_star_takes_every_other_topic_as_one_batch() -> None:
    bids, rest = Heard(), Heard()

    Listeners({"bids": bids, "*": rest})(events("auctions", "bids", "customers"))

    assert [[e.id for e in batch] for batch in rest.batches] == [["0", "2"]]


def test_events_nobody_listens_to_are_settled() -> None:
    assert Listeners({})(events("bids")).failed == ()


def test_a_failing_listener_fails_its_own_events_and_no_others() -> None:
    bids, auctions = Heard(error=OSError("disk full")), Heard()

    outcome = Listeners({"bids": bids, "auctions": auctions})(events("bids", "auctions"))

    assert [e.topic for e in outcome.failed] == ["bids"]
    assert len(auctions.batches) == 1
