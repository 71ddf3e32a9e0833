"""The newest handled event of each URL."""

from collections.abc import Callable, Collection, Mapping

from service_kit.dialects import insert_or
from sqlalchemy import Connection, Engine, Table, delete, select

from bus_drain.state import Known
from bus_drain.storage.sql.statements import as_texts, listed
from bus_drain.storage.sql.transactions import alone, reading, writing


class SqlNewest:
    """bus_drain.state.Newest in a table."""

    def __init__(self, engine: Engine, newest: Table) -> None:
        self._engine = engine
        self._newest = newest
        urls = listed(engine)
        self._of = select(newest.c.url, newest.c.position, newest.c.t).where(
            newest.c.url.in_(select(urls.c.value))
        )
        insert = insert_or(engine, newest)
        self._learn = insert.on_conflict_do_update(
            index_elements=["url"],
            set_={name: insert.excluded[name] for name in ("position", "t", "at_ms")},
        )

    def of(self, urls: Collection[str]) -> dict[str, Known]:
        """What is known of these URLs; the others are absent."""
        with reading(self._engine) as connection:
            return self._known(connection, urls)

    def learn(
        self, news: Mapping[str, Known], now_ms: int, is_older: Callable[[Known, Known], bool]
    ) -> None:
        """Remember these, but none that `is_older(it, known)`. Safe to repeat."""
        with alone(self._engine, self._newest) as connection:
            known = self._known(connection, news)
            rows = [
                {"url": url, "position": one.position, "t": one.t, "at_ms": now_ms}
                for url, one in news.items()
                if url not in known or not is_older(one, known[url])
            ]
            if rows:
                connection.execute(self._learn, rows)

    def forget(self, before_ms: int) -> None:
        """Drop what was learned before then."""
        with writing(self._engine) as connection:
            connection.execute(delete(self._newest).where(self._newest.c.at_ms < before_ms))

    def _known(self, connection: Connection, urls: Collection[str]) -> dict[str, Known]:
        rows = connection.execute(self._of, {"texts": as_texts(urls)})
        return {url: Known(position, t) for url, position, t in rows}
