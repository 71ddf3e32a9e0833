"""What happens to entities, and who has a say before and hears of it after: in one transaction.

For what must be committed together with the change. What may come later is an event (the outbox).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction, signature
from typing import Any, Generic, Literal, NamedTuple, TypeVar


@dataclass(frozen=True)
class Outcome:
    """Something that has happened. Subclasses are frozen dataclasses that carry the facts."""


@dataclass(frozen=True)
class Operation(Outcome):
    """Something that somebody is about to do: it can be vetoed, and has happened once it's done."""


A = TypeVar("A")
"""What checks and listeners write in: the transaction, with all that writing needs."""
H = TypeVar("H", bound=Outcome)
P = TypeVar("P", bound=Operation)
Told = Callable[[A, Any], None]


class Subscribed(NamedTuple):
    """A line of the table of who listens to what."""

    kind: type[Outcome]
    when: Literal["before", "on"]
    who: str


class Outcomes(Generic[A]):
    """One an app, filled where the app is built. Calls everybody in the order of subscription."""

    def __init__(self) -> None:
        self._checks: defaultdict[type[Outcome], list[Told[A]]] = defaultdict(list)
        self._listeners: defaultdict[type[Outcome], list[Told[A]]] = defaultdict(list)
        self._table: list[Subscribed] = []

    def before(self, kind: type[P], check: Callable[[A, P], None]) -> None:
        """Have `check` called before an operation of this kind changes anything. What it raises is
        its veto: whoever wanted the operation gets it, and nothing is written.

        Raises TypeError for what is no operation, which nobody could be asked about.
        """
        if _is_told(kind) and not issubclass(kind, Operation):
            raise TypeError(f"{kind.__name__} is no operation: it has happened when it is told")
        self._subscribe("before", self._checks, kind, check)

    def on(self, kind: type[H], listener: Callable[[A, H], None]) -> None:
        """Have `listener` called after an outcome of this kind, before its commit. What it raises
        undoes the change: whoever may fail or block listens to the event instead.

        This and `before` raise TypeError for what is no outcome, or is told to nobody, and for who
        can't be called with both, or would do nothing until awaited.
        """
        self._subscribe("on", self._listeners, kind, listener)

    @contextmanager
    def performing(self, act: A, operation: Operation) -> Iterator[None]:
        """Around the statements of an operation: checks before, listeners after them."""
        for check in self._checks[type(operation)]:
            check(act, operation)
        yield
        self.tell(act, operation)

    def tell(self, act: A, outcome: Outcome) -> None:
        """Call the listeners of what has happened."""
        for listener in self._listeners[type(outcome)]:
            listener(act, outcome)

    def table(self) -> list[Subscribed]:
        """Who listens to what, in the order of subscription."""
        return list(self._table)

    def _subscribe(
        self,
        when: Literal["before", "on"],
        to: dict[type[Outcome], list[Told[A]]],
        kind: type[Outcome],
        who: Told[A],
    ) -> None:
        if not _is_told(kind):  # only listeners of the very kind hear
            raise TypeError(f"{kind!r} is no outcome that is told")
        # An outcome's subclass that is no dataclass of its own would lack its facts.
        if not is_dataclass(kind) or "__dataclass_fields__" not in vars(kind):
            raise TypeError(f"{kind.__name__} is not a dataclass")
        if not _takes_both(who) or runs_later(who):  # a veto that is never awaited is none
            raise TypeError(f"{who!r} can't be called within a transaction")
        to[kind].append(who)
        self._table.append(Subscribed(kind, when, _name_of(who)))


def runs_later(who: Any) -> bool:
    """Whether calling it only makes something that somebody would have to await, or iterate."""
    called = (who, type(who).__call__)
    return any(made(one) for made in _MADE_LATER for one in called)


_MADE_LATER = (iscoroutinefunction, isgeneratorfunction, isasyncgenfunction)


def _is_told(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Outcome) and kind not in {Outcome, Operation}


def _takes_both(who: Any) -> bool:
    """Whether it can be called with a transaction and the facts."""
    if not callable(who):
        return False
    try:
        signature(who).bind(None, None)
    except TypeError:
        return False
    except ValueError:  # what is built in may not say what it takes
        return True
    return True


def _name_of(who: Told[Any]) -> str:
    # A partial, or an object that is called, has the name of its class.
    named: Any = who if hasattr(who, "__qualname__") else type(who)
    return f"{named.__module__}.{named.__qualname__}"
