"""Telling the world: the event is written in the transaction of the change."""

from service_kit import outbox as kit
from sqlalchemy import Connection

from auction_app.db.tables import outbox


def announce(conn: Connection, topic: str, type: str, url: str, *, now_ms: int) -> None:
    """Announce that the entity at `url` was created or updated."""
    kit.announce(conn, outbox, topic=topic, type=type, url=url, now_ms=now_ms)
