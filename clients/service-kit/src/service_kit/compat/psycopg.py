"""psycopg: a deadline for what PostgreSQL answers; libpq waits for ever for a server that hangs.
And a commit of which nobody knows whether it lasts is an error, where PostgreSQL only warns."""

import select
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import Diagnostic

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
LATELY_S = 1.0
"""After so long a connection is asked whether it lives before it is used."""
_LOOK_EVERY_S = 0.1  # for signals; psycopg's own


class Expecting(psycopg.Connection[Any]):
    """Waits for the answer to a statement for as long as `within_s` says, and no longer; `connect`
    is for the kinds that `expecting` makes.

    The server's own deadlines don't help: where it is stopped, or its disk hangs, they are too, and
    its kernel still answers keepalives. Who listens for notifications doesn't wait for an answer.
    """

    within_s: Callable[[], float | None]
    answered_s = float("-inf")
    _warning: str | None = None

    def wait(
        self, gen: PQGen[T], interval: float = _LOOK_EVERY_S, timeout: float | None = None
    ) -> T:
        seconds = type(self).within_s()
        if timeout is not None or seconds is None:
            return super().wait(gen, interval, timeout)
        try:
            answer = super().wait(gen, interval, seconds)
        except psycopg.errors._WaitTimeout as error:
            self.pgconn.finish()  # what was asked may still be answered: to nobody
            raise psycopg.OperationalError(f"no answer within {seconds:g} s") from error
        self.answered_s = time.monotonic()
        return answer

    def has_answered_lately(self) -> bool:
        """Whether it did a moment ago, and the server has said nothing since, such as that it ends
        it: then it needn't be asked whether it lives."""
        if self.closed or time.monotonic() - self.answered_s >= LATELY_S:
            return False
        said = select.poll()
        said.register(self.fileno(), select.POLLIN)
        return not said.poll(0)

    def last_cell(self, statements: str) -> Any:
        """What the last of several statements, with semicolons between, finds, in one round trip.
        The connection must be in autocommit, or a BEGIN of the driver's goes ahead of them."""
        asked = self.execute(statements.encode(), prepare=False)
        while asked.nextset():
            pass
        return asked.fetchone()[0]  # type: ignore[index]

    def commit(self) -> None:
        """Commit, and know that it lasts. Raises OperationalError otherwise."""
        self._warning = None
        super().commit()
        self.check_lasting()

    def check_lasting(self) -> None:
        """Raise OperationalError where PostgreSQL has warned of the commit that it answered.

        It does where it was told to wait for a standby no longer: then it has committed here, and
        a standby that is promoted may lack it. Its words depend on its language; so whatever it
        warns of is taken for that.
        """
        warning, self._warning = self._warning, None
        if warning is not None:
            raise psycopg.OperationalError(f"committed, but nobody knows where: {warning}")

    def note(self, notice: Diagnostic) -> None:
        """PostgreSQL has something to say."""
        if notice.severity_nonlocalized == "WARNING":
            self._warning = notice.message_primary or "a warning"


def expecting(within_s: Callable[[], float | None]) -> type[Expecting]:
    """Connections that wait so many seconds for each answer; None: for ever."""
    return type("Expecting", (Expecting,), {"within_s": staticmethod(within_s)})


def prepare(connection: Any) -> None:
    """Give a new connection the deadlines that the server keeps itself; where it fails at that,
    nobody has it to close it."""
    connection.add_notice_handler(connection.note)
    try:
        connection.execute(f"SET lock_timeout = '{WAIT_S}s'".encode())
        # Who stops in the middle of a transaction must not hold its rows for ever.
        connection.execute("SET idle_in_transaction_session_timeout = '30s'")
        connection.commit()
    except BaseException:
        connection.close()
        raise


def opener(url: str, *, answer_s: float) -> Callable[[], Connection]:
    """What opens a connection to `url` all of whose waits end, for who has no engine."""
    kind, said = expecting(lambda: answer_s), psycopg.conninfo.conninfo_to_dict(url)
    waits: dict[str, Any] = {name: value for name, value in WAITS.items() if name not in said}

    def opened() -> Connection:
        connection = kind.connect(url, **waits)
        prepare(connection)
        return connection

    return opened
