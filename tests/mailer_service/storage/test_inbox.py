"""What was heard is kept until somebody has looked, on every engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select

from mailer_service.storage.inbox import Entry, Inbox
from mailer_service.storage.tables import dead_letters
from mailer_service.storage.tables import inbox as table

URL = "https://bids.example/bids/1"
TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


@pytest.fixture
def inbox(engine: Engine) -> Inbox:
    return Inbox(engine)


def put(inbox: Inbox, *urls: str, now_ms: int = 1_000, priority: int = 1) -> None:
    inbox.put([("bids", url, priority) for url in urls], traceparent=TRACE, now_ms=now_ms)


def claim(inbox: Inbox, *, now_ms: int) -> Entry:
    entry = inbox.claim(now_ms=now_ms, lease_ms=100)
    assert entry is not None
    return entry


def is_due(inbox: Inbox, now_ms: int) -> bool:
    """Asks by claiming, for no time at all."""
    return inbox.claim(now_ms=now_ms, lease_ms=0) is not None


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_an_entry_keeps_all_it_was_given(inbox: Inbox) -> None:
    put(inbox, URL)

    entry = claim(inbox, now_ms=1_000)

    assert (entry.url, entry.topic, entry.traceparent) == (URL, "bids", TRACE)
    assert (entry.received_at_ms, entry.attempts) == (1_000, 1)


def test_news_of_one_url_are_one_entry(inbox: Inbox, engine: Engine) -> None:
    put(inbox, URL, URL)
    put(inbox, URL, now_ms=2_000)

    assert count(engine) == 1


def test_a_claimed_entry_is_nobody_elses_until_the_lease_ends(inbox: Inbox) -> None:
    put(inbox, URL)
    claim(inbox, now_ms=1_000)

    assert inbox.claim(now_ms=1_099, lease_ms=100) is None
    assert claim(inbox, now_ms=1_100).attempts == 2


def test_a_settled_entry_is_gone(inbox: Inbox, engine: Engine) -> None:
    put(inbox, URL)

    inbox.settle(claim(inbox, now_ms=1_000))

    assert count(engine) == 0


def test_settling_forgets_no_news_that_came_meanwhile(inbox: Inbox) -> None:
    put(inbox, URL)
    entry = claim(inbox, now_ms=1_000)
    put(inbox, URL, now_ms=1_050)

    inbox.settle(entry)

    assert is_due(inbox, 1_050)


def test_putting_off_delays_no_news_that_came_meanwhile(inbox: Inbox) -> None:
    put(inbox, URL)
    entry = claim(inbox, now_ms=1_000)
    put(inbox, URL, now_ms=1_050)

    inbox.put_off(entry, due_at_ms=9_000)

    assert is_due(inbox, 1_050)


def test_who_lost_the_claim_puts_nothing_off(inbox: Inbox) -> None:
    put(inbox, URL)
    late = claim(inbox, now_ms=1_000)
    claim(inbox, now_ms=1_100)

    inbox.put_off(late, due_at_ms=9_000)

    assert is_due(inbox, 1_200)


def test_an_entry_put_off_is_due_then(inbox: Inbox) -> None:
    put(inbox, URL)

    inbox.put_off(claim(inbox, now_ms=1_000), due_at_ms=9_000)

    assert (is_due(inbox, 8_999), is_due(inbox, 9_000)) == (False, True)


def test_the_longest_waiting_comes_first(inbox: Inbox) -> None:
    put(inbox, URL + "1", now_ms=2_000)
    put(inbox, URL + "2", now_ms=1_000)

    assert [claim(inbox, now_ms=3_000).url for _ in range(2)] == [URL + "2", URL + "1"]


def test_the_urgent_come_before_the_longest_waiting(inbox: Inbox) -> None:
    put(inbox, URL + "1", now_ms=1_000)
    put(inbox, URL + "2", now_ms=2_000, priority=0)

    assert claim(inbox, now_ms=3_000).url == URL + "2"


def test_claimed_at_the_same_time_each_entry_has_one_claimant(inbox: Inbox) -> None:
    put(inbox, *(f"{URL}{n}" for n in range(6)))

    with ThreadPoolExecutor(4) as threads:
        claims = list(threads.map(lambda _n: inbox.claim(now_ms=1_000, lease_ms=100), range(12)))

    urls = [entry.url for entry in claims if entry]
    assert sorted(urls) == sorted(set(urls))


def test_a_buried_entry_is_recorded_with_its_reason(inbox: Inbox, engine: Engine) -> None:
    put(inbox, URL)

    inbox.dead_letter(claim(inbox, now_ms=1_000), reason="404", now_ms=1_010)

    assert count(engine) == 0
    with engine.connect() as connection:
        (row,) = connection.execute(select(dead_letters))
    assert (row.url, row.reason, row.died_at_ms) == (URL, "404", 1_010)


def test_an_entry_with_news_is_not_buried(inbox: Inbox, engine: Engine) -> None:
    put(inbox, URL)
    entry = claim(inbox, now_ms=1_000)
    put(inbox, URL, now_ms=1_005)

    inbox.dead_letter(entry, reason="404", now_ms=1_010)

    assert is_due(inbox, 1_010)
    with engine.connect() as connection:
        assert connection.execute(select(dead_letters)).all() == []
