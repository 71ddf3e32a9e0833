"""Attempts are kept by count and by age (docs/delivery.md D28)."""

from dataclasses import replace

import pytest
from service_kit.tokens import digest

from bus.errors import NotFound
from bus.model.delivery import Attempt, AttemptFilter, Ended
from bus.model.positions import written
from bus.storage import Storage
from tests.bus.conftest import TOKENS
from tests.bus.delivery.pushing import publishing
from tests.bus.samples import wanted

DAY_MS = 86_400_000
NOW_MS = 1_000 * DAY_MS


@pytest.fixture
def made(storage: Storage) -> Attempt:
    """An attempt of a subscription that is there."""
    found = storage.clients.find(digest(TOKENS["subscriber"]))
    assert found is not None
    storage.subscriptions.replace(found[1].id, wanted("https://x.example/events"), "whsec_a")
    ours = storage.overviews.one("subscriber", "default").subscription.id
    return Attempt(0, ours, NOW_MS, 1, 1, 1, 1, 1, 204, None, "", b"", "", b"")


def kept(storage: Storage, made: Attempt) -> list[int]:
    return [one.at_ms for one in storage.attempts.all(made.subscription_id, None, 1_000)]


def test_an_attempt_is_kept_for_three_days(storage: Storage, made: Attempt) -> None:
    storage.attempts.add([made], NOW_MS)
    for later_ms, there in ((3 * DAY_MS, [NOW_MS]), (3 * DAY_MS + 1, [])):
        storage.attempts.add([], NOW_MS + later_ms)
        assert kept(storage, made) == there


def test_the_last_hundred_are_kept(storage: Storage, made: Attempt) -> None:
    storage.attempts.add([replace(made, at_ms=NOW_MS + number) for number in range(99)], NOW_MS)
    storage.attempts.add([replace(made, at_ms=NOW_MS + number) for number in (99, 100)], NOW_MS)
    assert kept(storage, made) == [NOW_MS + number for number in range(100, 0, -1)]


def test_what_is_made_of_a_subscription_that_is_gone_is_dropped(
    storage: Storage, made: Attempt
) -> None:
    storage.attempts.add([replace(made, subscription_id=999), made], NOW_MS)
    assert kept(storage, made) == [NOW_MS]
    assert storage.attempts.all(999, None, 10) == []


def test_an_attempt_is_found_by_its_number_among_those_of_its_subscription(
    storage: Storage, made: Attempt
) -> None:
    storage.attempts.add([made, replace(made, at_ms=NOW_MS + 1)], NOW_MS)
    newest, oldest = storage.attempts.all(made.subscription_id)
    assert storage.attempts.one(made.subscription_id, oldest.id) == replace(made, id=oldest.id)
    for subscription_id, attempt_id in ((made.subscription_id, newest.id + 1), (99, oldest.id)):
        with pytest.raises(NotFound, match="no such attempt"):
            storage.attempts.one(subscription_id, attempt_id)


def test_a_page_of_attempts_goes_on_before_the_last(storage: Storage, made: Attempt) -> None:
    storage.attempts.add([replace(made, at_ms=NOW_MS + number) for number in range(5)], NOW_MS)
    ours = made.subscription_id
    first = storage.attempts.all(ours, None, 2)
    second = storage.attempts.all(ours, first[-1].id, 2)
    found = [one.at_ms - NOW_MS for one in (*first, *second)]
    assert found == [4, 3, 2, 1]


def test_attempts_are_chosen_by_status_and_by_time(storage: Storage, made: Attempt) -> None:
    statuses = (200, 299, 300, None)
    storage.attempts.add(
        [
            replace(made, at_ms=NOW_MS + later_ms, status=status, error=None if status else "cut")
            for later_ms, status in enumerate(statuses)
        ],
        NOW_MS,
    )
    chosen: list[tuple[AttemptFilter, list[int | None]]] = [
        (AttemptFilter(status="2xx"), [299, 200]),
        (AttemptFilter(status="3xx"), [300]),
        (AttemptFilter(status="299"), [299]),
        (AttemptFilter(status="error"), [None]),
        (AttemptFilter(since_ms=NOW_MS + 2), [None, 300]),
        (AttemptFilter(until_ms=NOW_MS + 2), [299, 200]),
        (AttemptFilter(since_ms=NOW_MS + 1, until_ms=NOW_MS + 2), [299]),
        (AttemptFilter(status="2xx", since_ms=NOW_MS + 1), [299]),
    ]
    for asked, found in chosen:
        attempts = storage.attempts.all(made.subscription_id, wanted=asked)
        assert [one.status for one in attempts] == found, asked


def test_attempts_are_chosen_by_what_they_were_about(storage: Storage, made: Attempt) -> None:
    publish = publishing(storage)
    publish("a", "b", "c", "b", *(str(number) for number in range(500)))
    odd = [*range(1, 500, 2), 4]  # more runs of positions than are asked about at once
    shown = b'[{"url":"https://x.example/gone"}]'
    storage.attempts.add(
        [
            replace(made, at_ms=NOW_MS, positions="1"),
            replace(made, at_ms=NOW_MS + 1, positions=written(odd)),
            replace(made, at_ms=NOW_MS + 2, positions="2-3"),
            replace(made, at_ms=NOW_MS + 3, request_body=shown),
            replace(made, at_ms=NOW_MS + 4, request_body=b'{"subject":"https://x.example/gone"}'),
        ],
        NOW_MS,
    )

    def about(name: str, limit: int = 9) -> list[int]:
        wanted = AttemptFilter(url=f"https://x.example/{name}")
        found = storage.attempts.all(made.subscription_id, None, limit, wanted)
        return [one.at_ms - NOW_MS for one in found]

    assert (about("a"), about("b"), about("b", limit=1)) == ([1, 0], [2, 1], [2])
    assert (about("494"), about("gone"), about("never")) == ([1], [4, 3], [])


def test_how_attempts_at_what_was_due_ended_is_told_newest_first(
    storage: Storage, made: Attempt
) -> None:
    first = replace(made, status=None, error="refused", positions="1", duration_ms=5)
    second = replace(made, at_ms=NOW_MS + 9, positions="1-2")
    beside = [replace(second, resend=True), replace(made, positions=None)]
    storage.attempts.add([first, second, *beside], NOW_MS)
    told = storage.attempts.ended(made.subscription_id)
    assert told == [Ended(NOW_MS + 10, 204, None), Ended(NOW_MS + 5, None, "refused")]
