"""Who is signed in to the console, and how often somebody has tried to be."""

from service_kit.clock import Clock
from service_kit.database import is_sqlite, read_once, writing
from sqlalchemy import Connection, Engine, delete, func, insert, select

from bus.storage.tables import console_sessions as sessions
from bus.storage.tables import console_sign_ins as sign_ins


class ConsoleSessions:
    """Sessions by the digest of what their cookie holds. Expired ones are nobody's."""

    def __init__(self, engine: Engine, now_ms: Clock) -> None:
        self._engine = engine
        self._now_ms = now_ms

    def add(self, digest: str, token: str, lasts_ms: int) -> None:
        """Begin a session of whoever has shown this token (sealed), and forget expired ones."""
        now_ms = self._now_ms()
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at_ms <= now_ms))
            connection.execute(
                insert(sessions).values(digest=digest, token=token, expires_at_ms=now_ms + lasts_ms)
            )

    def find(self, digest: str) -> str | None:
        """The sealed token of a session; None when there is no such session any more."""
        wanted = select(sessions.c.token).where(
            sessions.c.digest == digest, sessions.c.expires_at_ms > self._now_ms()
        )
        with read_once(self._engine) as connection:
            found: str | None = connection.execute(wanted).scalar_one_or_none()
            return found

    def remove(self, digest: str) -> None:
        """End a session. May be repeated."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest))

    def try_to_sign_in(self, network: str, times: int, within_ms: int) -> int:
        """Count an attempt from a network before it is judged, and forget those that don't count
        any more. Returns 0, or, where so many were made, in how many ms the next may be."""
        now_ms = self._now_ms()
        with writing(self._engine) as connection:
            _take_turns(connection, is_sqlite(self._engine), network)
            connection.execute(delete(sign_ins).where(sign_ins.c.at_ms <= now_ms - within_ms))
            ours = sign_ins.c.network == network
            count, oldest = connection.execute(
                select(func.count(), func.min(sign_ins.c.at_ms)).where(ours)
            ).one()
            if count >= times:
                return max(1, int(oldest) + within_ms - now_ms)
            connection.execute(insert(sign_ins).values(network=network, at_ms=now_ms))
            return 0

    def signed_in(self, network: str) -> None:
        """What was counted last was no guess."""
        newest = select(func.max(sign_ins.c.id)).where(sign_ins.c.network == network)
        with writing(self._engine) as connection:
            connection.execute(delete(sign_ins).where(sign_ins.c.id == newest.scalar_subquery()))


def _take_turns(connection: Connection, is_file: bool, network: str) -> None:
    """Of any number who try at once no more get through; SQLite has one writer at a time anyway."""
    if not is_file:
        connection.execute(
            select(func.pg_advisory_xact_lock(func.hashtextextended(f"console {network}", 0)))
        )
