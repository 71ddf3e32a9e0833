"""Cached answers."""

from collections.abc import Collection
from uuid import uuid4

from service_kit.dialects import insert_or
from sqlalchemy import Connection, Engine, Table, bindparam, delete, select

from bus_drain.state import Cached
from bus_drain.storage.sql.statements import as_texts, listed
from bus_drain.storage.sql.transactions import alone, reading, writing

_NEVER_BUSTED = ""


class SqlCache:
    """bus_drain.state.CacheStore in two tables."""

    def __init__(self, engine: Engine, cached: Table, busts: Table) -> None:
        self._engine = engine
        self._cached = cached
        self._busts = busts
        urls = listed(engine)
        row = select(
            urls.c.value,
            bindparam("ticket", type_=busts.c.ticket.type),
            bindparam("now", type_=busts.c.at_ms.type),
        ).where(urls.c.value.is_not(None))
        bust = insert_or(engine, busts).from_select(["url", "ticket", "at_ms"], row)
        self._bust = bust.on_conflict_do_update(
            index_elements=["url"],
            set_={"ticket": bust.excluded.ticket, "at_ms": bust.excluded.at_ms},
        )
        self._drop = delete(cached).where(cached.c.url.in_(select(urls.c.value)))
        write = insert_or(engine, cached)
        self._write = write.on_conflict_do_update(
            index_elements=["url", "owner"],
            set_={"body": write.excluded.body, "at_ms": write.excluded.at_ms},
        )

    def read(self, url: str, owner: str) -> Cached:
        """The answer, and the ticket for a write that begins now."""
        cached = self._cached
        mine = (cached.c.url == url) & (cached.c.owner == owner)
        with reading(self._engine) as connection:
            body = connection.execute(select(cached.c.body).where(mine)).scalar_one_or_none()
            return Cached(body, self._ticket(connection, url))

    def write(self, url: str, owner: str, body: bytes, ticket: str, now_ms: int) -> bool:
        """Keep an answer; False, and not kept, when the URL was busted since `ticket` was read."""
        with alone(self._engine, self._cached) as connection:
            if self._ticket(connection, url) != ticket:
                return False
            row = {"url": url, "owner": owner, "body": body, "at_ms": now_ms}
            connection.execute(self._write, row)
            return True

    def bust(self, urls: Collection[str], now_ms: int) -> None:
        """Drop the answers of these URLs, every owner's, and those that are being fetched."""
        if not urls:
            return
        texts = as_texts(urls)
        with alone(self._engine, self._cached) as connection:
            connection.execute(self._bust, {"texts": texts, "ticket": uuid4().hex, "now": now_ms})
            connection.execute(self._drop, {"texts": texts})

    def forget(self, before_ms: int) -> None:
        """Drop answers written, and busts noted, before then."""
        with writing(self._engine) as connection:
            for table in (self._cached, self._busts):
                connection.execute(delete(table).where(table.c.at_ms < before_ms))

    def _ticket(self, connection: Connection, url: str) -> str:
        query = select(self._busts.c.ticket).where(self._busts.c.url == url)
        return connection.execute(query).scalar_one_or_none() or _NEVER_BUSTED
