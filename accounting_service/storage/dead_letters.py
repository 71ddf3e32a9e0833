"""Payments that people have to look at."""

from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.database import reading, writing
from service_kit.dialects import insert_or
from sqlalchemy import Engine, delete, func, select

from accounting_service.storage.tables import dead_letters


@dataclass(frozen=True)
class DeadLetter:
    """Of which payment something can't be booked, why, and since when."""

    payment_url: str
    reason: str
    since_ms: int


class DeadLetters:
    """Every method is one transaction; blocks on the database alone. Raises StoreUnavailable."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, payment_url: str, reason: str) -> None:
        """Keep why; that it was known keeps its time."""
        statement = insert_or(self._engine, dead_letters).values(
            payment_url=payment_url, reason=reason, since_ms=self._clock()
        )
        statement = statement.on_conflict_do_update(
            index_elements=["payment_url"], set_={"reason": statement.excluded.reason}
        )
        with writing(self._engine) as connection:
            connection.execute(statement)

    def remove(self, payment_url: str) -> None:
        """It is well, by now or always was; most were, which costs no write."""
        here = dead_letters.c.payment_url == payment_url
        with reading(self._engine) as connection:
            if connection.execute(select(dead_letters.c.since_ms).where(here)).first() is None:
                return
        with writing(self._engine) as connection:
            connection.execute(delete(dead_letters).where(here))

    def page(self, *, after: str, limit: int) -> list[DeadLetter]:
        """So many of them, by URL."""
        query = select(dead_letters).where(dead_letters.c.payment_url > after)
        query = query.order_by(dead_letters.c.payment_url).limit(limit)
        with reading(self._engine) as connection:
            return [DeadLetter(*row) for row in connection.execute(query)]

    def count(self) -> int:
        """How many there are."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(dead_letters)).scalar_one()
