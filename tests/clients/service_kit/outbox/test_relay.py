"""What was announced is published, whatever the bus thinks of some of it."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from service_kit.database import reading, writing
from service_kit.errors import HttpFailure, TimedOut, UnexpectedStatus, Unreachable
from service_kit.jobs import Job
from service_kit.outbox import Outbox, Relay
from service_kit.worker import listening
from sqlalchemy import Engine, Table, event

from tests.clients.service_kit.outbox.buses import Bus, SomeLeft, taken
from tests.clients.service_kit.outbox.conftest import Clock

Add = Callable[..., None]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """In either engine."""
    on_sqlite = request.param == "sqlite"
    postgres_url: str = "" if on_sqlite else request.getfixturevalue("postgres_url")
    return postgres_url or f"sqlite:///{tmp_path}/db.sqlite3"


def urls(*names: str) -> list[str]:
    return [f"https://x.example/{name}" for name in names]


def drain(relay: Relay) -> None:
    while relay.publish_waiting():
        pass


def test_a_topics_events_leave_in_the_order_they_were_written(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add
) -> None:
    add("1", "2")
    add("a", topic="biddings")
    add("3")
    drain(relay)
    assert bus.by_topic() == {"bids": urls("1", "2", "3"), "biddings": urls("a")}
    assert bus.calls == [3, 1]
    assert outbox.next(9) == []


def test_an_entitys_events_leave_in_order_though_in_two_topics(
    bus: Bus, relay: Relay, add: Add
) -> None:
    add("1", topic="a")
    add("1", topic="b")
    add("1", topic="a")
    drain(relay)
    assert [topic for topic, _ in bus.log] == ["a", "b", "a"]


class Waits:
    """Counts how long it was waited at, without waiting."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> bool:
        self.count += 1
        return False


def job_of(relay: Relay, clock: Clock) -> Job:
    """The job that a service's worker has its relay do."""
    return Job("relay", relay.publish_waiting, away=HttpFailure, clock=clock)


