"""What every engine does alike."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis
from bus_drain.layers.filter import is_older
from bus_drain.state import JobRun, Known, Mark, State
from bus_drain.storage import open_state
from service_kit.clock import now_ms

A, B, C = (f"https://a.example/{letter}" for letter in "abc")
RUN = JobRun(id="r", iteration="w", argument="https://a.example/all", status="waiting")


def at_once(work: Callable[[int], None], threads: int = 8) -> None:
    together = threading.Barrier(threads)

    def one(number: int) -> None:
        together.wait(20)
        work(number)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(threads)))


class TestSeen:
    def test_only_what_was_added_is_seen(self, state: State) -> None:
        state.seen.add(["1", "2"], 0)

        assert state.seen.which(["1", "3", "2"]) == {"1", "2"}

    def test_nothing_and_twice_are_fine(self, state: State) -> None:
        state.seen.add([], 0)
        state.seen.add(["1", "1"], 0)
        state.seen.add(["1"], 5)

        assert state.seen.which([]) == frozenset()
        assert state.seen.which(["1"]) == {"1"}

    def test_ids_are_told_apart_to_the_letter(self, state: State) -> None:
        state.seen.add(["a", "ü'\"%_"], 0)

        assert state.seen.which(["A", "a ", "", "ü'\"%_", "ü"]) == {"ü'\"%_"}

    def test_the_old_is_forgotten_and_no_more(self, state: State) -> None:
        state.seen.add(["old"], 99)
        state.seen.add(["new"], 100)
        state.seen.forget(100)

        assert state.seen.which(["old", "new"]) == {"new"}

    def test_many_writers_add_the_same_ids_in_any_order(self, state: State) -> None:
        ids = [str(number) for number in range(50)]
        at_once(lambda number: state.seen.add(ids[number:] + ids[:number], number))

        assert state.seen.which(ids) == set(ids)

    def test_a_big_batch_is_one_batch(self, state: State) -> None:
        ids = [f"9f3a-{number}" for number in range(10_000)]
        state.seen.add(ids, 0)

        assert state.seen.which(ids) == set(ids)


class TestNewest:
    def test_what_was_learned_is_known(self, state: State) -> None:
        state.newest.learn({A: Known(7, 100), B: Known(None, 200)}, 0, is_older)

        assert state.newest.of([A, B, C]) == {A: Known(7, 100), B: Known(None, 200)}
        assert state.newest.of([]) == {}

    def test_it_is_never_unlearned(self, state: State) -> None:
        state.newest.learn({A: Known(7, 100)}, 0, is_older)
        state.newest.learn({A: Known(6, 100), B: Known(1, 1)}, 0, is_older)

        assert state.newest.of([A, B]) == {A: Known(7, 100), B: Known(1, 1)}

    def test_the_newest_wins_whoever_comes_last(self, state: State) -> None:
        at_once(lambda number: state.newest.learn({A: Known(number, 0)}, 0, is_older))

        assert state.newest.of([A]) == {A: Known(7, 0)}

    def test_the_old_is_forgotten(self, state: State) -> None:
        state.newest.learn({A: Known(1, 1)}, 99, is_older)
        state.newest.learn({B: Known(1, 1)}, 100, is_older)
        state.newest.forget(100)

        assert state.newest.of([A, B]) == {B: Known(1, 1)}


class TestMarks:
    def test_marks_wait_the_oldest_first(self, state: State) -> None:
        state.marks.set([B], 1)
        state.marks.set([A, C], 2)

        assert [mark.url for mark in state.marks.waiting()] == [B, A, C]
        assert [mark.url for mark in state.marks.waiting(1)] == [B]
        assert state.marks.count() == 3

    def test_a_url_marked_again_keeps_its_place_with_another_token(self, state: State) -> None:
        state.marks.set([A], 1)
        state.marks.set([B], 2)
        first = state.marks.of(A)
        state.marks.set([A], 3)

        assert [mark.url for mark in state.marks.waiting()] == [A, B]
        assert state.marks.of(A) != first
        assert state.marks.count() == 2

    def test_only_the_very_mark_is_removed(self, state: State) -> None:
        state.marks.set([A], 1)
        seen = state.marks.of(A)
        assert seen is not None
        state.marks.set([A], 2)

        assert state.marks.remove(seen) is False
        (now,) = state.marks.waiting()
        assert state.marks.remove(now) is True
        assert state.marks.remove(now) is False
        assert state.marks.of(A) is None
        assert state.marks.count() == 0

    def test_a_url_that_was_never_marked_has_no_mark(self, state: State) -> None:
        state.marks.set([], 1)

        assert state.marks.of(A) is None
        assert state.marks.remove(Mark(A, "x")) is False
        assert list(state.marks.waiting()) == []

    def test_one_of_many_removers_wins(self, state: State) -> None:
        state.marks.set([A], 1)
        (mark,) = state.marks.waiting()
        won: list[bool] = []
        at_once(lambda number: won.append(state.marks.remove(mark)))

        assert sorted(won) == [False] * 7 + [True]


class TestCache:
    def test_an_answer_is_its_owners_only(self, state: State) -> None:
        assert state.cache.write(A, "me", b"\x00\xff", state.cache.read(A, "me").ticket, 0)

        assert state.cache.read(A, "me").body == b"\x00\xff"
        assert state.cache.read(A, "you").body is None
        assert state.cache.read(B, "me").body is None

    def test_a_later_answer_takes_the_place(self, state: State) -> None:
        ticket = state.cache.read(A, "me").ticket
        state.cache.write(A, "me", b"1", ticket, 0)
        state.cache.write(A, "me", b"2", ticket, 0)

        assert state.cache.read(A, "me").body == b"2"

    def test_busting_drops_it_for_every_owner(self, state: State) -> None:
        for owner in ("me", "you"):
            state.cache.write(A, owner, b"1", "", 0)
        state.cache.write(B, "me", b"1", "", 0)
        state.cache.bust([], 1)
        state.cache.bust([A, C], 1)

        assert state.cache.read(A, "me").body is None
        assert state.cache.read(A, "you").body is None
        assert state.cache.read(B, "me").body == b"1"

    def test_what_was_fetched_before_the_bust_is_not_kept_after_it(self, state: State) -> None:
        ticket = state.cache.read(A, "me").ticket
        state.cache.bust([A], 1)

        assert state.cache.write(A, "me", b"the past", ticket, 2) is False
        assert state.cache.read(A, "me").body is None

        again = state.cache.read(A, "me").ticket
        state.cache.bust([A], 3)
        assert state.cache.write(A, "me", b"the past", again, 4) is False
        assert state.cache.write(A, "me", b"now", state.cache.read(A, "me").ticket, 5) is True

    def test_the_old_is_forgotten(self, state: State) -> None:
        state.cache.write(A, "me", b"1", "", 99)
        state.cache.write(B, "me", b"1", "", 100)
        state.cache.forget(100)

        assert state.cache.read(A, "me").body is None
        assert state.cache.read(B, "me").body == b"1"


class TestRuns:
    def test_a_run_is_added_once(self, state: State) -> None:
        assert state.runs.add(RUN) is True
        assert state.runs.add(replace(RUN, iteration="other")) is False
        assert state.runs.get("r") == RUN
        assert state.runs.get("other") is None

    def test_a_swap_keeps_everything_and_counts_versions(self, state: State) -> None:
        state.runs.add(RUN)
        after = replace(
            RUN,
            status="running",
            cursor="ü/2",
            done=2**40,
            total=2**41,
            owner="me",
            beat_at_ms=2**42,
            not_before_ms=3,
            failures=4,
            error="Timeout",
        )

        assert state.runs.swap(RUN, after) is True
        assert state.runs.get("r") == replace(after, version=1)

    def test_only_one_of_many_swaps_wins(self, state: State) -> None:
        state.runs.add(RUN)
        won: list[bool] = []
        at_once(lambda number: won.append(state.runs.swap(RUN, replace(RUN, done=number))))

        assert sorted(won) == [False] * 7 + [True]

    def test_a_run_that_is_not_there_is_not_swapped(self, state: State) -> None:
        assert state.runs.swap(RUN, RUN) is False
        assert list(state.runs.all()) == []

    def test_all_are_listed_by_id(self, state: State) -> None:
        for name in ("b", "a"):
            state.runs.add(replace(RUN, id=name))

        assert [run.id for run in state.runs.all()] == ["a", "b"]


def test_what_is_there_survives_another_opening(state: State, state_url: str) -> None:
    state.marks.set([A], 1)
    other = open_state(state_url)

    assert other.marks.count() == 1
    other.close()


def test_many_processes_may_open_it_at_once(state_url: str) -> None:
    opened: list[State] = []
    at_once(lambda number: opened.append(open_state(state_url)))

    assert len(opened) == 8
    for one in opened:
        one.close()


@pytest.mark.parametrize("letters", [1024])
def test_the_longest_url_fits(state: State, letters: int) -> None:
    long = "https://a.example/" + "x" * letters
    state.marks.set([long], 1)
    state.newest.learn({long: Known(1, 1)}, 1, is_older)
    state.cache.write(long, "me", b"1", "", 1)

    assert state.marks.of(long) is not None
    assert long in state.newest.of([long])
    assert state.cache.read(long, "me").body == b"1"


def test_whoever_shares_a_state_goes_by_one_clock(state: State) -> None:
    assert abs(state.clock() - now_ms()) < 60_000


def test_the_clock_of_a_redis_is_read_to_the_millisecond(
    redis_socket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis.Redis, "time", lambda _self: (1_700_000_000, 923_456))
    state = open_state(f"unix://{redis_socket}")

    assert abs(state.clock() - 1_700_000_000_923) < 500
    state.close()
