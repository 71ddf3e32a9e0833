"""What the bus told us and nobody has looked at yet."""

from collections.abc import Iterable
from dataclasses import dataclass

from service_kit.database import reading, writing
from service_kit.dialects import insert_or
from sqlalchemy import Delete, Engine, delete, insert

from mailer_service.storage import lease
from mailer_service.storage.tables import dead_letters, inbox

_PRIORITIES = (0, 1)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A URL that has news, claimed `attempts` times since."""

    id: int
    url: str
    topic: str
    received_at_ms: int
    traceparent: str
    version: int
    attempts: int


class Inbox:
    """URLs to look at. Every method is one transaction; blocks on the database alone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, news: Iterable[tuple[str, str, int]], *, traceparent: str, now_ms: int) -> None:
        """Note (topic, url, priority 0 or 1) on disk. Noting twice is noting once.

        News about a URL that somebody is looking at right now makes it due again.
        """
        with writing(self._engine) as connection:
            statement = insert_or(connection, inbox)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[inbox.c.url],
                    set_={
                        name: statement.excluded[name]
                        for name in (
                            *("topic", "received_at_ms", "traceparent"),
                            *("priority", "due_at_ms", "attempts"),
                        )
                    }
                    | {"version": inbox.c.version + 1},
                ),
                [
                    {
                        "url": url,
                        "topic": topic,
                        "received_at_ms": now_ms,
                        "traceparent": traceparent,
                        "priority": priority,
                        "due_at_ms": now_ms,
                        "version": 1,
                        "attempts": 0,
                    }
                    for topic, url, priority in dict.fromkeys(news)
                ],
            )

    def claim(self, *, now_ms: int, lease_ms: int) -> Entry | None:
        """Take what has waited longest for `lease_ms`; None when there is nothing to do."""
        with reading(self._engine) as connection:
            ids = lease.due(connection, inbox, priorities=_PRIORITIES, now_ms=now_ms, limit=8)
        for entry_id in ids:
            with writing(self._engine) as connection:
                rows = lease.claim(connection, inbox, [entry_id], now_ms=now_ms, lease_ms=lease_ms)
            for row in rows:
                return Entry(
                    id=row.id,
                    url=row.url,
                    topic=row.topic,
                    received_at_ms=row.received_at_ms,
                    traceparent=row.traceparent,
                    version=row.version,
                    attempts=row.attempts,
                )
        return None

    def settle(self, entry: Entry) -> None:
        """Forget what was looked at, unless it got news meanwhile."""
        with writing(self._engine) as connection:
            connection.execute(_gone(entry))

    def dead_letter(self, entry: Entry, *, reason: str, now_ms: int) -> None:
        """Record that no mail can be made of it, instead of trying for ever."""
        with writing(self._engine) as connection:
            if connection.execute(_gone(entry)).rowcount:
                connection.execute(
                    insert(dead_letters).values(
                        url=entry.url,
                        topic=entry.topic,
                        reason=reason,
                        received_at_ms=entry.received_at_ms,
                        died_at_ms=now_ms,
                    )
                )

    def put_off(self, entry: Entry, *, due_at_ms: int) -> None:
        """Look again at `due_at_ms`; also how a long look keeps its claim."""
        with writing(self._engine) as connection:
            lease.put_off(connection, inbox, entry.id, version=entry.version, due_at_ms=due_at_ms)


def _gone(entry: Entry) -> Delete:
    return delete(inbox).where(inbox.c.id == entry.id, inbox.c.version == entry.version)
