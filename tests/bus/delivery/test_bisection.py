import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.delivery import bisection as rules
from bus.delivery.batching import Send, plan
from bus.delivery.response import Acknowledged, Failed, Response, RetryAfter
from bus.model.delivery import HEALTHY, EndpointHealth
from bus.model.event import LogEvent
from bus.model.retry_policy import RetryPolicy
from tests.bus.samples import log_event, subscription

NOW = 1_000


def of(*urls: str) -> list[LogEvent]:
    return [log_event(position, url=url) for position, url in enumerate(urls, 1)]


def pause(failures: int) -> int:
    return int(10**failures)


def test_a_batch_of_several_that_fails_is_halved_after_a_pause() -> None:
    blame = rules.failed(HEALTHY, of("a", "b", "c", "d"), NOW, pause)
    assert blame.park is None
    assert blame.health == EndpointHealth(1, NOW, NOW + 10, tried_upto=4, bisect_limit=2)


@pytest.mark.parametrize(
    ("tried", "after_a_failure", "when_nobody_was_there"),
    [(100, 10, 10), (21, 10, 10), (20, 10, 10), (19, 9, 10), (11, 5, 10), (10, 5, 10), (2, 1, 2)],
)
def test_the_first_probe_is_never_a_full_batch(
    tried: int, after_a_failure: int, when_nobody_was_there: int
) -> None:
    batch = of(*(str(number) for number in range(tried)))
    refused = rules.failed(HEALTHY, batch, NOW, pause).health
    away = rules.unreachable(HEALTHY, batch, NOW, pause)
    assert (refused.bisect_limit, away.bisect_limit) == (after_a_failure, when_nobody_was_there)


def twice_alone() -> EndpointHealth:
    once = rules.failed(HEALTHY, of("a"), NOW, pause)
    assert (once.park, once.health.skip_upto, once.health.bisect_limit) == (None, None, 1)
    return rules.failed(once.health, of("a"), NOW, pause).health


def test_after_one_failed_twice_alone_somebody_else_is_wanted_and_then_another() -> None:
    health = twice_alone()
    assert health.skip_upto == 1
    again = rules.failed(health, [log_event(2, url="b")], NOW, pause)
    assert (again.park, again.health.skip_upto, again.health.failures) == (None, 2, 3)


def test_who_fails_again_after_others_passed_is_parked() -> None:
    proven = rules.succeeded(twice_alone(), [log_event(2, url="b")])
    assert proven == EndpointHealth(tried_upto=1, bisect_limit=1)
    assert rules.failed(proven, of("a"), NOW, pause) == rules.Finding(HEALTHY, park="a")


def test_who_passes_after_all_is_cleared() -> None:
    proven = rules.succeeded(twice_alone(), [log_event(2, url="b")])
    assert rules.succeeded(proven, of("a")) == HEALTHY


def test_in_a_search_the_half_that_fails_after_one_that_passed_is_tried_at_once() -> None:
    searching = EndpointHealth(tried_upto=8, bisect_limit=4)
    assert rules.failed(searching, of("a", "b"), NOW, pause).health.retry_at_ms == NOW


def test_probes_grow_again_until_the_search_is_over() -> None:
    searching = EndpointHealth(failures=2, failing_since_ms=1, tried_upto=8, bisect_limit=2)
    first = rules.succeeded(searching, of("a", "b"))
    assert first == EndpointHealth(tried_upto=8, bisect_limit=4)
    assert rules.succeeded(first, [log_event(8)]) == HEALTHY


def test_an_endpoint_where_nobody_is_is_not_searched() -> None:
    health = HEALTHY
    for failures in range(1, 5):
        health = rules.unreachable(health, of("a"), NOW, pause)
        assert (health.failures, health.skip_upto) == (failures, None)


def test_a_deferral_is_obeyed_and_blames_nobody() -> None:
    health = rules.deferred(HEALTHY, of("a"), NOW, 5_000)
    assert (health.retry_at_ms, health.failures, health.skip_upto) == (NOW + 5_000, 1, None)


def test_an_endpoint_that_fails_for_long_is_given_up() -> None:
    first = rules.failed(HEALTHY, of("a", "b"), NOW, pause).health
    later = rules.failed(first, of("a"), NOW + 99, pause).health
    assert not rules.gives_up(later, NOW + 99, 100)
    assert rules.gives_up(later, NOW + 100, 100)
    assert not rules.gives_up(HEALTHY, NOW, 0)