@pytest.mark.parametrize("count", [501, 4_001])
def test_many_leave_before_anybody_waits(
    bus: Bus, relay: Relay, clock: Clock, add: Add, count: int
) -> None:
    names = [str(number) for number in range(count)]
    add(*names)
    waits = Waits()
    body = listening(job_of(relay, clock), waits)
    while not waits.count:
        assert body() == 0
    assert bus.by_topic() == {"bids": urls(*names)}
    assert len(bus.calls) == -(-count // 1_000)


def test_alternating_topics_are_few_calls(bus: Bus, relay: Relay, add: Add) -> None:
    for number in range(100):
        add(str(number), topic="abcde"[number % 5])
    drain(relay)
    assert bus.calls == [20] * 5


def test_an_empty_outbox_waits(bus: Bus, relay: Relay, clock: Clock) -> None:
    waits = Waits()
    body = listening(job_of(relay, clock), waits)
    assert [body() for _ in range(3)] == [0, 0, 0]
    assert waits.count == 3
    assert bus.calls == []


def test_the_back_off_from_a_bus_that_is_away_grows_and_ends(
    bus: Bus, relay: Relay, outbox: Outbox, clock: Clock, add: Add
) -> None:
    body = listening(job_of(relay, clock), Waits())
    bus.away = [Unreachable("down"), TimedOut("slow"), UnexpectedStatus(503, {"title": "busy"})] * 4
    add("1", "2")
    pauses = []
    for _ in range(12):
        pauses.append(body())
        clock.now_s += pauses[-1]
    assert all(low <= pause <= 2 * low for low, pause in zip([0.5, 1, 2, 4], pauses, strict=False))
    assert all(15 <= pause <= 30 for pause in pauses[6:])
    assert bus.log == []
    assert body() == 0
    assert bus.by_topic() == {"bids": urls("1", "2")}
    assert outbox.held() == {}
    bus.away = [Unreachable("down")]
    add("3")
    assert 0.5 <= body() <= 1


def test_what_one_call_of_a_batch_published_does_not_go_out_again(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add
) -> None:
    add("1", topic="a")
    add("2", topic="b")
    bus.no["b"] = lambda _: Unreachable("down")
    with pytest.raises(Unreachable):
        relay.publish_waiting()
    assert [row.topic for row in outbox.next(9)] == ["b"]
    del bus.no["b"]
    drain(relay)
    assert bus.by_topic() == {"a": urls("1"), "b": urls("2")}


@pytest.mark.parametrize("says", ["all", "which", "nothing"])
def test_an_event_that_is_refused_for_ever_is_set_aside_and_the_rest_goes_on(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add, says: str
) -> None:
    bus.says_all, bus.says_which = says == "all", says != "nothing"
    random.seed(12)
    names = [f"{n}bad" if random.random() < 0.2 else f"{n}" for n in range(60)]
    for name in names:
        add(name, topic="abc"[len(name) % 3])
    drain(relay)
    good = [name for name in names if "bad" not in name]
    assert sorted(url for _, url in bus.log) == sorted(urls(*good))
    for topic, found in bus.by_topic().items():
        assert found == urls(*(name for name in good if "abc"[len(name) % 3] == topic))
    refused = outbox.refused()
    assert [row.url for row in refused] == urls(*(name for name in names if "bad" in name))
    assert {row.reason for row in refused} <= {"no good"} or says == "nothing"
    assert outbox.next(9) == []


def test_what_the_bus_names_is_not_asked_about_again(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add
) -> None:
    names = [f"{n}bad" if n % 50 == 7 else f"{n}" for n in range(1_000)]
    add(*names)
    drain(relay)
    assert bus.calls == [1_000, 980]
    assert bus.by_topic() == {"bids": urls(*(name for name in names if "bad" not in name))}
    assert [row.url for row in outbox.refused()] == urls(*(n for n in names if "bad" in n))


def test_a_row_that_no_rule_would_let_in_blocks_nothing(
    bus: Bus, relay: Relay, outbox: Outbox, add_row: Add
) -> None:
    for url in ("https://x.example/bad?q=1", "bad é", "https://x.example/1", "bad " * 200):
        add_row(url)
    drain(relay)
    assert bus.by_topic() == {"bids": urls("1")}
    assert len(outbox.refused()) == 3


MALFORMED = [
    ("topic", "X'62696473'", "topic is no text"),
    ("topic", "CAST(X'ff' AS TEXT)", "topic is no text"),
    ("topic", "'Bids/../x'", "a topic is 1 to 64 lowercase letters and underscores"),
    ("topic", "''", "a topic is 1 to 64 lowercase letters and underscores"),
    (
        "topic",
        "CAST(X'6269006473' AS TEXT)",
        "a topic is 1 to 64 lowercase letters and underscores",
    ),
    ("type", "X'00'", "type is no text"),
    ("type", "CAST(X'fffe' AS TEXT)", "type is no text"),
    ("url", "zeroblob(2000)", "url is no text"),
    ("url", "X'68747470733a2f2f782e6578616d706c652f31'", "url is no text"),
    ("url", "CAST(X'68747470733a2f2fff' AS TEXT)", "url is no text"),
    ("changed_at_ms", "'2026-11-30'", "changed_at_ms is no integer"),
    ("changed_at_ms", "X'07'", "changed_at_ms is no integer"),
    ("changed_at_ms", "1e999", "changed_at_ms is no integer"),
    ("changed_at_ms", "1.5", "changed_at_ms is no integer"),
    ("changed_at_ms", "CAST(X'ff' AS TEXT)", "changed_at_ms is no integer"),
]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("column", "cell", "reason"), MALFORMED)
def test_a_cell_of_a_wrong_type_sets_its_row_aside_and_the_rest_goes_on(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add, column: str, cell: str, reason: str
) -> None:
    add("1", "2", "3")
    add("c", topic="customers")
    with writing(outbox.engine) as connection:
        connection.exec_driver_sql(f"UPDATE outbox SET {column} = {cell} WHERE id = 2")
        stored = connection.exec_driver_sql(f"SELECT hex({column}) FROM outbox WHERE id = 2")
        before = stored.scalar_one()
    waiting, _ = outbox.counts()
    assert sum(waiting.values()) == 4
    drain(relay)
    assert bus.by_topic() == {"bids": urls("1", "3"), "customers": urls("c")}
    assert outbox.next(9) == []
    assert [(one.id, one.reason) for one in outbox.refused()] == [(2, reason)]
    assert sum(outbox.counts()[1].values()) == 1
    assert outbox.retry() == 1
    drain(relay)
    assert [(one.id, one.reason) for one in outbox.refused()] == [(2, reason)]
    with reading(outbox.engine) as connection:
        kept = connection.exec_driver_sql(f"SELECT hex({column}) FROM refused_events")
        assert kept.scalar_one() == before


