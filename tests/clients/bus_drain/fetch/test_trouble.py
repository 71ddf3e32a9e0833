"""A host in trouble is asked again, then left alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
import time_machine
from bus_drain.fetch import CircuitOpen, EntityClient, Missing, Rejected, Unavailable
from werkzeug import Request, Response

from .conftest import Pauses, Site, hal, serving

Make = Callable[..., EntityClient]


class Steady:
    """A steady clock; the wall clock may be set meanwhile."""

    def __init__(self) -> None:
        self.at_ms = 77

    def __call__(self) -> int:
        return self.at_ms

    def forward(self, seconds: float) -> None:
        self.at_ms += round(seconds * 1000)


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> Steady:
    made = Steady()
    monkeypatch.setattr("bus_drain.fetch.host.steady_ms", made)
    return made


def failing(site: Site, path: str, *statuses: int, **headers: str) -> str:
    left = list(statuses)

    def page(_request: Request) -> Response:
        return Response(status=left.pop(0), headers=headers) if left else hal({"n": 1})

    site.pages[path] = page
    return site.url + path


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_no_answer_is_asked_for_again(
    client: EntityClient, site: Site, pauses: Pauses, status: int
) -> None:
    assert client.get(failing(site, "/x", status, status))["n"] == 1
    assert len(site.asked) == 3
    assert 0.05 <= pauses.seconds[0] <= 0.1 <= pauses.seconds[1] <= 0.2


def test_after_three_attempts_it_is_given_up(client: EntityClient, site: Site) -> None:
    with pytest.raises(Unavailable, match="503"):
        client.get(failing(site, "/x", *[503] * 9))
    assert len(site.asked) == 3


def test_the_servers_own_wish_is_respected(
    client: EntityClient, site: Site, pauses: Pauses
) -> None:
    client.get(failing(site, "/x", 503, **{"Retry-After": "2"}))

    assert pauses.seconds == [2]


@pytest.mark.parametrize(("status", "error"), [(404, Missing), (410, Missing), (403, Rejected)])
def test_an_answer_that_says_no_is_an_answer(
    client: EntityClient, site: Site, status: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        client.get(failing(site, "/x", status))
    assert len(site.asked) == 1


def test_a_host_that_fails_five_times_is_left_alone_for_half_a_minute(
    make_client: Make, site: Site, steady: Steady
) -> None:
    client = make_client(attempts=1)
    url = failing(site, "/x", *[503] * 5)
    for _ in range(5):
        with pytest.raises(Unavailable, match="503"):
            client.get(url)
    with pytest.raises(CircuitOpen):
        client.get(url)
    steady.forward(29)
    with pytest.raises(CircuitOpen):
        client.get(url)
    assert len(site.asked) == 5
    steady.forward(1)
    assert client.get(url)["n"] == 1
    assert client.get(url)["n"] == 1
    assert len(site.asked) == 7


def test_how_long_a_host_is_left_alone_can_be_set(
    make_client: Make, site: Site, steady: Steady
) -> None:
    client = make_client(attempts=1, left_alone_s=1)
    url = failing(site, "/x", *[503] * 5)
    for _ in range(5):
        with pytest.raises(Unavailable, match="503"):
            client.get(url)
    with pytest.raises(CircuitOpen):
        client.get(url)
    steady.forward(1.1)
    assert client.get(url)["n"] == 1


@pytest.mark.parametrize(("status", "then"), [(200, None), (503, CircuitOpen)])
def test_after_that_one_call_decides_while_the_others_are_refused(
    make_client: Make, site: Site, status: int, then: type[Exception] | None, steady: Steady
) -> None:
    client = make_client(attempts=1)
    asked, go_on = threading.Event(), threading.Event()

    def slow(_request: Request) -> Response:
        asked.set()
        assert go_on.wait(20)
        return hal({"n": 1}) if status == 200 else Response(status=status)

    broken = failing(site, "/x", *[503] * 5)
    site.pages["/slow"] = slow
    with ThreadPoolExecutor(1) as pool:
        for _ in range(5):
            with pytest.raises(Unavailable, match="503"):
                client.get(broken)
        steady.forward(31)
        probe = pool.submit(client.get, site.url + "/slow")
        assert asked.wait(20)
        for _ in range(3):
            with pytest.raises(CircuitOpen):
                client.get(broken)
        assert len(site.asked) == 6
        go_on.set()
        assert (probe.exception(20) is None) == (then is None)
        with pytest.raises(then) if then else nullcontext():
            assert client.get(broken)["n"] == 1


def test_another_host_is_asked_meanwhile(site: Site, pauses: Pauses) -> None:
    with (
        serving(Site()) as other,
        EntityClient({site.url: None, other.url: None}, attempts=1, pause=pauses) as client,
    ):
        broken = failing(site, "/x", *[503] * 9)
        for _ in range(6):
            with pytest.raises(Unavailable):
                client.get(broken)
        assert client.get(other.shows("/y", {"n": 2}))["n"] == 2


def test_answers_that_say_no_never_open_the_circuit(make_client: Make, site: Site) -> None:
    client = make_client()
    for _ in range(9):
        with pytest.raises(Missing):
            client.get(site.url + "/nothing")
    assert client.get(site.shows("/x", {"n": 1}))["n"] == 1


@pytest.mark.parametrize("jump_s", [-3_600, 3_600])
def test_a_clock_that_is_set_changes_nothing_about_how_long_a_host_is_left_alone(
    make_client: Make, site: Site, steady: Steady, jump_s: int
) -> None:
    client = make_client(attempts=1)
    url = failing(site, "/x", *[503] * 5)
    with time_machine.travel(1_800_000_000, tick=False) as travel:
        for _ in range(5):
            with pytest.raises(Unavailable, match="503"):
                client.get(url)
        travel.shift(jump_s)
        with pytest.raises(CircuitOpen):
            client.get(url)
        steady.forward(31)
        assert client.get(url)["n"] == 1
