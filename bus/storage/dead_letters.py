"""Dead letters: events that were given up, until somebody has them delivered again."""

from collections.abc import Iterable, Mapping

from service_kit.clock import Clock
from service_kit.database import reading
from sqlalchemy import Engine, delete, select, update

from bus.errors import NotFound
from bus.model.delivery import DeadLetter
from bus.model.report import Alert
from bus.storage import columns
from bus.storage.columns import Row
from bus.storage.cursors import begin_replay
from bus.storage.tables import alerts, cursors, dead_letters
from bus.storage.transactions import Registry


class DeadLetters:
    """The dead letters of subscriptions. A pusher adds them, their owner sends them back."""

    def __init__(self, engine: Engine, registry: Registry, now_ms: Clock) -> None:
        self._engine = engine
        self._registry = registry
        self._now_ms = now_ms

    def all(
        self, subscription_id: int, after: int = 0, limit: int | None = None
    ) -> list[DeadLetter]:
        """In the order in which they died, after one; without those on their way back."""
        wanted = (
            select(dead_letters)
            .where(
                dead_letters.c.subscription_id == subscription_id,
                dead_letters.c.id > after,
                dead_letters.c.redrive_at_ms.is_(None),
            )
            .order_by(dead_letters.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [_letter(row) for row in connection.execute(wanted).mappings()]

    def newest(self, subscription_id: int) -> DeadLetter | None:
        """The one that died last, of those that are not on their way back."""
        wanted = (
            select(dead_letters)
            .where(
                dead_letters.c.subscription_id == subscription_id,
                dead_letters.c.redrive_at_ms.is_(None),
            )
            .order_by(dead_letters.c.id.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        return None if row is None else _letter(row)

    def first_at_ms(self, subscription_id: int) -> int | None:
        """When the one died that died first, of those that are not on their way back."""
        wanted = (
            select(dead_letters.c.died_at_ms)
            .where(
                dead_letters.c.subscription_id == subscription_id,
                dead_letters.c.redrive_at_ms.is_(None),
            )
            .order_by(dead_letters.c.id)
            .limit(1)
        )
        with reading(self._engine) as connection:
            return connection.execute(wanted).scalar_one_or_none()

    def one(self, subscription_id: int, letter_id: int) -> DeadLetter:
        """A dead letter. Raises NotFound."""
        wanted = select(dead_letters).where(
            dead_letters.c.subscription_id == subscription_id, dead_letters.c.id == letter_id
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            raise NotFound("no such dead letter")
        return _letter(row)

    def redrive(self, subscription_id: int, wanted: Mapping[int, bool]) -> None:
        """Send dead letters back (True), or drop them because they are covered (False).

        The holder of the subscription puts the former among the parked.
        """
        ours = dead_letters.c.subscription_id == subscription_id
        with self._registry.changing() as connection:
            begin_replay(connection, subscription_id)
            told = alerts.c.kind == Alert.DEAD_LETTERS  # but those that die again are news
            connection.execute(
                delete(alerts).where(alerts.c.subscription_id == subscription_id, told)
            )
            for some in _chunks([one for one, back in wanted.items() if back]):
                connection.execute(
                    update(dead_letters)
                    .where(ours, dead_letters.c.id.in_(some))
                    .values(redrive_at_ms=self._now_ms())
                )
            for some in _chunks([one for one, back in wanted.items() if not back]):
                gone = connection.execute(
                    delete(dead_letters).where(ours, dead_letters.c.id.in_(some))
                )
                connection.execute(
                    update(cursors)
                    .where(cursors.c.subscription_id == subscription_id)
                    .values(dead_letters=cursors.c.dead_letters - gone.rowcount)
                )


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


def _letter(row: Row) -> DeadLetter:
    return DeadLetter(
        columns.event(row),
        row["attempts"],
        columns.last_answer(row, row["died_at_ms"]),
        row["last_answer"],
        row["id"],
    )
