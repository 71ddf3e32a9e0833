import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.tokens import digest
from structlog.testing import capture_logs

from bus.log import retention as rules
from bus.log.retention import Retention, first_where
from bus.model.event import LogPoint
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS
from tests.bus.samples import publication

DAY_MS = 86_400_000


@pytest.fixture
def publisher(storage: Storage) -> int:
    found = storage.clients.find(digest(TOKENS["publisher"]))
    assert found is not None
    return found[1].id


class Steady:
    """A steady clock, of a machine that has been up for a month."""

    at_ms = 30 * DAY_MS

    def __call__(self) -> int:
        return self.at_ms


def retention(storage: Storage, clock: FakeClock, keep_bytes: int | None = None) -> Retention:
    steady = Steady()
    made = Retention(
        storage.log, keep_ms=30 * DAY_MS, keep_bytes=keep_bytes, now_ms=clock, steady_ms=steady
    )
    steady.at_ms += 600_000
    return made


def publish(storage: Storage, publisher: int, count: int) -> None:
    urls = [f"https://x.example/{number}" for number in range(count)]
    storage.log.append([publication(publisher, *urls)])


def test_what_is_older_than_thirty_days_is_forgotten(
    storage: Storage, clock: FakeClock, publisher: int
) -> None:
    for _ in range(4):
        publish(storage, publisher, 5)
        clock.forward(10 * DAY_MS)
    retention(storage, clock).run_once()  # the first five are 40 days old, the next exactly 30
    assert storage.log.first_position() == 6
    assert storage.log.last_position() == 20


def test_a_process_that_has_just_begun_does_not_judge_by_its_clock(
    storage: Storage, clock: FakeClock, publisher: int
) -> None:
    publish(storage, publisher, 5)
    clock.forward(40 * DAY_MS)
    steady = Steady()
    begun = Retention(
        storage.log, keep_ms=30 * DAY_MS, keep_bytes=None, now_ms=clock, steady_ms=steady
    )
    for later_ms, first in ((0, 1), (60_000, 1), (599_999, 1), (600_000, 5)):
        steady.at_ms = 30 * DAY_MS + later_ms
        assert begun.run_once() == 60
        assert storage.log.first_position() == first


@pytest.mark.parametrize("off_ms", [-40 * DAY_MS, 40 * DAY_MS])
def test_what_was_stamped_by_a_wrong_clock_loses_nothing_that_is_young(
    storage: Storage, clock: FakeClock, publisher: int, off_ms: int
) -> None:
    publish(storage, publisher, 5)
    clock.forward(31 * DAY_MS)
    publish(storage, publisher, 5)
    clock.forward(off_ms)
    publish(storage, publisher, 5)
    clock.forward(-off_ms)
    publish(storage, publisher, 5)
    retention(storage, clock).run_once()
    assert storage.log.first_position() == 6


def test_a_young_log_is_left_alone(storage: Storage, clock: FakeClock, publisher: int) -> None:
    retention(storage, clock).run_once()
    publish(storage, publisher, 5)
    retention(storage, clock).run_once()
    assert storage.log.first_position() == 1


def test_the_newest_stays_however_old(storage: Storage, clock: FakeClock, publisher: int) -> None:
    publish(storage, publisher, 5)
    clock.forward(90 * DAY_MS)
    retention(storage, clock).run_once()
    assert storage.log.first_position() == storage.log.last_position() == 5


def test_a_log_that_is_too_large_loses_its_oldest(
    storage: Storage, clock: FakeClock, publisher: int
) -> None:
    publish(storage, publisher, 100)
    sizes = [len(event.body) for event in storage.log.read_after(0, None, 200)]
    retention(storage, clock, keep_bytes=sum(sizes[-30:])).run_once()
    assert storage.log.first_position() == 71
    retention(storage, clock, keep_bytes=sum(sizes[-30:])).run_once()
    assert storage.log.first_position() == 71


def test_a_long_log_is_trimmed_in_steps(storage: Storage, clock: FakeClock, publisher: int) -> None:
    for _ in range(12):
        publish(storage, publisher, 1_000)
    clock.forward(31 * DAY_MS)
    retention(storage, clock).run_once()
    assert storage.log.first_position() == 12_000


class Points:
    """A log of which some positions are gone."""

    def __init__(self, times_ms: list[int]) -> None:
        self.times_ms = times_ms

    def point_at(self, position: int) -> LogPoint | None:
        if position > len(self.times_ms):
            return None
        return LogPoint(position, self.times_ms[position - 1], 0)


@given(st.lists(st.integers(0, 50), min_size=1).map(sorted), st.integers(0, 60))
def test_halving_finds_what_looking_at_all_would(times_ms: list[int], oldest_ms: int) -> None:
    log, last = Points(times_ms), len(times_ms)
    found = first_where(lambda mark: mark.published_at_ms >= oldest_ms, log, 1, last)  # type: ignore[arg-type]
    assert found == next(
        (cursor + 1 for cursor, at_ms in enumerate(times_ms) if at_ms >= oldest_ms), last
    )


def test_it_tells_how_much_it_trimmed_and_nothing_where_there_was_nothing(
    storage: Storage, clock: FakeClock, publisher: int
) -> None:
    publish(storage, publisher, 3)
    with capture_logs() as said:
        retention(storage, clock).run_once()
    assert said == []
    clock.forward(31 * DAY_MS)
    with capture_logs() as said:
        retention(storage, clock).run_once()
    # The newest stays: it is where the log goes on.
    assert [(line["event"], line["events"]) for line in said] == [("trimmed", 2)]


def test_a_day_of_what_is_kept_has_24_hours() -> None:
    assert rules.DAY_MS == DAY_MS
