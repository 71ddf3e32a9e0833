"""Auctions that the bus told of, until their terms are imported."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Delete, Update, delete, insert, literal_column, select, update

from bids_service.model import AnnouncedAuction
from bids_service.storage.database import Database, once_more_if_raced
from bids_service.storage.tables import announced_auctions, biddings

_ROW: ColumnElement[int] = literal_column("rowid")  # SQLite's own


class AnnouncedAuctions:
    """A queue by due time, with one entry an auction. Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, urls: Iterable[str], now_ms: int) -> None:
        """Remember auctions, except those that wait already or have their bidding."""
        wanted = list(dict.fromkeys(urls))
        once_more_if_raced(lambda: self._add(wanted, now_ms))

    def due(self, now_ms: int, most: int) -> list[AnnouncedAuction]:
        """Those whose turn has come, the longest due first."""
        table = announced_auctions
        with self._database.read_once() as connection:
            rows = connection.execute(
                select(table)
                .where(table.c.due_at_ms <= now_ms)
                .order_by(table.c.due_at_ms)
                .limit(most)
            ).all()
        return [AnnouncedAuction(url=row.url, failures=row.failures) for row in rows]

    def settle(self, url: str) -> None:
        """Forget one: it is imported, or there is nothing to import."""
        self._change(delete(announced_auctions), url)

    def postpone(self, auction: AnnouncedAuction, due_at_ms: int) -> None:
        """Try one again later."""
        later = {"failures": auction.failures + 1, "due_at_ms": due_at_ms}
        self._change(update(announced_auctions).values(later), auction.url)

    def _change(self, change: Delete | Update, url: str) -> None:
        table = announced_auctions
        with self._database.writing() as connection:
            changed = connection.execute(change.where(table.c.url == url)).rowcount
            if not changed and connection.dialect.name == "sqlite":
                # Nothing is equal to a URL that is no text: else it would be due for ever.
                rows = connection.execute(select(_ROW, table.c.url)).all()
                damaged = [row.rowid for row in rows if row.url == url]
                connection.execute(change.where(_ROW.in_(damaged)))

    def _add(self, urls: list[str], now_ms: int) -> None:
        with self._database.writing() as connection:
            known = set(
                connection.scalars(
                    select(announced_auctions.c.url)
                    .where(announced_auctions.c.url.in_(urls))
                    .union(select(biddings.c.auction).where(biddings.c.auction.in_(urls)))
                )
            )
            new = [
                {"url": url, "failures": 0, "due_at_ms": now_ms} for url in urls if url not in known
            ]
            if new:
                connection.execute(insert(announced_auctions), new)
