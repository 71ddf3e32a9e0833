"""Many at once, and the same at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from bus_drain.fetch import EntityClient, Missing, Unavailable
from bus_drain.fetch.single_flight import SingleFlight, TookTooLong
from service_kit.trace import current_traceparent, tracing
from werkzeug import Request, Response

from tests.waiting import wait_for

from .conftest import Site, hal


def test_many_are_fetched_side_by_side_and_come_in_order(client: EntityClient, site: Site) -> None:
    together = threading.Barrier(8)

    def page(request: Request) -> Response:
        together.wait(20)  # nobody is answered before eight have asked
        return hal({"path": request.path})

    urls = [f"{site.url}/{number}" for number in range(8)]
    for number in range(8):
        site.pages[f"/{number}"] = page

    fetched = list(client.fetch_many([*urls, urls[0]], workers=8))

    assert [one.url for one in fetched] == urls
    assert [one.entity["path"] for one in fetched if one.entity] == [f"/{n}" for n in range(8)]


def test_one_that_fails_stops_no_other(client: EntityClient, site: Site) -> None:
    urls = [site.shows("/a", {}), site.url + "/nothing", site.shows("/b", {})]
    fetched = list(client.fetch_many(urls))

    assert [one.entity is not None for one in fetched] == [True, False, True]
    assert isinstance(fetched[1].error, Missing)


def test_the_trace_goes_along(client: EntityClient, site: Site) -> None:
    url = site.shows("/a", {})
    with tracing("00-" + "1" * 32 + "-" + "2" * 16 + "-01", "work"):
        list(client.fetch_many([url]))
        trace = current_traceparent().split("-")[1]

    assert site.asked[0].headers["traceparent"].split("-")[1] == trace


class Held:
    """A page that answers only when it is told to, and says which request it answers."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.answer = threading.Semaphore(0)
        self.numbers = iter(range(100))

    def __call__(self, _request: Request) -> Response:
        number = next(self.numbers)
        self.asked.release()
        assert self.answer.acquire(timeout=20)
        return hal({"n": number})


def test_who_asks_while_a_call_is_under_way_shares_the_next_and_never_gets_the_past(
    client: EntityClient, site: Site
) -> None:
    page = site.pages["/x"] = Held()
    url = site.url + "/x"
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(client.get, url)
        assert page.asked.acquire(timeout=20)
        later = [pool.submit(client.get, url) for _ in range(5)]
        wait_for(lambda: client._flights._next, what="the others wait")
        wait_for(lambda: sum(not one.running() for one in later) == 0, what="all have asked")
        page.answer.release(50)
        numbers = [one.result(20)["n"] for one in later]

    assert first.result()["n"] == 0
    assert min(numbers) >= 1
    assert client._flights._running == {}


def test_who_waits_for_the_call_of_another_gives_up_in_time(
    make_client: Callable[..., EntityClient], site: Site
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def pause(_seconds: float) -> None:
        begun.set()
        assert go_on.wait(20)

    client = make_client(total_s=1, pause=pause)
    site.pages["/x"] = lambda _request: Response(status=503)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.get, site.url + "/x")
        assert begun.wait(20)
        with pytest.raises(Unavailable, match="no answer in time"):
            client.get(site.url + "/x")
        go_on.set()
        assert isinstance(first.exception(20), Unavailable)


def test_a_failure_is_shared_and_forgotten() -> None:
    flights: SingleFlight[int] = SingleFlight()

    def fails() -> int:
        raise Unavailable("no")

    with pytest.raises(Unavailable):
        flights.do("x", fails, lambda: 1)
    assert flights.do("x", lambda: 2, lambda: 1) == 2


def test_callers_that_come_together_share_one_call() -> None:
    flights: SingleFlight[int] = SingleFlight()
    begun, go_on = threading.Event(), threading.Event()
    calls: list[int] = []

    def call() -> int:
        calls.append(1)
        begun.set()
        assert go_on.wait(20)
        return len(calls)

    asked = threading.Semaphore(0)

    def left_s() -> float:
        asked.release()  # asked for by everybody who waits
        return 20

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(flights.do, "x", call, left_s)
        assert begun.wait(20)
        later = [pool.submit(flights.do, "x", call, left_s) for _ in range(6)]
        for _ in later:
            assert asked.acquire(timeout=20)
        go_on.set()
        results = [one.result(20) for one in later]

    assert first.result() == 1
    assert results == [2] * 6
    assert len(calls) == 2


def test_nobody_waits_for_others_beyond_their_own_deadline() -> None:
    flights: SingleFlight[int] = SingleFlight()
    begun, go_on = threading.Event(), threading.Event()

    def call() -> int:
        begun.set()
        assert go_on.wait(20)
        return 1

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(flights.do, "x", call, lambda: 20)
        assert begun.wait(20)
        for _ in range(2):
            with pytest.raises(TookTooLong):
                flights.do("x", call, lambda: 0)
        go_on.set()

    assert first.result() == 1
    assert (flights._running, flights._next) == ({}, {})
