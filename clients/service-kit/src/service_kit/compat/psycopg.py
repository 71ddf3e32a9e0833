"""psycopg: a deadline for what PostgreSQL answers; libpq waits for ever for a server that hangs."""

from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, event

T = TypeVar("T")

_LOOK_EVERY_S = 0.1  # for signals; psycopg's own


def expect_answers(engine: Engine, within_s: Callable[[], float]) -> None:
    """Have each connection of an engine wait so long for the answer to a statement, and no longer.

    The server's own deadlines don't help: where it is stopped, or its disk hangs, they are too, and
    its kernel still answers keepalives. Who listens for notifications doesn't wait for an answer.
    """

    class Expecting(psycopg.Connection[Any]):
        def wait(
            self, gen: PQGen[T], interval: float = _LOOK_EVERY_S, timeout: float | None = None
        ) -> T:
            if timeout is not None:
                return super().wait(gen, interval, timeout)
            seconds = within_s()
            try:
                return super().wait(gen, interval, seconds)
            except psycopg.errors._WaitTimeout as error:
                self.pgconn.finish()  # what was asked may still be answered: to nobody
                raise psycopg.OperationalError(f"no answer within {seconds:g} s") from error

    def do_connect(_dialect: Any, _record: Any, args: Any, parameters: Any) -> Any:
        return Expecting.connect(*args, **parameters)

    event.listen(engine, "do_connect", do_connect)