def test_a_refusal_keeps_no_order_from_others(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add
) -> None:
    bus.no["a"] = taken
    add("1", topic="a")
    add("1", "2", topic="b")
    add("2", topic="a")
    drain(relay)
    assert bus.by_topic() == {"b": urls("1", "2")}
    assert len(bus.calls) == 2
    assert [row.url for row in outbox.next(9)] == urls("1", "2")


def test_topics_that_share_their_urls_are_few_calls(bus: Bus, relay: Relay, add: Add) -> None:
    for number in range(100):
        for topic in "abc":
            add(str(number), topic=topic)
    drain(relay)
    assert bus.calls == [100] * 3


def test_a_piece_of_work_ends_though_no_two_events_go_together(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add
) -> None:
    for number in range(300):
        add("1", topic="ab"[number % 2])
    assert relay.publish_waiting()
    assert 0 < len(bus.log) < 150
    assert len(outbox.next(999)) == 300 - len(bus.log)
    drain(relay)
    assert [topic for topic, _ in bus.log] == ["a", "b"] * 150


def test_an_outbox_full_of_refusals_is_settled_piece_by_piece(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add
) -> None:
    add(*(f"{number}bad" for number in range(300)))
    add("1", topic="orders")
    relay.publish_waiting()
    assert len(bus.calls) < 250
    assert 0 < len(outbox.refused()) < 300
    drain(relay)
    assert len(outbox.refused()) == 300
    assert bus.by_topic() == {"orders": urls("1")}


@pytest.mark.parametrize("status", [401, 403, 404, 405, 408, 409, 410, 451])
def test_a_topic_that_is_not_taken_holds_up_itself_only(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add, status: int
) -> None:
    bus.no["questions"] = lambda _: UnexpectedStatus(status, {"title": "No"})
    for number in range(3):
        add(f"q{number}", topic="questions")
        add(f"c{number}", topic="customers")
        drain(relay)
    assert bus.by_topic() == {"customers": urls("c0", "c1", "c2")}
    assert outbox.held() == {"questions": f"{status} No"}
    assert [row.url for row in outbox.next(9)] == urls("q0", "q1", "q2")
    assert outbox.refused() == []


def test_a_held_topic_is_tried_again_less_and_less_often_and_then_goes_on_in_order(
    bus: Bus, relay: Relay, outbox: Outbox, clock: Clock, add: Add
) -> None:
    bus.no["bids"] = taken
    add("1", "2")
    for _ in range(600):
        drain(relay)
        clock.now_s += 1
    assert 20 < len(bus.calls) < 60
    del bus.no["bids"]
    add("3")
    clock.now_s += 30
    drain(relay)
    assert bus.by_topic() == {"bids": urls("1", "2", "3")}
    assert outbox.held() == {}
    bus.no["bids"] = taken
    add("4")
    calls = len(bus.calls)
    drain(relay)
    clock.now_s += 1.1
    drain(relay)
    assert len(bus.calls) == calls + 2


def test_a_held_topic_deeper_than_a_batch_lets_the_others_pass(
    bus: Bus, relay: Relay, add: Add
) -> None:
    bus.no["questions"] = taken
    add(*(str(number) for number in range(4_100)), topic="questions")
    add("c", topic="customers")
    drain(relay)
    assert bus.by_topic() == {"customers": urls("c")}
    assert len(bus.calls) == 2


def test_what_one_relay_held_the_next_tries_at_once(
    engine: Engine, table: Table, bus: Bus, relay: Relay, outbox: Outbox, add: Add
) -> None:
    bus.no["bids"] = taken
    add("1")
    drain(relay)
    del bus.no["bids"]
    drain(Relay(engine, table, bus.publish))
    assert bus.by_topic() == {"bids": urls("1")}
    assert outbox.held() == {}


def test_a_relay_that_holds_nothing_asks_for_nothing_but_what_waits(
    engine: Engine, relay: Relay, add: Add
) -> None:
    add("1")
    drain(relay)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    assert relay.publish_waiting() == 0
    assert len([statement for statement in asked if "\nFROM " in statement]) == 1


