"""Look-ups in threads: when one begins, what is known of a name, and for how long."""

import select
import socket
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from bus.delivery.wire import resolver
from bus.delivery.wire.resolver import Addresses, Resolver, look_up
from tests.waiting import wait_for


class Names:
    """What names mean, as soon as the test lets it be said."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.addresses: Addresses = ("10.0.0.1",)

    def __call__(self, name: str) -> Addresses:
        self.asked.append(name)
        self.may_answer.wait(10)
        return self.addresses


@pytest.fixture
def names() -> Iterator[Names]:
    made = Names()
    yield made
    made.may_answer.set()


@pytest.fixture
def asker(names: Names) -> Iterator[Resolver]:
    made = Resolver(names)
    yield made
    made.close()


def is_readable(asker: Resolver, timeout_s: float = 0) -> bool:
    return bool(select.select([asker], [], [], timeout_s)[0])


def taken(asker: Resolver, count: int) -> list[tuple[str, Addresses]]:
    """So many answers, taken when all are there."""
    wait_for(lambda: len(asker._found) == count)
    assert is_readable(asker, 5)
    return sorted(asker.take())


def test_it_is_readable_when_there_is_an_answer_and_until_that_is_taken(asker: Resolver) -> None:
    assert (is_readable(asker), list(asker.take())) == (False, [])
    asker.ask("ada", "a")
    assert is_readable(asker, 5)
    assert taken(asker, 1) == [("a", ("10.0.0.1",))]
    assert (is_readable(asker), list(asker.take())) == (False, [])


def test_when_answers_are_taken_the_next_of_their_owner_begin(
    asker: Resolver, names: Names
) -> None:
    for number in range(10):
        asker.ask("ada", str(number))
    assert [name for name, _ in taken(asker, 4)] == ["0", "1", "2", "3"]
    assert [name for name, _ in taken(asker, 4)] == ["4", "5", "6", "7"]
    assert [name for name, _ in taken(asker, 2)] == ["8", "9"]
    assert sorted(names.asked) == [str(number) for number in range(10)]


def test_a_name_that_is_being_looked_up_is_not_asked_for_again(
    asker: Resolver, names: Names
) -> None:
    names.may_answer.clear()
    for owner in ("ada", "bob"):
        asker.ask(owner, "a")
    names.may_answer.set()
    taken(asker, 1)
    asker.ask("ada", "a")
    taken(asker, 1)
    assert names.asked == ["a", "a"]


def test_a_name_that_nobody_waits_for_any_more_is_not_looked_up(
    asker: Resolver, names: Names
) -> None:
    names.may_answer.clear()
    for name in ("0", "1", "2", "3", "dropped", "wanted"):
        asker.ask("ada", name)
    asker.drop("dropped")
    asker.drop("dropped")
    asker.drop("never asked for")
    names.may_answer.set()
    taken(asker, 4)
    assert [name for name, _ in taken(asker, 1)] == ["wanted"]
    assert "dropped" not in names.asked


def test_a_name_that_two_wait_for_is_looked_up_by_who_has_room(
    asker: Resolver, names: Names
) -> None:
    names.may_answer.clear()
    for name in ("0", "1", "2", "3", "shared", "behind"):
        asker.ask("ada", name)
    asker.ask("bob", "shared")
    wait_for(lambda: "shared" in names.asked)
    names.may_answer.set()
    assert [name for name, _ in taken(asker, 5)] == ["0", "1", "2", "3", "shared"]
    assert [name for name, _ in taken(asker, 1)] == ["behind"]
    assert names.asked.count("shared") == 1


def test_what_a_name_means_is_known_for_a_minute_and_that_it_means_nothing_is_not(
    asker: Resolver, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_s = [100.0]
    monkeypatch.setattr(resolver, "time", SimpleNamespace(monotonic=lambda: at_s[0]))
    assert asker.known("a") is None
    asker.ask("ada", "a")
    taken(asker, 1)
    at_s[0] += 59.5
    assert asker.known("a") == ("10.0.0.1",)
    at_s[0] += 0.5
    assert asker.known("a") is None
    names.addresses = ()
    asker.ask("ada", "b")
    taken(asker, 1)
    assert asker.known("b") is None


def test_of_very_many_names_those_that_are_out_of_date_are_forgotten(
    asker: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "_MOST_KNOWN", 2)
    at_s = [100.0]
    monkeypatch.setattr(resolver, "time", SimpleNamespace(monotonic=lambda: at_s[0]))
    for name, later_s in (("old", 59), ("young", 2), ("new", 0)):
        asker.ask("ada", name)
        taken(asker, 1)
        at_s[0] += later_s
    assert set(asker._known) == {"young", "new"}
    assert asker.known("young") == ("10.0.0.1",)


def test_who_is_closed_is_told_nothing_more_and_may_be_closed_again(names: Names) -> None:
    made = Resolver(names)
    names.may_answer.clear()
    made.ask("ada", "a")
    wait_for(lambda: names.asked == ["a"])
    made.close()
    names.may_answer.set()
    wait_for(lambda: all(one.name != "look-up" for one in threading.enumerate()))
    assert list(made._found) == []
    made.close()


@pytest.mark.parametrize(
    ("found", "addresses"),
    [
        (lambda: [_entry("10.0.0.2"), _entry("10.0.0.1")], ("10.0.0.2", "10.0.0.1")),
        (lambda: [_entry("10.0.0.2"), _entry("10.0.0.2")], ("10.0.0.2",)),
        (lambda: [_entry("fe80::1%eth0")], ("fe80::1",)),
        (lambda: _raised(socket.gaierror("no such name")), ()),
        (lambda: _raised(UnicodeError("label too long")), ()),
    ],
)
def test_a_name_means_the_addresses_that_the_system_says_in_its_order(
    monkeypatch: pytest.MonkeyPatch, found: Callable[[], Any], addresses: Addresses
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found())
    assert look_up("some.example") == addresses


def _entry(address: str) -> Any:
    return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)


def _raised(error: Exception) -> Any:
    raise error
