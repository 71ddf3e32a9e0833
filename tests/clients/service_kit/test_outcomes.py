"""Who has a say in an operation, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from service_kit.outcomes import Operation, Outcome, Outcomes


@dataclass(frozen=True)
class Paid(Operation):
    cents: int


@dataclass(frozen=True)
class Closed(Outcome):
    by: str


class Act:
    """Stands for a transaction, and notes what is written in it."""

    def __init__(self) -> None:
        self.written: list[object] = []


class TooMuch(Exception):
    pass


def at_most_ten(_act: Act, paid: Paid) -> None:
    if paid.cents > 10:
        raise TooMuch


def write_it(act: Act, outcome: Outcome) -> None:
    act.written.append(outcome)


def write_name(act: Act, outcome: Outcome) -> None:
    act.written.append(type(outcome).__name__)


@pytest.fixture
def outcomes() -> Outcomes[Act]:
    return Outcomes[Act]()


def pay(outcomes: Outcomes[Act], act: Act, cents: int) -> None:
    with outcomes.performing(act, Paid(cents)):
        act.written.append(f"paid {cents}")


def test_listeners_hear_after_the_change_in_the_order_of_subscription(
    outcomes: Outcomes[Act],
) -> None:
    act = Act()
    outcomes.on(Paid, write_name)
    outcomes.on(Paid, write_it)

    pay(outcomes, act, 5)

    assert act.written == ["paid 5", "Paid", Paid(5)]


def test_a_veto_comes_before_the_change_and_nobody_hears_of_it(outcomes: Outcomes[Act]) -> None:
    act = Act()
    outcomes.on(Paid, write_it)
    outcomes.before(Paid, at_most_ten)

    with pytest.raises(TooMuch):
        pay(outcomes, act, 11)

    assert act.written == []


def test_the_first_veto_is_the_last_word(outcomes: Outcomes[Act]) -> None:
    act = Act()
    outcomes.before(Paid, at_most_ten)
    outcomes.before(Paid, write_it)

    with pytest.raises(TooMuch):
        pay(outcomes, act, 11)
    pay(outcomes, act, 1)

    assert act.written == [Paid(1), "paid 1"]


def test_a_change_that_fails_is_told_to_nobody(outcomes: Outcomes[Act]) -> None:
    act = Act()
    outcomes.on(Paid, write_it)

    with pytest.raises(ZeroDivisionError), outcomes.performing(act, Paid(1)):
        raise ZeroDivisionError

    assert act.written == []


def test_a_listener_that_fails_fails_whoever_told(outcomes: Outcomes[Act]) -> None:
    outcomes.on(Closed, lambda _act, _closed: 1 / 0)  # type: ignore[arg-type]

    with pytest.raises(ZeroDivisionError):
        outcomes.tell(Act(), Closed("ada"))


def test_only_listeners_of_the_very_kind_hear(outcomes: Outcomes[Act]) -> None:
    @dataclass(frozen=True)
    class PaidTwice(Paid):
        pass

    act = Act()
    outcomes.on(Paid, write_it)
    outcomes.on(PaidTwice, write_name)

    outcomes.tell(act, Closed("ada"))
    pay(outcomes, act, 1)

    assert act.written == ["paid 1", Paid(1)]


@pytest.mark.parametrize("kind", [Outcome, Operation, Act, int, "Paid", None])
def test_nobody_listens_to_what_is_never_told(outcomes: Outcomes[Act], kind: Any) -> None:
    with pytest.raises(TypeError, match="is no outcome that is told"):
        outcomes.on(kind, write_it)


def test_what_has_happened_cannot_be_vetoed(outcomes: Outcomes[Act]) -> None:
    with pytest.raises(TypeError, match="Closed is no operation"):
        outcomes.before(Closed, write_it)  # type: ignore[type-var]


def test_an_outcome_is_a_dataclass_of_its_own(outcomes: Outcomes[Act]) -> None:
    class Bare(Paid):
        pass

    with pytest.raises(TypeError, match="Bare is not a dataclass"):
        outcomes.on(Bare, write_it)


def later(_act: Act, _paid: Paid) -> Iterator[None]:
    """A veto that is raised when somebody iterates, which nobody does."""
    yield


async def much_later(_act: Act, _paid: Paid) -> None:
    pass


class CalledLater:
    async def __call__(self, _act: Act, _paid: Paid) -> None:
        pass


class Asked:
    def __call__(self, _act: Act, _paid: Paid) -> None:
        pass

    def of_both(self, _act: Act, _paid: Paid) -> None:
        pass

    def of_one(self, _act: Act) -> None:
        pass


@pytest.mark.parametrize(
    "check",
    [
        *(None, "write_it", later, much_later, partial(later), partial(much_later), CalledLater()),
        *(lambda: None, lambda _act: None, Asked().of_one, partial(isinstance, 1), Asked),
        *(lambda _act, _paid, _more: None, lambda _act, _paid, *, more: more),
    ],
)
def test_who_would_never_be_asked_is_refused(outcomes: Outcomes[Act], check: Any) -> None:
    with pytest.raises(TypeError, match="can't be called within a transaction"):
        outcomes.before(Paid, check)


@pytest.mark.parametrize(
    "check", [print, Asked(), Asked().of_both, partial(write_it), lambda *_both: None]
)
def test_whoever_takes_the_transaction_and_the_facts_is_asked(
    outcomes: Outcomes[Act], check: Any
) -> None:
    outcomes.before(Paid, check)
    pay(outcomes, Act(), 1)


def test_the_table_says_who_listens_to_what(outcomes: Outcomes[Act]) -> None:
    outcomes.on(Closed, write_it)
    outcomes.before(Paid, at_most_ten)

    assert [(line.kind, line.when, line.who) for line in outcomes.table()] == [
        (Closed, "on", f"{__name__}.write_it"),
        (Paid, "before", f"{__name__}.at_most_ten"),
    ]
