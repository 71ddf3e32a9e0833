"""What goes out together, and what a refusal means for it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.errors import UnexpectedStatus
from service_kit.outbox.batches import calls_of, faults_in, reason_of, split_at_fault, trace_of
from service_kit.outbox.stored import StoredEvent


def row(id: int, topic: str, url: str) -> StoredEvent:
    return StoredEvent(id, topic, "create", url, 7)


def rows(*pairs: str) -> list[StoredEvent]:
    found = (pair.partition(":") for pair in pairs)
    return [row(number, topic, url) for number, (topic, _, url) in enumerate(found)]


@pytest.mark.parametrize(
    ("pairs", "calls"),
    [
        ([], []),
        (["a:1"], ["a0"]),
        (["a:1", "b:2", "a:3", "b:4"], ["a02", "b13"]),
        (["a:1", "a:1", "b:2", "a:1"], ["a013", "b2"]),
        (["a:1", "b:1", "a:2"], ["a02", "b1"]),
        (["a:1", "b:1", "a:2", "b:2", "a:3", "b:3"], ["a024", "b135"]),
        (["a:1", "b:1", "b:2", "a:2"], ["a0", "b12", "a3"]),
        (["a:1", "b:1", "a:1"], ["a0", "b1", "a2"]),
        (["b:1", "c:2", "a:1", "a:2", "c:1"], ["b0", "c1", "a23", "c4"]),
    ],
)
def test_few_calls_keep_the_order_of_each_topic_and_of_each_url(
    pairs: list[str], calls: list[str]
) -> None:
    found = [
        call[0].topic + "".join(str(row.id) for row in call) for call in calls_of(rows(*pairs))
    ]
    assert found == calls


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("123456")), max_size=60))
def test_whatever_is_announced_is_called_once_and_in_order(pairs: list[tuple[str, str]]) -> None:
    announced = rows(*map(":".join, pairs))
    called = list(calls_of(announced))
    assert all(len({row.topic for row in call}) == 1 for call in called)
    flat = [row for call in called for row in call]
    for key in ("topic", "url"):
        for value in {getattr(row, key) for row in announced}:
            of_one = [row for row in announced if getattr(row, key) == value]
            assert [row for row in flat if getattr(row, key) == value] == of_one
    assert len(flat) == len(announced)


def test_long_urls_are_fewer_to_a_call() -> None:
    long = [row(n, "a", f"https://x.example/{n}".ljust(1_024, "x")) for n in range(1_000)]
    assert [500 < len(call) < 700 for call in calls_of(long)] == [True, False]


def test_a_row_that_is_too_large_for_any_call_goes_alone() -> None:
    large = row(1, "a", "https://x.example/".ljust(800_000, "x"))
    before, after = row(0, "a", "https://x.example/2"), row(2, "a", "https://x.example/2")
    assert list(calls_of([large, after])) == [[large], [after]]
    assert list(calls_of([before, large, after])) == [[before], [large], [after]]


def test_a_topic_goes_as_far_as_the_bus_takes_at_once() -> None:
    many = [row(n, "ab"[n % 3 == 0], f"https://x.example/{n}") for n in range(2_000)]
    assert [(call[0].topic, len(call)) for call in calls_of(many)] == [
        ("b", 667),
        ("a", 1_000),
        ("a", 333),
    ]


def test_a_backlog_of_many_topics_is_sorted_soon() -> None:
    chain = [row(n, f"t{n % 1_000}", str(n // 2)) for n in reversed(range(2_000))]
    began_s = time.process_time()
    assert sum(map(len, calls_of(chain))) == 2_000
    assert time.process_time() - began_s < 1


@pytest.mark.parametrize(
    ("status", "problem", "runs"),
    [
        (400, {"title": "t", "index": 1}, [[0], [1], [2, 3]]),
        (400, {"title": "t", "index": 0}, [[0], [1, 2, 3]]),
        (422, {"title": "t", "index": 3}, [[0, 1, 2], [3]]),
        (400, {"title": "t"}, [[0, 1], [2, 3]]),
        (413, {"title": "t"}, [[0, 1], [2, 3]]),
        (400, {"title": "t", "index": 4}, [[0, 1], [2, 3]]),
        (400, {"title": "t", "index": -1}, [[0, 1], [2, 3]]),
        (400, {"title": "t", "index": "1"}, [[0, 1], [2, 3]]),
        (400, {}, None),
        (413, {}, None),
        (401, {"title": "t"}, None),
        (403, {"title": "t", "index": 1}, None),
        (404, {"title": "t"}, None),
        (408, {"title": "t"}, None),
        (409, {"title": "t"}, None),
    ],
)
def test_what_a_refusal_means(
    status: int, problem: dict[str, object], runs: list[list[int]] | None
) -> None:
    found = split_at_fault(rows("a:1", "a:2", "a:3", "a:4"), UnexpectedStatus(status, problem))
    ids = None if found is None else [[row.id for row in run] for run in found]
    assert ids == runs


def named(*faults: tuple[object, object], index: object = 1) -> dict[str, object]:
    errors = [{"index": place, "detail": why} for place, why in faults]
    return {"title": "t", "index": index, "errors": errors}


@pytest.mark.parametrize(
    ("status", "problem", "faults"),
    [
        (400, named((1, "no")), {1: "no"}),
        (400, named((1, "no"), (3, "nor\nthis")), {1: "no", 3: "nor this"}),
        (400, named((0, "no"), index=0), {0: "no"}),
        (400, named((2, "no")), {}),  # it contradicts itself
        (400, named((1, "no"), index=None), {}),
        (400, named((1, "no"), (4, "no")), {}),
        (400, named((1, "no"), (-1, "no"), index=-1), {}),
        (400, named((True, "no")), {}),
        (400, named((1.0, "no")), {}),
        (400, named((1, "")), {}),
        (400, named((1, "no"), (1, "twice")), {}),
        (400, named(index=None), {}),
        (400, {"title": "t", "index": 1}, {}),
        (400, {"title": "t", "index": 1, "errors": "1"}, {}),
        (400, {"title": "t", "index": 1, "errors": [1]}, {}),
        (400, {"title": "t", "index": 1, "errors": [{}]}, {}),
        (400, {"title": "t", "index": 1, "errors": [{"index": [1], "detail": "no"}]}, {}),
        (400, {}, {}),
        (413, named((1, "no")), {}),
        (403, named((1, "no")), {}),
    ],
)
def test_a_row_is_at_fault_only_where_the_bus_leaves_no_doubt(
    status: int, problem: dict[str, object], faults: dict[int, str]
) -> None:
    found = faults_in(rows("a:1", "a:2", "a:3", "a:4"), UnexpectedStatus(status, problem))
    assert found == faults


@pytest.mark.parametrize(
    ("detail", "reason"),
    [("no good", "no good"), ("a\x00b\nc\ud800", "a b c "), ("", "400 t"), (None, "400 t")],
)
def test_a_reason_can_be_stored_and_shown_whatever_it_holds(
    detail: str | None, reason: str
) -> None:
    problem = {"title": "t", "detail": detail}
    assert reason_of(UnexpectedStatus(400, problem), problem) == reason


def traced(*traces: str | None) -> list[StoredEvent]:
    return [
        StoredEvent(id, "a", "create", f"https://x.example/{id}", 7, traceparent=trace)
        for id, trace in enumerate(traces)
    ]


def test_what_belongs_to_another_trace_goes_in_a_call_of_its_own_while_few_wait() -> None:
    calls = [[row.id for row in call] for call in calls_of(traced("x", "x", "y", None, "x"))]
    assert calls == [[0, 1], [2], [3], [4]]
    many = traced(*(str(number) for number in range(17)))
    assert [len(call) for call in calls_of(many)] == [17]


def test_a_call_belongs_to_the_trace_of_all_its_rows_or_to_none() -> None:
    assert trace_of(traced("x", "x")) == "x"
    assert trace_of(traced("x", "y")) is None
    assert trace_of(traced(None, None)) is None
