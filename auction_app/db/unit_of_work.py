"""A transaction with all that writing in it needs."""

from dataclasses import dataclass

from service_kit.outbox import announce
from sqlalchemy import Connection

from auction_app.db.tables import outbox
from auction_app.urls import Urls


@dataclass(frozen=True, kw_only=True)
class UnitOfWork:
    """What is written by it is written whole, with the events that tell of it, at one time."""

    conn: Connection
    urls: Urls
    now_ms: int

    def announce(self, topic: str, type: str, url: str) -> None:
        """Tell the world that the entity at `url` was created or updated."""
        announce(self.conn, outbox, topic=topic, type=type, url=url, now_ms=self.now_ms)
