"""psycopg: a deadline for what PostgreSQL answers; libpq waits for ever for a server that hangs."""

from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

T = TypeVar("T")
Connection = psycopg.Connection[Any]

WAIT_S = 5
WAITS = {
    "connect_timeout": WAIT_S,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 5,
    "target_session_attrs": "read-write",  # never a standby, which refuses what is written
}
"""What libpq waits for, unless the URL says otherwise; dead peers are noticed within 15 s."""
_LOOK_EVERY_S = 0.1  # for signals; psycopg's own


def expecting(within_s: Callable[[], float]) -> type[Connection]:
    """Connections that wait so long for the answer to a statement, and no longer.

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

    return Expecting


def prepare(connection: Connection) -> None:
    """Give a new connection the deadlines that the server keeps itself."""
    connection.execute(f"SET lock_timeout = '{WAIT_S}s'".encode())
    # Who stops in the middle of a transaction must not hold its rows for ever.
    connection.execute("SET idle_in_transaction_session_timeout = '30s'")
    connection.commit()


def opener(url: str, *, answer_s: float) -> Callable[[], Connection]:
    """What opens a connection to `url` all of whose waits end, for who has no engine."""
    kind, said = expecting(lambda: answer_s), psycopg.conninfo.conninfo_to_dict(url)
    waits: dict[str, Any] = {name: value for name, value in WAITS.items() if name not in said}

    def opened() -> Connection:
        connection = kind.connect(url, **waits)
        prepare(connection)
        return connection

    return opened
