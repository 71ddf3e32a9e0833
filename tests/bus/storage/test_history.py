"""Counts over time: an hour, a day and a week of them (docs/delivery.md D29)."""

import pytest

from bus.model.history import DeliveryCounts, HistoryPoint, Span
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import client_id, publishing, subscribe

MINUTE_MS = 60_000


@pytest.fixture
def ours(storage: Storage) -> int:
    subscribe(storage, "https://s.example/", "bids", "offers.create")
    return storage.overviews.one("subscriber", "default").subscription.id


def points(storage: Storage, clock: FakeClock, span: Span = Span.HOUR) -> list[HistoryPoint]:
    return storage.history.points(span, clock(), subscriptions=None, topics=None)


def test_each_point_has_what_happened_in_its_time(
    storage: Storage, clock: FakeClock, ours: int
) -> None:
    publish = publishing(storage)
    storage.history.sample(clock())
    for minute in (1, 2):
        clock.forward(MINUTE_MS)
        publish(*map(str, range(minute * 10)))
        storage.history.add({ours: DeliveryCounts(minute, 0), 99: DeliveryCounts(5, 1)}, clock())
        storage.history.add({ours: DeliveryCounts(minute, 2)}, clock())
        storage.history.sample(clock())
    found = points(storage, clock)
    assert len(found) == 60
    assert [one.published for one in found[-3:]] == [0, 10, 20]
    assert [one.delivered for one in found[-3:]] == [0, 7, 9]
    assert [one.failed for one in found[-3:]] == [0, 3, 3]
    assert sum(one.published for one in points(storage, clock, Span.WEEK)) == 30
    mine = storage.history.points(Span.HOUR, clock(), subscriptions=[ours], topics={"offers"})
    assert (mine[-1].published, mine[-1].delivered) == (0, 4)
    nobody = storage.history.points(Span.HOUR, clock(), subscriptions=[], topics=set())
    assert {one.delivered + one.published for one in nobody} == {0}


def test_the_worst_lag_of_a_time_is_kept(storage: Storage, clock: FakeClock, ours: int) -> None:
    publish = publishing(storage)
    publish("1", topic="offers", type="update")
    clock.forward(1_000)
    storage.history.sample(clock())
    assert points(storage, clock)[-1].lag == 0
    publish("2", topic="offers")
    clock.forward(2_000)
    storage.history.sample(clock())
    subscribe(storage, "https://s.example/", "other", by="stranger", name="all")
    storage.history.sample(clock())
    assert points(storage, clock)[-1].lag == 2_000


def test_who_gets_every_topic_lags_too(storage: Storage, clock: FakeClock) -> None:
    subscribe(storage, "https://s.example/", "*")
    publishing(storage)("1", topic="whatever")
    clock.forward(3_000)
    storage.history.sample(clock())
    assert points(storage, clock)[-1].lag == 3_000


def test_no_more_is_kept_than_is_shown(storage: Storage, clock: FakeClock, ours: int) -> None:
    for _ in range(70):
        storage.history.add({ours: DeliveryCounts(1, 0)}, clock())
        storage.history.sample(clock())
        clock.forward(MINUTE_MS)
    rows = storage.history._driver.rows(
        "SELECT step_ms, count(*) FROM subscription_history GROUP BY step_ms"
    )
    assert dict(rows)[MINUTE_MS] <= 61
    assert sum(one.delivered for one in points(storage, clock, Span.DAY)) == 70


def test_a_topic_that_was_made_since_counts_from_nothing(
    storage: Storage, clock: FakeClock
) -> None:
    storage.topics.claim(["old"], client_id(storage, "publisher"))
    storage.history.sample(clock())
    clock.forward(MINUTE_MS)
    publishing(storage)("1", "2", topic="new")
    storage.history.sample(clock())
    assert points(storage, clock)[-1].published == 2


@pytest.mark.parametrize("silent_minutes", [0, 30, 61])
def test_a_topics_own_points_are_those_that_it_has_among_all(
    storage: Storage, clock: FakeClock, silent_minutes: int
) -> None:
    publish = publishing(storage)
    for minute in range(70):
        clock.forward(MINUTE_MS)
        publish(*map(str, range(minute % 7)))
        storage.history.sample(clock())
    clock.forward(silent_minutes * MINUTE_MS)

    def published(span: Span, topics: set[str] | None) -> list[int]:
        found = storage.history.points(span, clock(), subscriptions=(), topics=topics)
        return [one.published for one in found]

    for span in Span:
        assert published(span, {"bids"}) == published(span, None)
        assert not any(published(span, {"others"}))
        assert not any(published(span, set()))
