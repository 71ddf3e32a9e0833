"""One clock for all machines that share a store."""

import pytest
from service_kit.clock import now_ms
from service_kit.database import connect
from service_kit.errors import StoreUnavailable
from service_kit.store_clock import StoreClock, clock_of_database

START_MS = 1_700_000_000_000


class Machine:
    """A machine whose clock is off, and a store that it asks for the time."""

    def __init__(self, off_ms: int) -> None:
        self.off_ms, self.store_off_ms, self.gone_ms, self.asked = off_ms, 0, 0, 0
        self.is_away = False
        self.clock = StoreClock(
            self._ask,
            now_ms=lambda: START_MS + self.gone_ms + self.off_ms,
            steady_ms=lambda: 77 + self.gone_ms,
        )

    def _ask(self) -> int:
        self.asked += 1
        if self.is_away:
            raise StoreUnavailable("away")
        return START_MS + self.gone_ms + self.store_off_ms


@pytest.mark.parametrize("off_ms", [90_000, -90_000, 0, 20])
def test_machines_whose_clocks_differ_have_the_time_of_their_store(off_ms: int) -> None:
    machine = Machine(off_ms)
    assert machine.clock() == START_MS
    machine.gone_ms += 29_999
    assert machine.clock() == START_MS + 29_999
    assert machine.asked == 1


def test_what_a_machine_drifts_by_is_asked_every_half_minute() -> None:
    machine = Machine(90_000)
    machine.clock()
    machine.off_ms += 2_000
    machine.gone_ms += 30_000
    assert machine.clock() == START_MS + 30_000
    assert machine.asked == 2


def test_a_store_that_is_away_is_asked_again_and_meanwhile_what_was_known_holds() -> None:
    machine = Machine(90_000)
    machine.is_away = True
    assert machine.clock() == START_MS + 90_000
    machine.is_away = False
    machine.gone_ms += 30_000
    assert machine.clock() == START_MS + 30_000
    machine.is_away = True
    machine.gone_ms += 30_000
    assert machine.clock() == START_MS + 60_000


@pytest.mark.parametrize("by_ms", [40 * 86_400_000, -3_600_000])
def test_a_store_whose_clock_jumps_is_not_believed_at_once(by_ms: int) -> None:
    machine = Machine(0)
    machine.clock()
    machine.store_off_ms = by_ms
    for _ in range(20):
        machine.gone_ms += 30_000
        assert machine.clock() == START_MS + machine.gone_ms
    machine.gone_ms += 60_000
    assert machine.clock() == START_MS + machine.gone_ms + by_ms


def test_postgresql_tells_the_time(postgres_url: str) -> None:
    engine = connect(postgres_url)
    assert abs(clock_of_database(engine)() - now_ms()) < 60_000
    engine.dispose()


def test_an_embedded_database_has_the_clock_of_its_machine() -> None:
    assert clock_of_database(connect("sqlite:///not-opened")) is now_ms
