"""A snapshot may have millions of rows: who gets rid of it holds up nobody for all of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bus.errors import NotFound
from bus.model.subscription import State
from bus.storage import Storage
from bus.storage.transactions import Statements
from bus.subscriptions import lifecycle
from tests.bus.delivery.pushing import client_id, overview, subscribe

ROWS = 12_001


@pytest.fixture
def large(storage: Storage) -> int:
    """The id of a subscription with a large snapshot, beside another's."""
    for name in ("large", "other"):
        subscribe(storage, "https://s.example/", "bids", name=name)
        storage.snapshots.store(overview(storage, name).subscription.id, [*range(1, ROWS + 1)])
    return overview(storage, "large").subscription.id


def left(storage: Storage) -> list[tuple[int, int]]:
    """How many rows each subscription has, the first first."""
    return storage._driver.rows(
        "SELECT subscription_id, count(*) FROM snapshots GROUP BY subscription_id ORDER BY 1"
    )


def test_a_large_snapshot_goes_in_portions_with_its_subscription(
    storage: Storage, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing, sizes = storage.snapshots._driver.writing, list[int]()

    @contextmanager
    def counted() -> Iterator[Statements]:
        before = left(storage)[0][1]
        with writing() as statements:
            yield statements
        sizes.append(before - dict(left(storage)).get(large, 0))

    with monkeypatch.context() as patched:
        patched.setattr(storage.snapshots._driver, "writing", counted)
        lifecycle.delete(storage, client_id(storage, "subscriber"), "large")
    assert sizes == [5_000, 5_000, 2_001]
    assert [rows for _, rows in left(storage)] == [ROWS]
    with pytest.raises(NotFound):
        lifecycle.delete(storage, client_id(storage, "subscriber"), "large")


def test_who_dies_over_it_leaves_a_paused_subscription_that_is_deleted_again(
    storage: Storage, large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_id: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(storage.snapshots, "forget", dies)
        lifecycle.delete(storage, client_id(storage, "subscriber"), "large")
    paused = overview(storage, "large").subscription
    assert (paused.state, paused.reason) == (State.PAUSED, "deleting")
    lifecycle.delete(storage, client_id(storage, "subscriber"), "large")
    assert [rows for _, rows in left(storage)] == [ROWS]
