"""One bad command harms no other."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from service_kit.idempotency import StoredAnswer

from bids_service.carry_out_together import Outcome, carry_out_together
from bids_service.engine.close import Close
from bids_service.errors import StoreUnavailable
from bids_service.model import Key, Order
from bids_service.storage.books import Verdict
from tests.waiting import wait_for


def order(key: str) -> Order:
    return Order(
        auction="http://a.test/1", command=Close(), key=Key(client="c", key=key, fingerprint="")
    )


def outcomes(
    apply: Callable[[Sequence[str]], None], *keys: str
) -> tuple[list[Outcome], list[list[str]]]:
    """What becomes of orders that arrive together, and the groups that were applied."""
    groups: list[list[str]] = []
    go_on = threading.Event()

    def books(orders: Sequence[Order]) -> list[Verdict]:
        groups.append([order.key.key for order in orders])
        assert go_on.wait(10)
        apply(groups[-1])
        return [StoredAnswer(200, order.key.key, {}) for order in orders]

    group_commit = carry_out_together(books)
    with ThreadPoolExecutor(len(keys) + 1) as pool:
        first = pool.submit(group_commit.submit, order("first"), 10)
        wait_for(lambda: groups)
        rest = [pool.submit(group_commit.submit, order(key), 10) for key in keys]
        wait_for(lambda: group_commit._waiting.qsize() == len(keys))
        go_on.set()
        found = [it.result() for it in (first, *rest)]
    group_commit.close()
    return found[1:], groups[1:]


def test_when_a_group_fails_each_is_tried_alone() -> None:
    def apply(keys: Sequence[str]) -> None:
        if "bad" in keys:
            raise ValueError("bad")

    found, groups = outcomes(apply, "a", "bad", "b")
    assert [isinstance(one, StoredAnswer) for one in found] == [True, False, True]
    assert isinstance(found[1], ValueError)
    assert sorted(map(len, groups)) == [1, 1, 1, 3]


def test_a_database_that_is_down_is_asked_once_for_a_group() -> None:
    def apply(keys: Sequence[str]) -> None:
        if "first" not in keys:
            raise StoreUnavailable("down")

    found, groups = outcomes(apply, "a", "b")
    assert all(isinstance(one, StoreUnavailable) for one in found)
    assert len(groups) == 1
