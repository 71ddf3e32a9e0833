"""What was heard is kept until somebody has looked, on every engine."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from mailer_service.storage.inbox import Entry, Inbox
from mailer_service.storage.tables import dead_letters

URL = "https://bids.example/bids/1"
TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


@pytest.fixture
def inbox(engine: Engine) -> Inbox:
    return Inbox(engine)


def put(inbox: Inbox, *urls: str, now_ms: int = 1_000) -> list[int]:
    return inbox.put([("bids", url) for url in urls], traceparent=TRACE, now_ms=now_ms)


def claim(inbox: Inbox, entry_id: int, *, now_ms: int) -> Entry:
    entry = inbox.claim(entry_id, now_ms=now_ms, lease_ms=100)
    assert entry is not None
    return entry


def due(inbox: Inbox, now_ms: int) -> list[int]:
    return inbox.due(now_ms=now_ms, limit=10)


def test_an_entry_keeps_all_it_was_given(inbox: Inbox) -> None:
    (entry_id,) = put(inbox, URL)

    entry = claim(inbox, entry_id, now_ms=1_000)

    assert (entry.url, entry.topic, entry.traceparent) == (URL, "bids", TRACE)
    assert (entry.received_at_ms, entry.attempts) == (1_000, 1)


def test_news_of_one_url_are_one_entry(inbox: Inbox) -> None:
    first = put(inbox, URL, URL)
    second = put(inbox, URL, now_ms=2_000)

    assert first == second
    assert len(first) == 1


def test_a_claimed_entry_is_nobody_elses_until_the_lease_ends(inbox: Inbox) -> None:
    (entry_id,) = put(inbox, URL)
    claim(inbox, entry_id, now_ms=1_000)

    assert inbox.claim(entry_id, now_ms=1_099, lease_ms=100) is None
    assert due(inbox, 1_099) == []
    assert due(inbox, 1_100) == [entry_id]
    assert claim(inbox, entry_id, now_ms=1_100).attempts == 2


def test_a_settled_entry_is_gone(inbox: Inbox) -> None:
    (entry_id,) = put(inbox, URL)

    inbox.settle(claim(inbox, entry_id, now_ms=1_000))

    assert due(inbox, 10_000) == []


def test_settling_forgets_no_news_that_came_meanwhile(inbox: Inbox) -> None:
    (entry_id,) = put(inbox, URL)
    entry = claim(inbox, entry_id, now_ms=1_000)
    put(inbox, URL, now_ms=1_050)

    inbox.settle(entry)

    assert due(inbox, 1_050) == [entry_id]


def test_putting_off_delays_no_news_that_came_meanwhile(inbox: Inbox) -> None:
    (entry_id,) = put(inbox, URL)
    entry = claim(inbox, entry_id, now_ms=1_000)
    put(inbox, URL, now_ms=1_050)

    inbox.put_off(entry, due_at_ms=9_000)

    assert due(inbox, 1_050) == [entry_id]


def test_who_lost_the_claim_puts_nothing_off(inbox: Inbox) -> None:
    (entry_id,) = put(inbox, URL)
    late = claim(inbox, entry_id, now_ms=1_000)
    claim(inbox, entry_id, now_ms=1_100)

    inbox.put_off(late, due_at_ms=9_000)

    assert due(inbox, 1_200) == [entry_id]


def test_an_entry_put_off_is_due_then(inbox: Inbox) -> None:
    (entry_id,) = put(inbox, URL)

    inbox.put_off(claim(inbox, entry_id, now_ms=1_000), due_at_ms=9_000)

    assert (due(inbox, 8_999), due(inbox, 9_000)) == ([], [entry_id])


def test_the_longest_waiting_comes_first(inbox: Inbox) -> None:
    (late,) = put(inbox, URL + "1", now_ms=2_000)
    (early,) = put(inbox, URL + "2", now_ms=1_000)

    assert due(inbox, 3_000) == [early, late]


def test_a_buried_entry_is_recorded_with_its_reason(inbox: Inbox, engine: Engine) -> None:
    (entry_id,) = put(inbox, URL)

    inbox.bury(claim(inbox, entry_id, now_ms=1_000), reason="404", now_ms=1_010)

    assert due(inbox, 10_000) == []
    with engine.connect() as connection:
        (row,) = connection.execute(select(dead_letters))
    assert (row.url, row.reason, row.died_at_ms) == (URL, "404", 1_010)


def test_an_entry_with_news_is_not_buried(inbox: Inbox, engine: Engine) -> None:
    (entry_id,) = put(inbox, URL)
    entry = claim(inbox, entry_id, now_ms=1_000)
    put(inbox, URL, now_ms=1_005)

    inbox.bury(entry, reason="404", now_ms=1_010)

    assert due(inbox, 1_010) == [entry_id]
    with engine.connect() as connection:
        assert connection.execute(select(dead_letters)).all() == []
