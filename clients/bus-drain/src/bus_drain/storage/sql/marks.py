"""Which URLs are dirty."""

from collections.abc import Collection, Sequence
from uuid import uuid4

from service_kit.dialects import insert_or
from sqlalchemy import Engine, Table, bindparam, delete, func, select

from bus_drain.state import Mark
from bus_drain.storage.sql.statements import as_texts, listed
from bus_drain.storage.sql.transactions import reading, writing


class SqlMarks:
    """bus_drain.state.Marks in a table."""

    def __init__(self, engine: Engine, marks: Table) -> None:
        self._engine = engine
        self._marks = marks
        urls = listed(engine)
        row = select(
            urls.c.value,
            bindparam("token", type_=marks.c.token.type),
            bindparam("now", type_=marks.c.at_ms.type),
        ).where(urls.c.value.is_not(None))
        insert = insert_or(engine, marks).from_select(["url", "token", "at_ms"], row)
        self._set = insert.on_conflict_do_update(
            index_elements=["url"], set_={"token": insert.excluded.token}
        )

    def set(self, urls: Collection[str], now_ms: int) -> None:
        """Mark these. A URL that is marked already keeps its place and gets a new token."""
        if not urls:
            return
        values = {"texts": as_texts(urls), "token": uuid4().hex, "now": now_ms}
        with writing(self._engine) as connection:
            connection.execute(self._set, values)

    def waiting(self, limit: int | None = None) -> Sequence[Mark]:
        """The marks, the oldest first."""
        marks = self._marks
        query = select(marks.c.url, marks.c.token).order_by(marks.c.at_ms, marks.c.url)
        with reading(self._engine) as connection:
            return [Mark(*row) for row in connection.execute(query.limit(limit))]

    def of(self, url: str) -> Mark | None:
        """The mark of this URL, if it has one."""
        marks = self._marks
        query = select(marks.c.url, marks.c.token).where(marks.c.url == url)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return Mark(*row) if row else None

    def remove(self, mark: Mark) -> bool:
        """Remove exactly this mark; False when the URL has been marked anew or cleaned since."""
        marks = self._marks
        exactly = (marks.c.url == mark.url) & (marks.c.token == mark.token)
        with writing(self._engine) as connection:
            return connection.execute(delete(marks).where(exactly)).rowcount == 1

    def count(self) -> int:
        """How many URLs are dirty."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(self._marks)).scalar_one()
