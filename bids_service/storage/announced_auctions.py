"""Auctions that the bus told of, until their terms are imported."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select, update

from bids_service.model import AnnouncedAuction
from bids_service.storage.database import Database, once_more_if_raced
from bids_service.storage.tables import announced_auctions, biddings


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
        with self._database.writing() as connection:
            connection.execute(delete(announced_auctions).where(announced_auctions.c.url == url))

    def postpone(self, auction: AnnouncedAuction, due_at_ms: int) -> None:
        """Try one again later."""
        with self._database.writing() as connection:
            connection.execute(
                update(announced_auctions)
                .where(announced_auctions.c.url == auction.url)
                .values(failures=auction.failures + 1, due_at_ms=due_at_ms)
            )

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
