from typing import Any

import pytest

from bus.delivery.answer import Answer
from bus.delivery.records.attempt_log import Exchange
from bus.delivery.records.latency import LatencyCounts
from bus.delivery.wire.request import Request
from bus.model.latency import DELIVERY, PUBLISH_TO_DELIVERY, LatencyHistogram
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven
from tests.bus.receiver import Receiver
from tests.bus.samples import log_event, publication, subscription, wanted


def test_attempts_and_the_way_of_each_event_are_timed(
    storage: Storage, clock: FakeClock, receiver: Receiver
) -> None:
    storage.clients.add_token("ada", "digest")
    ada = storage.clients.find("digest")[1].id
    storage.subscriptions.replace(ada, wanted(receiver.url), "whsec_" + "a" * 32)
    storage.log.append([publication(ada, "https://x.example/1", "https://x.example/2")])
    clock.forward(1_500)
    storage.log.append([publication(ada, "https://x.example/3")])
    driven = Driven(storage, clock)
    driven.until(lambda: len(receiver.urls) == 3 and storage.overviews.every()[0].sent == 3)
    driven.pusher.close()
    found = storage.latencies.all()
    assert found[DELIVERY].counts.total() == len(receiver.deliveries)
    assert dict(found[PUBLISH_TO_DELIVERY].counts) == {1: 1, 2_000: 2}
    assert found[PUBLISH_TO_DELIVERY].sum_ms == 3_000


class Latencies:
    """A store that keeps what it was given."""

    def __init__(self) -> None:
        self.added: list[dict[str, LatencyHistogram]] = []

    def add(self, noted: dict[str, LatencyHistogram]) -> None:
        self.added.append(noted)


def exchange(*published_at_ms: int, ended_ms: int, status: int = 204, **fields: Any) -> Exchange:
    """An attempt of a second that ended then."""
    events = [
        log_event(position, published_at_ms=at_ms)
        for position, at_ms in enumerate(published_at_ms, 1)
    ]
    request = Request("https://x.example/", (), b"")
    made = subscription(), request, Answer(1, status, None), ended_ms - 1_000, 1_000, 1, events
    return Exchange(*made, **fields)


@pytest.mark.parametrize(
    ("published_at_ms", "buckets", "sum_ms"),
    [
        ([10_000, 10_010, 10_020], {2_000: 3}, 1_490 + 1_500 + 1_510),
        ([10_000, 11_500], {10: 1, 2_000: 1}, 1_520),
        ([60_000, 60_001], {1: 2}, 0),  # by a clock that is ahead
        ([60_000, 10_000], {1: 1, 2_000: 1}, 1_510),
    ],
)
def test_a_batch_is_timed_event_by_event_whether_alike_or_not(
    published_at_ms: list[int], buckets: dict[int, int], sum_ms: int
) -> None:
    store = Latencies()
    counts = LatencyCounts(store, lambda: 0)  # type: ignore[arg-type]
    counts.add(exchange(*published_at_ms, ended_ms=11_510))
    counts.flush()
    (noted,) = store.added
    way = noted[PUBLISH_TO_DELIVERY]
    assert (dict(way.counts), way.sum_ms) == (buckets, sum_ms)
    assert (dict(noted[DELIVERY].counts), noted[DELIVERY].sum_ms) == ({1_000: 1}, 1_000)


def test_what_was_not_taken_is_an_attempt_and_what_was_asked_for_is_none() -> None:
    store = Latencies()
    counts = LatencyCounts(store, lambda: 0)  # type: ignore[arg-type]
    counts.add(exchange(0, ended_ms=5_000, status=500))
    counts.add(exchange(0, ended_ms=5_000, resend=True))
    counts.flush()
    (noted,) = store.added
    assert (noted[DELIVERY].counts.total(), noted[PUBLISH_TO_DELIVERY].counts.total()) == (1, 0)


def test_what_was_counted_is_stored_once_a_second_and_nothing_where_there_was_nothing() -> None:
    store, now_ms = Latencies(), [5_000]
    counts = LatencyCounts(store, lambda: now_ms[0])  # type: ignore[arg-type]
    counts.flush_if_due()
    counts.flush()
    assert store.added == []
    for at_ms, stored in ((5_000, 0), (5_999, 0), (6_000, 1), (6_500, 1), (7_000, 2)):
        now_ms[0] = at_ms
        counts.add(exchange(0, ended_ms=5_000))
        counts.flush_if_due()
        assert len(store.added) == stored