ASKED = rules.deferred(HEALTHY, of("a"), NOW, 30_000)
PATIENCE = rules.Patience(RetryPolicy(), 10**9, lambda: 1.0)


@pytest.mark.parametrize(
    "response", [Acknowledged(), Failed(), Failed(unreachable=True), RetryAfter(1_000)]
)
def test_no_answer_on_its_way_shortens_a_pause_that_was_asked_for(response: Response) -> None:
    for after in (
        rules.after_batch(ASKED, of("b"), response, NOW + 5, PATIENCE, may_park=True),
        rules.after_parked(ASKED, of("b"), response, NOW + 5, PATIENCE),
    ):
        assert after.health.retry_at_ms == NOW + 30_000
        assert after.health.failures > 0


def test_a_longer_pause_that_is_asked_for_holds() -> None:
    later = RetryAfter(60_000)
    found = rules.after_batch(ASKED, of("b"), later, NOW + 5, PATIENCE, may_park=True)
    assert found.health.retry_at_ms == NOW + 5 + 60_000


def test_once_a_pause_that_was_asked_for_is_over_an_endpoint_may_be_well_again() -> None:
    taken = of("a")
    found = rules.after_batch(ASKED, taken, Acknowledged(), NOW + 30_000, PATIENCE, may_park=True)
    assert found.health == HEALTHY


@dataclass
class Endpoint:
    """Refuses batches that hold a poisoned URL, and everything while it is down."""

    poison: frozenset[str]
    down: range = range(0)
    calls: int = 0

    def takes(self, batch: list[LogEvent]) -> bool:
        self.calls += 1
        is_up = self.calls not in self.down
        return is_up and not {event.url for event in batch} & self.poison


def deliver(log: list[LogEvent], endpoint: Endpoint, most: int) -> tuple[list[LogEvent], list[str]]:
    """Deliver until nothing is left but what can't be told apart from a dead endpoint."""
    ours, health, pending = subscription(max_events=most), HEALTHY, list(log)
    got: list[LogEvent] = []
    parked: list[str] = []
    for now_ms in range(0, 10_000_000, 10_000):
        planned = plan(ours, health, pending, now_ms)
        if not isinstance(planned, Send):
            break
        batch, pending = list(planned.events), planned.rest
        if endpoint.takes(batch):
            got += batch
            health = rules.succeeded(health, batch)
            continue
        blame = rules.failed(health, batch, now_ms, lambda _: 1)
        health = blame.health
        if blame.park is None:
            pending = sorted([*batch, *pending])
        else:
            parked.append(blame.park)
            pending = [event for event in pending if event.url != blame.park]
    return got, parked


@given(
    urls=st.lists(st.sampled_from("abcdefgh"), max_size=60),
    poison=st.frozensets(st.sampled_from("abcdefgh"), max_size=3),
    most=st.integers(1, 20),
)
def test_only_poison_is_parked_and_all_else_is_delivered_in_order(
    urls: list[str], poison: frozenset[str], most: int
) -> None:
    log = of(*urls)
    got, parked = deliver(log, Endpoint(poison), most)
    assert set(parked) <= poison
    assert sorted(got) == [event for event in log if event.url not in poison]
    for url in set(urls) - poison:
        ours = [event for event in got if event.url == url]
        assert ours == sorted(ours)


@given(
    urls=st.lists(st.sampled_from("abcdefgh"), max_size=60),
    first=st.integers(1, 30),
    count=st.integers(0, 40),
    most=st.integers(1, 20),
)
def test_an_endpoint_that_was_down_gets_everything_once(
    urls: list[str], first: int, count: int, most: int
) -> None:
    log = of(*urls)
    got, parked = deliver(log, Endpoint(frozenset(), range(first, first + count)), most)
    assert parked == []
    assert sorted(got) == log
    for url in set(urls):
        ours = [event for event in got if event.url == url]
        assert ours == sorted(ours)


def test_the_search_costs_few_calls() -> None:
    urls = [str(number) for number in range(1_000)]
    random.Random(1).shuffle(urls)
    endpoint = Endpoint(frozenset({"17", "500", "999"}))
    got, parked = deliver(of(*urls), endpoint, 100)
    assert sorted(parked) == ["17", "500", "999"]
    assert len(got) == 997
    assert endpoint.calls < 100


def test_a_search_that_had_no_width_yet_grows_from_one() -> None:
    after = rules.succeeded(EndpointHealth(tried_upto=9), [log_event(1), log_event(3)])
    assert after == EndpointHealth(tried_upto=9, bisect_limit=2)
