"""What goes out together, and what a refusal means for it."""

from typing import NamedTuple

import pytest
from service_kit.errors import UnexpectedStatus
from service_kit.outbox.batches import by_topic, reason_of, split_at_fault


class Row(NamedTuple):
    id: int
    topic: str
    url: str
    type: str = "create"
    changed_at_ms: int = 7


def rows(*pairs: str) -> list[Row]:
    found = (pair.partition(":") for pair in pairs)
    return [Row(number, topic, url) for number, (topic, _, url) in enumerate(found)]


@pytest.mark.parametrize(
    ("pairs", "together"),
    [
        ([], {}),
        (["a:1"], {"a": [0]}),
        (["a:1", "b:2", "a:3", "b:4"], {"a": [0, 2], "b": [1, 3]}),
        (["a:1", "a:1", "b:2", "a:1"], {"a": [0, 1, 3], "b": [2]}),
        (["a:1", "b:1", "a:2"], {"a": [0]}),
        (["a:1", "b:2", "a:2", "b:3"], {"a": [0], "b": [1]}),
        (["a:1", "b:2", "c:3", "c:1"], {"a": [0], "b": [1], "c": [2]}),
    ],
)
def test_a_topic_goes_in_order_and_a_url_in_one_topic(
    pairs: list[str], together: dict[str, list[int]]
) -> None:
    found = {topic: [row.id for row in run] for topic, run in by_topic(rows(*pairs)).items()}
    assert found == together


def test_long_urls_are_fewer_to_a_call() -> None:
    runs = by_topic(Row(n, "a", f"https://x.example/{n}".ljust(1_024, "x")) for n in range(1_000))
    assert 500 < len(runs["a"]) < 700


def test_a_row_that_is_too_large_for_any_call_goes_alone() -> None:
    large = Row(1, "a", "https://x.example/".ljust(800_000, "x"))
    after = Row(2, "a", "https://x.example/2")
    assert by_topic([large, after]) == {"a": [large]}
    assert by_topic([after, large, after]) == {"a": [after]}


def test_a_topic_goes_as_far_as_the_bus_takes_at_once() -> None:
    runs = by_topic(Row(n, "ab"[n % 3 == 0], f"https://x.example/{n}") for n in range(2_000))
    assert len(runs["a"]) == 1_000
    assert [row.id for row in runs["b"]] == list(range(0, 1_501, 3))


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


@pytest.mark.parametrize(
    ("detail", "reason"),
    [("no good", "no good"), ("a\x00b\nc\ud800", "a b c "), ("", "400 t"), (None, "400 t")],
)
def test_a_reason_can_be_stored_and_shown_whatever_it_holds(
    detail: str | None, reason: str
) -> None:
    problem = {"title": "t", "detail": detail}
    assert reason_of(UnexpectedStatus(400, problem), problem) == reason