def test_what_receivers_took_does_not_go_out_again_and_the_rest_waits(
    bus: Bus, relay: Relay, outbox: Outbox, clock: Clock, add: Add
) -> None:
    bus.no["bids"] = lambda _: SomeLeft(1)
    add("1", "2", "3")
    add("c", topic="customers")
    drain(relay)
    assert bus.by_topic() == {"bids": urls("1", "3"), "customers": urls("c")}
    assert outbox.held() == {}
    bus.no["bids"] = lambda events: SomeLeft(*[n for n, e in enumerate(events) if "2" in e["url"]])
    add("4")
    clock.now_s += 2
    drain(relay)
    assert bus.by_topic()["bids"] == urls("1", "3", "4")
    del bus.no["bids"]
    drain(relay)
    assert bus.by_topic()["bids"] == urls("1", "3", "4")
    clock.now_s += 4
    drain(relay)
    assert bus.by_topic()["bids"] == urls("1", "3", "4", "2")
    assert outbox.next(9) == []


def test_a_topic_that_some_receivers_take_again_is_held_no_more(
    bus: Bus, relay: Relay, outbox: Outbox, clock: Clock, add: Add
) -> None:
    bus.no["bids"] = taken
    add("1", "2")
    drain(relay)
    assert list(outbox.held()) == ["bids"]
    bus.no["bids"] = lambda _: SomeLeft(0)
    clock.now_s += 2
    relay.publish_waiting()
    assert outbox.held() == {}


def test_when_too_many_are_late_all_wait(
    bus: Bus, relay: Relay, clock: Clock, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service_kit.outbox.relay._MOST_LATE", 3)
    bus.no["bids"] = lambda events: SomeLeft(*range(len(events)))
    add("1", "2", "3")
    drain(relay)
    add("4")
    with pytest.raises(SomeLeft):
        drain(relay)
    del bus.no["bids"]
    clock.now_s += 2
    drain(relay)
    assert sorted(bus.by_topic()["bids"]) == urls("1", "2", "3", "4")


def test_who_was_late_and_arrived_counts_among_the_late_no_more(
    bus: Bus, relay: Relay, clock: Clock, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service_kit.outbox.relay._MOST_LATE", 3)
    names = ["1", "2", "3", "4", "5"]
    for name in names:
        bus.no["bids"] = lambda _: SomeLeft(0)
        add(name)
        drain(relay)
        del bus.no["bids"]
        clock.now_s += 2
        drain(relay)
    assert bus.by_topic() == {"bids": urls(*names)}


def test_a_refused_event_is_published_once_the_cause_is_gone(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add
) -> None:
    add("bad1", "bad2", "3")
    drain(relay)
    first, second = outbox.refused()
    assert outbox.retry([first.id]) == 1
    assert [row.id for row in outbox.next(9)] == [first.id]
    drain(relay)
    assert [row.id for row in outbox.refused()] == [first.id, second.id]
    assert outbox.retry() == 2
    assert outbox.retry() == 0
    assert [row.id for row in outbox.next(9)] == [first.id, second.id]


def test_a_retry_does_not_wait_for_the_back_off_of_a_topic(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add
) -> None:
    bus.no["bids"] = taken
    add("1")
    drain(relay)
    del bus.no["bids"]
    drain(relay)
    assert bus.log == []
    outbox.retry()
    drain(relay)
    assert bus.by_topic() == {"bids": urls("1")}


def test_what_is_dropped_is_gone_and_nothing_else(
    bus: Bus, relay: Relay, outbox: Outbox, add: Add
) -> None:
    bus.no["questions"] = taken
    add("bad1", "bad2", "bad3")
    add("q", topic="questions")
    drain(relay)
    add("4")
    first, *_ = outbox.refused()
    assert outbox.drop([first.id, 10_000]) == 1
    assert len(outbox.refused()) == 2
    assert outbox.drop() == 2
    assert outbox.drop_topic("bids") == 0
    assert outbox.drop_topic("questions") == 1
    assert outbox.held() == {}
    drain(relay)
    assert bus.by_topic() == {"bids": urls("4")}


def test_a_new_event_gets_no_id_of_one_that_was_set_aside(
    relay: Relay, outbox: Outbox, add: Add
) -> None:
    add("bad")
    drain(relay)
    (refused,) = outbox.refused()
    add("1")
    (waiting,) = outbox.next(9)
    assert waiting.id > refused.id
