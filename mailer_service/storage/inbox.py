"""What the bus told us and nobody has looked at yet."""

from collections.abc import Iterable
from dataclasses import dataclass

from service_kit.database import reading, writing
from sqlalchemy import Delete, Engine, delete, insert

from mailer_service.storage import lease
from mailer_service.storage.tables import dead_letters, inbox
from mailer_service.storage.upsert import insert_or


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

    def put(self, news: Iterable[tuple[str, str]], *, traceparent: str, now_ms: int) -> list[int]:
        """Note (topic, url) pairs on disk; returns their ids. Noting twice is noting once.

        News about a URL that somebody is looking at right now makes it due again.
        """
        with writing(self._engine) as connection:
            return [
                connection.execute(
                    insert_or(connection, inbox)
                    .values(
                        url=url,
                        topic=topic,
                        received_at_ms=now_ms,
                        traceparent=traceparent,
                        due_at_ms=now_ms,
                        version=1,
                        attempts=0,
                    )
                    .on_conflict_do_update(
                        index_elements=[inbox.c.url],
                        set_={
                            "topic": topic,
                            "received_at_ms": now_ms,
                            "traceparent": traceparent,
                            "due_at_ms": now_ms,
                            "version": inbox.c.version + 1,
                            "attempts": 0,
                        },
                    )
                    .returning(inbox.c.id)
                ).scalar_one()
                for topic, url in dict.fromkeys(news)
            ]

    def claim(self, entry_id: int, *, now_ms: int, lease_ms: int) -> Entry | None:
        """Take an entry for `lease_ms`; None when there is nothing to do."""
        with writing(self._engine) as connection:
            row = lease.claim(connection, inbox, entry_id, now_ms=now_ms, lease_ms=lease_ms)
        if row is None:
            return None
        return Entry(
            id=row.id,
            url=row.url,
            topic=row.topic,
            received_at_ms=row.received_at_ms,
            traceparent=row.traceparent,
            version=row.version,
            attempts=row.attempts,
        )

    def settle(self, entry: Entry) -> None:
        """Forget what was looked at, unless it got news meanwhile."""
        with writing(self._engine) as connection:
            connection.execute(_gone(entry))

    def bury(self, entry: Entry, *, reason: str, now_ms: int) -> None:
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
        """Look again at `due_at_ms`."""
        with writing(self._engine) as connection:
            lease.put_off(connection, inbox, entry.id, version=entry.version, due_at_ms=due_at_ms)

    def due(self, *, now_ms: int, limit: int) -> list[int]:
        """Ids of entries to look at now."""
        with reading(self._engine) as connection:
            return lease.due(connection, inbox, now_ms=now_ms, limit=limit)


def _gone(entry: Entry) -> Delete:
    return delete(inbox).where(inbox.c.id == entry.id, inbox.c.version == entry.version)
