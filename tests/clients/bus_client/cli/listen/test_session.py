"""A batch is asked for only when the one before it was taken or skipped."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from bus_client.cli.listen.forward import Forwarded
from bus_client.cli.listen.session import Session
from bus_client.cli.listen.sources import Handed
from bus_client.entities import Json

REPLAY = 2
OK, AWAY = Forwarded(204, None, 1), Forwarded(None, "Connection refused", 1)


class Address:
    """Answers as it is told, then 204; remembers what it got."""

    def __init__(self, *answers: Forwarded) -> None:
        self._answers = list(answers)
        self.got: list[tuple[list[int], int, int]] = []

    def send(
        self, events: Sequence[Json], *, previous: int, attempt: int, replay: int
    ) -> Forwarded:
        assert replay == REPLAY
        self.got.append(([int(str(one["position"])) for one in events], previous, attempt))
        return self._answers.pop(0) if self._answers else OK


class Person:
    """Presses a key each time somebody waits for one."""

    def __init__(self, *keys: str | None) -> None:
        self._keys = list(keys)
        self.waits: list[float] = []

    def pressed(self, within_s: float, among: str) -> str | None:
        self.waits.append(within_s)
        key = self._keys.pop(0) if self._keys else None
        assert key is None or key in among, "nobody waits for that"
        return key


def batch(*positions: int) -> list[Json]:
    return [{"id": f"e-{one}", "position": one} for one in positions]


def gone_on(address: Address, person: Person) -> tuple[Session, list[int], threading.Event]:
    """A session over two batches, how far it asked, and whether it was to stop."""
    asked: list[int] = []
    stopping = threading.Event()

    def batches() -> Iterator[Handed]:
        for number, events in enumerate((batch(1, 2), [], batch(3))):
            asked.append(number)
            yield Handed(events, REPLAY)

    session = Session(address, person, lambda *_: None, stopping)
    session.run(batches())
    return session, asked, stopping


def test_batches_follow_each_other() -> None:
    address = Address()
    session, asked, _ = gone_on(address, Person())
    assert address.got == [([1, 2], 0, 1), ([3], 2, 1)]
    assert (session.delivered, asked) == (3, [0, 1, 2])


def test_what_is_not_taken_is_repeated_later_and_later() -> None:
    address, person = Address(AWAY, Forwarded(500, None, 1), Forwarded(302, None, 1)), Person()
    session, _, _ = gone_on(address, person)
    assert [attempt for _, _, attempt in address.got] == [1, 2, 3, 4, 1]
    assert 0.5 <= person.waits[0] <= 1 <= person.waits[1] <= 2 <= person.waits[2] <= 4
    assert session.delivered == 3


def test_only_what_a_2xx_refused_is_repeated() -> None:
    address = Address(Forwarded(200, None, 1, frozenset({"e-2"})))
    gone_on(address, Person())
    assert [positions for positions, _, _ in address.got] == [[1, 2], [2], [3]]


def test_a_person_skips() -> None:
    address = Address(AWAY)
    session, _, _ = gone_on(address, Person("s"))
    assert (session.skipped, session.delivered) == (2, 1)


def test_a_person_quits_before_it_is_taken() -> None:
    session, asked, _ = gone_on(Address(AWAY), Person("q"))
    assert (session.delivered, session.skipped, asked) == (0, 0, [0])


def test_a_person_quits_after_it_was_taken() -> None:
    _, asked, stopping = gone_on(Address(), Person("q"))
    assert stopping.is_set()
    assert asked[-1] > 0  # whoever gives batches learns that it was


def test_a_person_has_the_last_one_repeated() -> None:
    address = Address()
    gone_on(address, Person("r"))
    assert [positions for positions, _, _ in address.got] == [[1, 2], [1, 2], [3]]
