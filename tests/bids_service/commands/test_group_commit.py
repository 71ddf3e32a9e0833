"""One bad command harms no other."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from service_kit.errors import StoreUnavailable
from service_kit.idempotency import StoredAnswer

from bids_service.commands.apply import Verdict
from bids_service.commands.group_commit import Outcome, apply_in_groups
from bids_service.engine.close import Close
from bids_service.model import CommandRequest, Key
from tests.waiting import wait_for


def request(key: str) -> CommandRequest:
    return CommandRequest(
        auction="http://a.test/1", command=Close(), key=Key(client="c", key=key, fingerprint="")
    )


def outcomes(
    apply: Callable[[Sequence[str]], None], *keys: str
) -> tuple[list[Outcome], list[list[str]]]:
    """What becomes of requests that arrive together, and the groups that were applied."""
    groups: list[list[str]] = []
    go_on = threading.Event()

    def books(requests: Sequence[CommandRequest]) -> list[Verdict]:
        groups.append([request.key.key for request in requests])
        assert go_on.wait(10)
        apply(groups[-1])
        return [StoredAnswer(200, request.key.key, {}) for request in requests]

    group_commit = apply_in_groups(books)
    with ThreadPoolExecutor(len(keys) + 1) as pool:
        first = pool.submit(group_commit.submit, request("first"), 10)
        wait_for(lambda: groups)
        rest = [pool.submit(group_commit.submit, request(key), 10) for key in keys]
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
