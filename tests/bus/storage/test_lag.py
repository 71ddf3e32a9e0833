"""How much is ahead of a cursor, and since when: by topic, and without counting rows."""

import pytest
from service_kit.database import reading

from bus.model.topic_filter import TopicFilter
from bus.storage import Storage
from bus.storage.lag import backlog, count_ahead, snapshot_left
from tests.bus.clock import START_MS, FakeClock
from tests.bus.delivery.pushing import overview, publishing, subscribe

LOG = ("orders", "bids", "bids", "bus", "orders", "bids")
"""Topics of the positions from 1 on, a second apart."""


@pytest.fixture
def told(storage: Storage, clock: FakeClock) -> None:
    publish = publishing(storage)
    for number, topic in enumerate(LOG):
        publish(str(number), topic=topic, type="create" if number % 2 else "update")
        clock.forward(1_000)


def ahead(storage: Storage, after: int, *filters: TopicFilter) -> tuple[int, int | None]:
    """So many, and the number of the second when the first of them was published."""
    with reading(storage.engine) as connection:
        count, oldest_ms = backlog(connection, after, filters)
    return count, None if oldest_ms is None else (oldest_ms - START_MS) // 1_000


BIDS, ORDERS, EVERY = map(TopicFilter, ("bids", "orders", "*"))


AHEAD: list[tuple[int, list[TopicFilter], tuple[int, int | None]]] = [
    (0, [BIDS], (3, 1)),
    (2, [BIDS], (2, 2)),
    (3, [BIDS], (1, 5)),
    (6, [BIDS], (0, None)),
    (0, [ORDERS], (2, 0)),
    (1, [ORDERS], (1, 4)),
    (0, [BIDS, ORDERS], (5, 0)),
    (1, [ORDERS, BIDS], (4, 1)),
    (0, [EVERY], (5, 0)),
    (1, [EVERY], (4, 1)),
    (3, [EVERY], (2, 4)),
    (3, [EVERY, BIDS], (2, 4)),
    (3, [EVERY, TopicFilter("bus")], (3, 3)),
    (0, [TopicFilter("bids", after=2)], (2, 2)),
    (0, [TopicFilter("bids", after=2, until=3)], (1, 2)),
    (0, [TopicFilter("bids", after=1), TopicFilter("bids", type="create")], (3, 1)),
    (0, [TopicFilter("bids", until=2), TopicFilter("bids", until=3)], (2, 1)),
    (0, [TopicFilter("bids", until=2), TopicFilter("bids")], (3, 1)),
    (0, [TopicFilter("nothing")], (0, None)),
    (0, [], (0, None)),
]
"""After so many, of what is wanted."""


@pytest.mark.usefixtures("told")
def test_what_waits_is_counted_by_topic_and_is_as_old_as_the_first_of_it(storage: Storage) -> None:
    for after, filters, found in AHEAD:
        assert ahead(storage, after, *filters) == found, (after, filters)


@pytest.mark.usefixtures("told")
def test_what_was_trimmed_does_not_wait(storage: Storage) -> None:
    storage.log.trim(before=3)
    assert ahead(storage, 0, BIDS) == (2, 2)
    assert ahead(storage, 0, ORDERS) == (1, 4)
    assert ahead(storage, 0, EVERY) == (3, 2)
    storage.log.trim(before=99)
    assert ahead(storage, 0, BIDS) == (1, 5)
    assert ahead(storage, 0, ORDERS) == (0, None)


@pytest.mark.usefixtures("told")
def test_counted_by_rows_types_are_told_apart(storage: Storage) -> None:
    counts: list[tuple[int, list[TopicFilter], int]] = [
        (0, [BIDS], 3),
        (2, [BIDS], 2),
        (0, [TopicFilter("bids", type="create")], 2),
        (0, [TopicFilter("bids", after=2)], 2),
        (0, [TopicFilter("bids", until=3)], 2),
        (0, [BIDS, ORDERS], 5),
        (0, [EVERY], 5),
        (0, [], 0),
    ]
    with reading(storage.engine) as connection:
        for after, filters, count in counts:
            assert count_ahead(connection, after, filters) == count, (after, filters)


@pytest.mark.usefixtures("told")
def test_of_a_snapshot_it_is_told_by_numbers_what_is_left(storage: Storage) -> None:
    subscribe(storage, "https://s.example/")
    ours = overview(storage).subscription.id
    storage.snapshots.store(ours, [1, 3, 5])
    for after, left in ((0, (3, 0)), (1, (2, 2)), (3, (1, 4)), (5, (0, None))):
        with reading(storage.engine) as connection:
            count, at_ms = snapshot_left(connection, ours, after)
        assert (count, None if at_ms is None else (at_ms - START_MS) // 1_000) == left
