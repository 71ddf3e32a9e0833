"""Requests that wait for a name: how long, and what becomes of a name that nobody waits for."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from bus.delivery.wire import unresolved
from bus.delivery.wire.resolver import Addresses
from bus.delivery.wire.unresolved import Unresolved


@dataclass
class Names:
    """A resolver that finds what a test says, and knows what was asked of it."""

    found: list[tuple[str, Addresses]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    is_closed: bool = False

    def fileno(self) -> int:
        return 7

    def known(self, name: str) -> Addresses | None:
        return ("127.0.0.1",) if name == "known" else None

    def ask(self, owner: str, name: str) -> None:
        self.asked.append((owner, name))

    def drop(self, name: str) -> None:
        self.dropped.append(name)

    def take(self) -> list[tuple[str, Addresses]]:
        taken, self.found = self.found, []
        return taken

    def close(self) -> None:
        self.is_closed = True


@dataclass
class Clock:
    at_s: float = 100.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(unresolved, "time", SimpleNamespace(monotonic=lambda: made.at_s))
    return made


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def waiting(clock: Clock, names: Names) -> Unresolved[str]:
    return Unresolved[str](2.0, names)  # type: ignore[arg-type]


def test_whoever_waits_is_given_out_once_with_what_was_found(
    waiting: Unresolved[str], names: Names
) -> None:
    for item, name in (("1", "a"), ("2", "b"), ("3", "a"), ("4", "c")):
        waiting.add(item, "ada", name)
    assert names.asked == [("ada", "a"), ("ada", "b"), ("ada", "a"), ("ada", "c")]
    assert list(waiting.take()) == []
    names.found = [("a", ("10.0.0.1",)), ("c", ())]
    assert list(waiting.take()) == [("1", ("10.0.0.1",)), ("3", ("10.0.0.1",)), ("4", ())]
    assert (len(waiting), list(waiting.take())) == (1, [])


def test_whoever_has_waited_for_too_long_is_given_out_without_an_answer(
    waiting: Unresolved[str], clock: Clock
) -> None:
    waiting.add("1", "ada", "a")
    clock.at_s += 0.5
    waiting.add("2", "ada", "b")
    assert waiting.left_s == 1.5
    clock.at_s += 1.25
    assert (list(waiting.take()), waiting.left_s) == ([], 0.25)
    clock.at_s += 0.25
    assert waiting.left_s == 0
    assert list(waiting.take()) == [("1", None)]
    assert waiting.left_s == 0.5
    clock.at_s += 9
    assert (waiting.left_s, list(waiting.take())) == (0, [("2", None)])


def test_who_is_late_is_given_out_with_who_was_answered(
    waiting: Unresolved[str], names: Names, clock: Clock
) -> None:
    waiting.add("1", "ada", "a")
    clock.at_s += 1
    waiting.add("2", "ada", "b")
    waiting.add("3", "ada", "c")
    clock.at_s += 1
    names.found = [("c", ("10.0.0.1",))]
    assert list(waiting.take()) == [("1", None), ("3", ("10.0.0.1",))]
    assert len(waiting) == 1


def test_a_name_is_looked_up_as_long_as_somebody_waits_for_it(
    waiting: Unresolved[str], names: Names, clock: Clock
) -> None:
    waiting.add("1", "ada", "a")
    clock.at_s += 1
    waiting.add("2", "ada", "a")
    clock.at_s += 1
    assert (list(waiting.take()), names.dropped) == ([("1", None)], [])
    clock.at_s += 1
    assert (list(waiting.take()), names.dropped) == ([("2", None)], ["a"])
    waiting.add("3", "ada", "a")
    clock.at_s += 2
    assert (list(waiting.take()), names.dropped) == ([("3", None)], ["a", "a"])


def test_when_it_is_closed_nobody_waits(waiting: Unresolved[str], names: Names) -> None:
    waiting.add("1", "ada", "a")
    assert (waiting.fileno(), waiting.known("known"), waiting.known("a")) == (
        7,
        ("127.0.0.1",),
        None,
    )
    waiting.close()
    assert (len(waiting), names.is_closed) == (0, True)
