"""Names that hang, mean nothing or change: who has them waits, and nobody else."""

import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from bus.delivery.answer import Answer
from bus.delivery.wire import resolver
from bus.delivery.wire.http_client import HttpClient
from bus.delivery.wire.request import Request
from bus.delivery.wire.resolver import Resolver
from tests.bus.receiver import Receiver
from tests.sockets import free_port, peer, saying
from tests.waiting import wait_for

OK = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Names:
    """What names mean; those that begin with `hang` say nothing until the test is over."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.asked: list[str] = []
        self.at_once = 0
        self.waited_for = 0

    def __call__(self, name: str) -> tuple[str, ...]:
        self.asked.append(name)
        if name.startswith("hang"):
            self.at_once += 1
            self.over.wait(30)
            self.waited_for += 1
        return () if name.startswith("no") else ("127.0.0.1",)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    made = Names()
    monkeypatch.setattr(resolver, "look_up", made)
    yield made
    made.over.set()
    wait_for(lambda: all(one.name != "look-up" for one in threading.enumerate()))


@pytest.fixture
def sender() -> Iterator[HttpClient]:
    hosts = {
        "well",
        "well2",
        *(f"{kind}{i}" for i in range(100) for kind in ("hang", "no", "good")),
    }
    made = HttpClient(hosts, connect_ms=1_000, total_ms=3_000)
    yield made
    made.close()


def post(url: str, owner: str) -> Request:
    return Request(url, ("Expect:",), b"[]", owner)


def answers(sender: HttpClient, count: int) -> dict[int, Answer]:
    got: dict[int, Answer] = {}
    deadline = time.monotonic() + 20
    while len(got) < count and time.monotonic() < deadline:
        got |= {one.key: one for one in sender.wait(0.1)}
    assert len(got) == count
    return got


def port_of(url: str) -> str:
    return url.rpartition(":")[2].rstrip("/")


def test_names_of_one_client_that_hang_keep_no_other_client_waiting(
    sender: HttpClient, names: Names, receiver: Receiver
) -> None:
    port = port_of(receiver.url)
    for i in range(60):
        sender.start(i, post(f"http://hang{i}:{port}/", "their"))
    sender.start(100, post(f"http://well:{port}/", "ours"))
    (answer,) = answers(sender, 1).values()
    assert (answer.key, answer.status) == (100, 204)
    assert names.at_once <= 4
    late = answers(sender, 60)
    assert {one.error for one in late.values()} == {
        "could not resolve the host's name: no answer in time"
    }
    assert all(one.unreachable for one in late.values())
    assert sender.in_flight == 0


def test_who_repeats_quickly_takes_no_more_than_that(
    sender: HttpClient, names: Names, receiver: Receiver
) -> None:
    port = port_of(receiver.url)
    for turn in range(3):
        for i in range(20):
            sender.start(100 * turn + i, post(f"http://hang{20 * turn + i}:{port}/", "their"))
        sender.start(1000 + turn, post(f"http://good{turn}:{port}/", "ours"))
        answers(sender, 21)
    assert names.at_once <= 4
    assert {"good0", "good1", "good2"} <= set(names.asked)


def test_who_has_anothers_name_looked_up_behind_hanging_ones_keeps_nobody_from_it(
    sender: HttpClient, names: Names, receiver: Receiver
) -> None:
    port = port_of(receiver.url)
    for i in range(20):
        sender.start(i, post(f"http://hang{i}:{port}/", "their"))
    sender.start(20, post(f"http://well:{port}/theirs", "their"))
    sender.start(21, post(f"http://well:{port}/ours", "ours"))
    got = answers(sender, 2)
    assert {key: one.status for key, one in got.items()} == {20: 204, 21: 204}
    assert names.asked.count("well") == 1
    answers(sender, 20)
    sender.start(22, post(f"http://good1:{port}/", "ours"))
    answers(sender, 1)
    assert names.asked.count("well") == 1


def test_closing_waits_for_no_name(names: Names) -> None:
    made = HttpClient({"hang1"}, connect_ms=60_000, total_ms=60_000)
    made.start(1, post("http://hang1:80/", "their"))
    wait_for(lambda: names.at_once == 1)
    made.close()
    assert names.waited_for == 0


def test_a_name_without_an_address_is_unreachable(sender: HttpClient, names: Names) -> None:
    for i in range(10):
        sender.start(i, post(f"http://no{i}:80/", "their"))
    got = answers(sender, 10)
    assert {one.error for one in got.values()} == {
        "could not resolve the host's name: it means nothing"
    }
    assert all(one.unreachable and one.status is None for one in got.values())
    assert len(names.asked) == 10


def test_a_name_is_asked_for_once_for_many_and_once_a_minute(
    sender: HttpClient, names: Names, receiver: Receiver
) -> None:
    port = port_of(receiver.url)
    for i in range(4):
        sender.start(i, post(f"http://well:{port}/{i}", f"client {i}"))
    assert {one.status for one in answers(sender, 4).values()} == {204}
    sender.start(21, post(f"http://well:{port}/", "ours"))
    answers(sender, 1)
    assert names.asked == ["well"]


def test_an_address_is_not_asked_for(names: Names, receiver: Receiver) -> None:
    made = HttpClient({"127.0.0.1"}, connect_ms=500, total_ms=1_000)
    made.start(1, post(receiver.url, "ours"))
    assert answers(made, 1)[1].status == 204
    made.close()
    assert names.asked == []


def test_case_and_a_last_dot_are_the_same_name(
    sender: HttpClient, names: Names, receiver: Receiver
) -> None:
    port = port_of(receiver.url)
    for key, host in enumerate(["Well", "well.", "WELL."]):
        sender.start(key, post(f"http://{host}:{port}/", "ours"))
    assert {one.status for one in answers(sender, 3).values()} == {204}
    assert names.asked == ["well"]


def test_sixteen_clients_may_hang_and_the_rest_waits_for_them(names: Names) -> None:
    made = Resolver()
    for client in range(20):
        for i in range(10):
            made.ask(f"client {client}", f"hang{client}-{i}")
    wait_for(lambda: names.at_once == 64)
    made.close()


DIALS: dict[str, Callable[[HttpClient, int, str], None]] = {
    "answered": lambda sender, key, port: sender.start(key, post(f"http://well:{port}/", "a")),
    "refused": lambda sender, key, _: sender.start(key, post(f"http://well2:{free_port()}/", "a")),
    "guarded": lambda sender, key, _: sender.start(key, post("https://inside.example/", "a")),
    "nameless": lambda sender, key, _: sender.start(key, post(f"http://no{key % 100}:80/", "a")),
}


@pytest.mark.parametrize("kind", DIALS)
def test_dials_leave_no_descriptor_behind(names: Names, sender: HttpClient, kind: str) -> None:
    def dialled(count: int) -> int:
        for key in range(count):
            DIALS[kind](sender, key, port_of(url))
        answers(sender, count)
        return len(os.listdir("/proc/self/fd"))

    with peer(saying(OK)) as url:
        before = dialled(3)
        wait_for(lambda: dialled(40) <= before + 1)


def test_a_closed_sender_has_none(names: Names) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with peer(saying(OK)) as url:
        for _ in range(5):
            made = HttpClient({"well"}, connect_ms=500, total_ms=1_000)
            made.start(1, post(f"http://well:{port_of(url)}/", "a"))
            answers(made, 1)
            made.close()
    wait_for(lambda: len(os.listdir("/proc/self/fd")) <= before)
