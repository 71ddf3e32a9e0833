"""Who appends rings; listeners are told at once, and not more often than they can hear."""

import threading
import time
from collections.abc import Callable

from sqlalchemy import create_engine

from bus.log.postgres_ringer import Ringer
from tests.waiting import PATIENCE_S


class Line:
    """Where notifications go, counted; no database."""

    def __init__(self) -> None:
        self.told = threading.Semaphore(0)
        self.is_closed = False

    def repeatable(self, _tell: Callable[..., object]) -> None:
        self.told.release()

    def close(self) -> None:
        self.is_closed = True


def ringer_on(line: Line) -> Ringer:
    ringer = Ringer(create_engine("sqlite://"))
    ringer._connections = line  # type: ignore[assignment]
    return ringer


def test_listeners_are_told_at_most_every_1_5_ms() -> None:
    line = Line()
    ringer = ringer_on(line)
    begun = time.monotonic()
    for place in map(str, range(41)):
        ringer.ring(place)
        assert line.told.acquire(timeout=PATIENCE_S)
    passed_s = time.monotonic() - begun
    ringer.close()
    assert passed_s >= 40 * 0.0015


def test_closing_tells_what_is_to_be_told_and_ends() -> None:
    line = Line()
    ringer = ringer_on(line)
    ringer.ring("1")
    closing = threading.Thread(target=ringer.close, daemon=True)
    closing.start()
    closing.join(10)
    assert not closing.is_alive()
    assert line.is_closed
    assert line.told.acquire(blocking=False)
