"""Reads of the log that consumers share: never anything that the log would not say."""

from hypothesis import given
from hypothesis import strategies as st

from bus.delivery.log_cache import LogCache, Topics
from bus.log.event_log import ReadFence
from bus.model.event import LogEvent
from tests.bus.samples import log_event

BIDS = frozenset({"bids"})
_PLACES = st.integers(0, 40)
_TOPICS = st.sampled_from([None, BIDS, frozenset({"bids", "orders"})])
_READS = st.tuples(_PLACES, _TOPICS, st.integers(1, 6), st.integers(0, 10))
_STEPS = st.lists(st.one_of(_READS, st.sampled_from(["bids", "orders", "trim"])), max_size=60)


class Log:
    """A log in memory that counts how often it is read, and may be trimmed."""

    def __init__(self, events: int = 0) -> None:
        self.events: list[LogEvent] = []
        self.last = self.reads = 0
        for _ in range(events):
            self.append("bids")

    def append(self, topic: str) -> None:
        self.last += 1
        self.events.append(log_event(self.last, topic=topic))

    def trim(self) -> None:
        del self.events[: len(self.events) // 2]

    def after(self, position: int, topics: Topics) -> list[LogEvent]:
        later = [event for event in self.events if event.position > position]
        return [event for event in later if topics is None or event.topic in topics]

    def read_fenced(
        self, position: int, topics: Topics, limit: int
    ) -> tuple[list[LogEvent], ReadFence]:
        self.reads += 1
        return self.after(position, topics)[:limit], self.read_fence()

    def read_fence(self) -> ReadFence:
        return ReadFence(1, self.events[0].position if self.events else 0)


def pages_of(log: Log) -> LogCache:
    return LogCache(log, log.read_fence)  # type: ignore[arg-type]


def test_consumers_at_one_place_read_the_log_once() -> None:
    log = Log(100)
    pages = pages_of(log)
    runs = [pages.read(10, BIDS, least=5, most=20) for _ in range(100)]
    assert log.reads == 1
    assert {tuple(event.position for event in run.events) for run in runs} == {tuple(range(11, 31))}


def test_a_lane_a_little_ahead_gets_what_is_left_of_the_page() -> None:
    log = Log(100)
    pages = pages_of(log)
    pages.read(10, BIDS, least=5, most=20)
    run = pages.read(22, BIDS, least=5, most=20)
    assert (run.events, run.ended, log.reads) == (log.events[22:30], False, 1)


def test_too_little_at_hand_is_not_the_end_of_the_log() -> None:
    log = Log(100)
    pages = pages_of(log)
    pages.read(10, BIDS, least=5, most=20)
    run = pages.read(27, BIDS, least=5, most=20)
    assert (run.events, run.ended, log.reads) == (log.events[27:47], False, 2)


@given(_STEPS)
def test_what_is_handed_out_is_what_the_log_says_now(steps: list[object]) -> None:
    log = Log(20)
    pages = pages_of(log)
    for step in steps:
        if isinstance(step, tuple):
            position, topics, least, more = step
            run = pages.read(position, topics, least=least, most=least + more)
            there = log.after(position, topics)
            assert run.events == there[: len(run.events)]
            assert len(run.events) >= min(least, len(there))
            if run.ended:
                assert run.events == there
            else:
                assert run.events
        elif step == "trim":
            log.trim()
        else:
            log.append(str(step))


def test_as_many_as_are_wanted_at_hand_are_enough() -> None:
    log = Log(100)
    pages = pages_of(log)
    pages.read(10, BIDS, least=5, most=20)
    run = pages.read(25, BIDS, least=5, most=20)
    assert (run.events, log.reads) == (log.events[25:30], 1)


def test_what_was_trimmed_up_to_the_place_of_a_consumer_is_nothing_to_it() -> None:
    log = Log(100)
    pages = pages_of(log)
    pages.read(50, BIDS, least=5, most=20)
    log.trim()
    assert log.events[0].position == 51
    pages.read(50, BIDS, least=5, most=20)
    assert log.reads == 1
    log.trim()
    pages.read(50, BIDS, least=5, most=20)
    assert log.reads == 2
