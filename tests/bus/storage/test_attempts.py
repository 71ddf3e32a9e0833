"""Attempts are kept by count and by age (docs/delivery.md D28)."""

from dataclasses import replace

import pytest
from service_kit.tokens import digest

from bus.model.delivery import Attempt
from bus.storage import Storage
from tests.bus.conftest import TOKENS
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
